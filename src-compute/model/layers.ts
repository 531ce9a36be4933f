/** @file Convolution with batch norm and the two together: the parts every ResNet is made of. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Backend } from '../backend/backend.ts';
import { constant, type Initializer } from './initialization.ts';
import type { Weights } from './weights.ts';

/** As in torch and torchvision; the paper's code uses the same order of magnitude. */
export const batchNormEpsilon = 1e-5;

/** Share of the running statistics kept at each step. */
const runningMomentum = 0.9;

/** `training` normalises by the batch and updates running statistics; `evaluation` uses them and changes nothing. */
export type Mode = 'training' | 'evaluation';

/** What a layer needs to run. */
export interface LayerContext {
  backend: Backend;
  weights: Weights;
  mode: Mode;
}

/** Adds batch norm's weights for a number of channels. `beta: false` leaves out the shift. */
export function addBatchNorm(
  weights: Weights,
  name: string,
  channels: number,
  { gamma = 1, beta = true }: { gamma?: number; beta?: boolean } = {},
): void {
  weights.add(`${name}.weight`, 'gamma', constant(channels, gamma));
  if (beta) weights.add(`${name}.bias`, 'beta', constant(channels, 0));
  weights.add(`${name}.running_mean`, 'runningMean', constant(channels, 0));
  weights.add(`${name}.running_var`, 'runningVariance', constant(channels, 1));
}

/** Batch norm with running statistics, optionally followed by ReLU. Shape of x. */
export function batchNorm<Input extends Tensor2D | Tensor4D>(
  context: LayerContext,
  name: string,
  x: Input,
  relu: boolean,
): Input {
  const { backend, weights, mode } = context;
  const gamma = weights.get(`${name}.weight`) as Tensor as Tensor1D;
  const beta = weights.has(`${name}.bias`) ? (weights.get(`${name}.bias`) as Tensor as Tensor1D) : tf.zerosLike(gamma);
  const runningMean = weights.get(`${name}.running_mean`) as Tensor as Tensor1D;
  const runningVariance = weights.get(`${name}.running_var`) as Tensor as Tensor1D;
  if (mode === 'evaluation') {
    return backend.batchNormInference(x, gamma, beta, runningMean, runningVariance, batchNormEpsilon, relu);
  }
  const { y, mean, variance } = backend.batchNorm(x, gamma, beta, batchNormEpsilon, relu);
  weights.assign(`${name}.running_mean`, movingAverage(runningMean, mean));
  weights.assign(`${name}.running_var`, movingAverage(runningVariance, variance));
  return y;
}

function movingAverage(running: Tensor1D, batch: Tensor1D): Tensor1D {
  return tf.add(tf.mul(running, runningMomentum), tf.mul(batch, 1 - runningMomentum));
}

/** A square convolution without bias; `padding` keeps the side at stride 1 for odd kernels. */
export interface ConvolutionShape {
  kernel: number;
  input: number;
  output: number;
  stride: number;
}

/** Adds a convolution's filter. */
export function addConvolution(
  weights: Weights,
  initializer: Initializer,
  name: string,
  shape: ConvolutionShape,
): void {
  const dimensions: [number, number, number, number] = [shape.kernel, shape.kernel, shape.input, shape.output];
  weights.add(`${name}.weight`, 'kernel', initializer.convolution(`${name}.weight`, dimensions));
}

/** Convolution, padded symmetrically by (kernel - 1) / 2. [N,H,W,C] -> [N,ceil(H/stride),ceil(W/stride),O]. */
export function convolution(context: LayerContext, name: string, x: Tensor4D, stride: number): Tensor4D {
  const filter = context.weights.get(`${name}.weight`) as Tensor as Tensor4D;
  return context.backend.conv2d(x, filter, stride, (filter.shape[0] - 1) / 2);
}
