/** @file Batch normalisation over all but the last axis, and the chain rule as its paper writes it (arXiv 1502.03167, section 3). */
import { add, at, map, zeros, type NumberArray } from './array.ts';

export interface BatchNormCase {
  x: NumberArray;
  gamma: NumberArray;
  beta: NumberArray;
  epsilon: number;
  relu: boolean;
}

export interface Statistics {
  mean: NumberArray;
  biased: NumberArray;
  unbiased: NumberArray;
}

function channelsOf(x: NumberArray): number {
  return x.shape.at(-1) as number;
}

export function statistics(x: NumberArray): Statistics {
  const channels = channelsOf(x);
  const rows = x.values.length / channels;
  const mean = zeros([channels]);
  const biased = zeros([channels]);
  x.values.forEach((value, index) => {
    add(mean, index % channels, value / rows);
  });
  x.values.forEach((value, index) => {
    add(biased, index % channels, (value - at(mean, index % channels)) ** 2 / rows);
  });
  return { mean, biased, unbiased: map(biased, (value) => (value * rows) / (rows - 1)) };
}

/** Normalised by given statistics, scaled and shifted, before any ReLU. */
function affine(of: BatchNormCase, mean: NumberArray, variance: NumberArray): NumberArray {
  const channels = channelsOf(of.x);
  return map(of.x, (value, index) => {
    const c = index % channels;
    return ((value - at(mean, c)) / Math.sqrt(at(variance, c) + of.epsilon)) * at(of.gamma, c) + at(of.beta, c);
  });
}

export function batchNorm(of: BatchNormCase, mean: NumberArray, variance: NumberArray): NumberArray {
  return map(affine(of, mean, variance), (value) => (of.relu ? Math.max(value, 0) : value));
}

export function batchNormGradients(
  of: BatchNormCase,
  dy: NumberArray,
): { x: NumberArray; gamma: NumberArray; beta: NumberArray } {
  const { x, gamma, epsilon } = of;
  const channels = channelsOf(x);
  const rows = x.values.length / channels;
  const { mean, biased } = statistics(x);
  const before = affine(of, mean, biased);
  const passed = map(dy, (value, index) => (of.relu && at(before, index) <= 0 ? 0 : value));
  const dgamma = zeros([channels]);
  const dbeta = zeros([channels]);
  const dvariance = zeros([channels]);
  const dmean = zeros([channels]);
  x.values.forEach((value, index) => {
    const c = index % channels;
    const deviation = value - at(mean, c);
    const spread = Math.sqrt(at(biased, c) + epsilon);
    const dnormalised = at(passed, index) * at(gamma, c);
    add(dgamma, c, (at(passed, index) * deviation) / spread);
    add(dbeta, c, at(passed, index));
    add(dvariance, c, dnormalised * deviation * -0.5 * spread ** -3);
    add(dmean, c, -dnormalised / spread);
  });
  const dx = map(x, (value, index) => {
    const c = index % channels;
    const spread = Math.sqrt(at(biased, c) + epsilon);
    const throughVariance = (at(dvariance, c) * 2 * (value - at(mean, c))) / rows;
    return (at(passed, index) * at(gamma, c)) / spread + throughVariance + at(dmean, c) / rows;
  });
  return { x: dx, gamma: dgamma, beta: dbeta };
}
