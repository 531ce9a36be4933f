/** @file NT-Xent, the normalised temperature-scaled cross entropy (paper 2.1, equation 1), with what the batch shows. */
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Backend } from '../backend/backend.ts';
import { differentiable } from '../backend/differentiable.ts';

/** Far below every similarity, so that exp() of it is 0: takes an anchor's own column out of its softmax. */
const excluded = -1e9;

/** Added to a row's squared norm; rows of zeros stay zeros instead of becoming NaN. */
const normEpsilon = 1e-12;

/** The loss with statistics of the same similarities. */
export interface NtXent {
  /** Mean over the 2N anchors; differentiable with respect to z. */
  loss: Scalar;
  /** Numbers named by `contrastiveStatistics`, in that order; no gradient. [4] */
  statistics: Tensor1D;
}

/** Names of what `NtXent.statistics` holds. */
export const contrastiveStatistics = [
  'contrastiveTop1',
  'contrastiveTop5',
  'positiveSimilarity',
  'negativeSimilarity',
] as const;

/** ln(2N - 1): the loss of 2N rows that cannot be told apart. */
export function chanceLoss(batchSize: number): number {
  return Math.log(2 * batchSize - 1);
}

/** Rows divided by their length. [M,d] -> [M,d]. */
export function unitRows(z: Tensor2D): Tensor2D {
  return tf.div(z, tf.sqrt(tf.add(tf.sum(tf.square(z), 1, true), normEpsilon)));
}

/**
 * NT-Xent over all 2N - 1 other views. Rows i and i + N of z are the two views of image i.
 * @param z - projections [2N,d], of any length.
 * @param temperature - greater than 0.
 */
export function ntXent(backend: Backend, z: Tensor2D, temperature: number): NtXent {
  const u = unitRows(z);
  let kept: Tensor | undefined;
  const loss = differentiable({
    inputs: { u },
    forward: (save) => {
      const rows = u.shape[0];
      const eye = tf.eye(rows);
      const positives = positiveMask(rows);
      const cosines = backend.matMul(u, u, false, true);
      const logits = tf.add<Tensor2D>(tf.div(cosines, temperature), tf.mul(eye, excluded));
      const shifted = tf.sub(logits, tf.max(logits, 1, true));
      const exponentials = tf.exp(shifted);
      const sums = tf.sum(exponentials, 1, true);
      kept = tf.keep(statisticsOf(cosines, eye, positives));
      // dL/dlogits of the mean cross entropy: softmax minus target, over the number of anchors.
      save(u, tf.div(tf.sub(tf.div(exponentials, sums), positives), rows));
      return tf.mean(tf.sub(tf.log(sums), tf.sum(tf.mul(shifted, positives), 1, true)));
    },
    gradients: (dy, [u, residual]) => ({
      // Every cosine appears in two rows: as (i, j) and as (j, i).
      u: () => {
        const symmetric = tf.add<Tensor2D>(residual as Tensor2D, tf.transpose(residual as Tensor2D));
        return tf.mul(backend.matMul(symmetric, u as Tensor2D, false, false), tf.div(dy, temperature));
      },
    }),
  });
  const statistics = tf.clone(kept as Tensor1D); // forward has run
  kept?.dispose();
  return { loss: loss as Scalar, statistics };
}

/** 1 where column j is the positive of row i: j = i + N modulo 2N. [2N,2N] */
function positiveMask(rows: number): Tensor2D {
  const half = tf.eye(rows / 2);
  const zeros = tf.zerosLike(half);
  return tf.concat2d([tf.concat2d([zeros, half], 1), tf.concat2d([half, zeros], 1)], 0);
}

/** Ranks are pessimistic: a tie counts against the positive, so that identical rows score 0, not 1. */
function statisticsOf(cosines: Tensor2D, eye: Tensor2D, positives: Tensor2D): Tensor1D {
  const rows = cosines.shape[0];
  const positive = tf.sum(tf.mul(cosines, positives), 1, true);
  const others = tf.sub<Tensor2D>(1, tf.add(eye, positives));
  const atLeast = tf.mul(tf.cast(tf.greaterEqual(cosines, positive), 'float32'), others);
  const rank = tf.sum(atLeast, 1);
  const within = (k: number): Tensor => tf.mean(tf.cast(tf.less(rank, k), 'float32'));
  const pairs = Math.max(1, rows * (rows - 2));
  const negative = tf.div(tf.sum(tf.mul(cosines, others)), pairs);
  return tf.stack(
    [within(1), within(5), tf.mean(positive), negative].map((value) => tf.reshape(value, [])),
  ) as Tensor1D;
}
