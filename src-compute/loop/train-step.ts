/** @file One step of SimCLR: Algorithm 1 of the paper. */
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import type { Configuration } from '#shared/configuration/schema.ts';
import type { Backend } from '../backend/backend.ts';
import { valueAndGradients } from '../backend/gradients.ts';
import { ntXent } from '../loss/nt-xent.ts';
import type { Network } from '../model/network.ts';
import type { Optimizer } from '../optimize/optimizer.ts';
import {
  embeddingDeviation,
  globalNorm,
  isFiniteStep,
  readStatistics,
  type StepStatistics,
} from './step-statistics.ts';

/** What a step works on. */
export interface Learner {
  backend: Backend;
  network: Network;
  optimizer: Optimizer;
  configuration: Configuration;
}

/**
 * Trains on one batch of 2N views. Weights are untouched where loss or gradients are not finite.
 * @param views - [2N, side, side, 3]; rows i and i + N show the same image.
 * @returns the step's numbers.
 */
export async function trainStep(
  learner: Learner,
  views: Float32Array,
  side: number,
  rate: number,
): Promise<StepStatistics> {
  const { backend, network, optimizer, configuration } = learner;
  const rows = views.length / (side * side * 3);
  const x = tf.tensor4d(views, [rows, side, side, 3]);
  let observed: Tensor1D[] = [];

  const { value: loss, gradients } = valueAndGradients(() => {
    const h = network.encode(x, 'training'); // h = f(x~)
    const z = network.project(h, 'training'); // z = g(h)
    const { loss, statistics } = ntXent(backend, z, configuration.temperature); // mean of l(i,j) and l(j,i)
    observed = [tf.keep(statistics), tf.keep(embeddingDeviation(z))];
    return configuration.lossReduction === 'sum' ? tf.mul<Scalar>(loss, 2) : loss;
  }, network.weights.trainable());

  const gradientNorm = globalNorm(gradients);
  const numbers: Tensor[] = [loss, gradientNorm, ...observed];
  try {
    const statistics = await readStatistics(numbers);
    if (isFiniteStep(statistics)) optimizer.apply(network.weights, gradients, rate); // update f and g
    return statistics;
  } finally {
    tf.dispose([x, ...numbers, ...Object.values(gradients)]);
  }
}
