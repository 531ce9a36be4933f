/** @file The numbers a training step is watched by. */
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { contrastiveStatistics, unitRows } from '../loss/nt-xent.ts';

const names = ['loss', 'gradientNorm', ...contrastiveStatistics, 'embeddingStd'] as const;

/** Numbers of one step, by metric name. */
export type StepStatistics = Record<(typeof names)[number], number>;

/** Whether loss and gradients are finite. Where not, the step has left the weights alone. */
export function isFiniteStep({ loss, gradientNorm }: StepStatistics): boolean {
  return Number.isFinite(loss) && Number.isFinite(gradientNorm);
}

/** Mean deviation of the unit-length rows over the batch, times sqrt(d): 1 for a uniform sphere, 0 when collapsed. [1] */
export function embeddingDeviation(z: Tensor2D): Tensor1D {
  return tf.tidy(() => {
    const u = unitRows(z);
    const variance = tf.mean(tf.square(tf.sub(u, tf.mean(u, 0, true))), 0);
    return tf.reshape(tf.mul(tf.mean(tf.sqrt(variance)), Math.sqrt(z.shape[1])), [1]);
  });
}

/** L2 norm over all tensors together. */
export function globalNorm(tensors: Readonly<Record<string, Tensor>>): Scalar {
  return tf.tidy(() => tf.sqrt(tf.addN(Object.values(tensors).map((tensor) => tf.sum(tf.square(tensor))))));
}

/** Reads [loss], [gradient norm], the contrastive statistics and the deviation in one transfer. */
export async function readStatistics(tensors: readonly Tensor[]): Promise<StepStatistics> {
  const packed = tf.tidy(() => tf.concat(tensors.map((tensor) => tf.reshape(tensor, [-1]))));
  try {
    const values = await packed.data();
    return Object.fromEntries(names.map((name, at) => [name, values[at]])) as StepStatistics;
  } finally {
    packed.dispose();
  }
}
