/**
 * @file Batch normalisation in training, with an optional ReLU, and its gradient. Rows are positions, [rows, channels].
 *
 * Statistics take one pass over memory: mean and squared deviations of a block that fits the cache, joined with those of
 * the blocks before (the parallel variance of Chan, Golub and LeVeque), so that a mean far from zero costs no precision.
 */
import { multiplyAdd, storeLanes } from './vector.as';

/** Rows of a block, so that it stays in the first-level cache. */
function blockRows(channels: i32): i32 {
  return max(16, min(512, 4096 / channels));
}

/** Reads up to four lanes without touching memory past `count` of them. */
function loadLanes(address: usize, count: i32): v128 {
  if (count >= 4) return v128.load(address);
  let lanes = v128.load32_zero(address);
  if (count > 1) lanes = v128.load32_lane(address, lanes, 1, 4);
  if (count > 2) lanes = v128.load32_lane(address, lanes, 2, 8);
  return lanes;
}

/** Mean and sum of squared deviations of each channel into `mean` and `deviations`. */
function moments(x: usize, mean: usize, deviations: usize, rows: i32, channels: i32): void {
  const stride: usize = (<usize>channels) << 2;
  const block = blockRows(channels);
  const zero = f32x4.splat(0);
  memory.fill(mean, 0, stride);
  memory.fill(deviations, 0, stride);
  for (let first = 0; first < rows; first += block) {
    const count = min(block, rows - first);
    const ofBlock = f32x4.splat(<f32>(1.0 / <f64>count));
    const share = f32x4.splat(<f32>(<f64>count / <f64>(first + count)));
    const weight = f32x4.splat(<f32>((<f64>first * <f64>count) / <f64>(first + count)));
    for (let channel = 0; channel < channels; channel += 4) {
      const lanes = channels - channel;
      const offset: usize = (<usize>channel) << 2;
      const from = x + <usize>first * stride + offset;
      let sum = zero;
      let at = from;
      for (let row = 0; row < count; row++) {
        sum = f32x4.add(sum, lanes >= 4 ? v128.load(at) : loadLanes(at, lanes));
        at += stride;
      }
      const blockMean = f32x4.mul(sum, ofBlock);
      let squares = zero;
      at = from;
      for (let row = 0; row < count; row++) {
        const deviation = f32x4.sub(lanes >= 4 ? v128.load(at) : loadLanes(at, lanes), blockMean);
        squares = multiplyAdd(deviation, deviation, squares);
        at += stride;
      }
      const before = loadLanes(mean + offset, lanes);
      const step = f32x4.sub(blockMean, before);
      storeLanes(mean + offset, multiplyAdd(step, share, before), lanes);
      const sumBefore = loadLanes(deviations + offset, lanes);
      const joined = multiplyAdd(f32x4.mul(step, step), weight, f32x4.add(sumBefore, squares));
      storeLanes(deviations + offset, joined, lanes);
    }
  }
}

/**
 * y = (x - mean) / sqrt(variance + epsilon) * gamma + beta, below zero cut off if `relu`.
 * Writes the batch's mean, its variance with Bessel's correction, and 1 / sqrt(biased variance + epsilon).
 */
export function batchNorm(
  x: usize,
  gamma: usize,
  beta: usize,
  y: usize,
  mean: usize,
  variance: usize,
  inverse: usize,
  rows: i32,
  channels: i32,
  epsilon: f32,
  relu: i32,
): void {
  moments(x, mean, variance, rows, channels);
  for (let channel = 0; channel < channels; channel++) {
    const offset: usize = (<usize>channel) << 2;
    const deviations = load<f32>(variance + offset);
    store<f32>(inverse + offset, 1 / sqrt<f32>(deviations / <f32>rows + epsilon));
    store<f32>(variance + offset, deviations / <f32>max(1, rows - 1));
  }
  normalise(x, gamma, beta, mean, inverse, y, rows, channels, relu);
}

/** y = (x - mean) * inverse * gamma + beta, below zero cut off if `relu`. NaN stays NaN. */
export function normalise(
  x: usize,
  gamma: usize,
  beta: usize,
  mean: usize,
  inverse: usize,
  y: usize,
  rows: i32,
  channels: i32,
  relu: i32,
): void {
  const stride: usize = (<usize>channels) << 2;
  const block = blockRows(channels);
  const zero = f32x4.splat(0);
  for (let first = 0; first < rows; first += block) {
    const count = min(block, rows - first);
    for (let channel = 0; channel < channels; channel += 4) {
      const lanes = channels - channel;
      const offset: usize = (<usize>channel) << 2;
      const centre = loadLanes(mean + offset, lanes);
      const scale = f32x4.mul(loadLanes(inverse + offset, lanes), loadLanes(gamma + offset, lanes));
      const shift = loadLanes(beta + offset, lanes);
      let at = <usize>first * stride + offset;
      if (lanes >= 4 && relu) {
        for (let row = 0; row < count; row++) {
          const value = multiplyAdd(f32x4.sub(v128.load(x + at), centre), scale, shift);
          v128.store(y + at, f32x4.max(value, zero));
          at += stride;
        }
      } else if (lanes >= 4) {
        for (let row = 0; row < count; row++) {
          v128.store(y + at, multiplyAdd(f32x4.sub(v128.load(x + at), centre), scale, shift));
          at += stride;
        }
      } else {
        for (let row = 0; row < count; row++) {
          const value = multiplyAdd(f32x4.sub(loadLanes(x + at, lanes), centre), scale, shift);
          storeLanes(y + at, relu ? f32x4.max(value, zero) : value, lanes);
          at += stride;
        }
      }
    }
  }
}

/**
 * dx, dgamma and dbeta. With `relu` the gradient passes only where the forward pass gave more than zero, which is
 * computed again from x by the same operations, and so with the same bits.
 */
export function batchNormGradient(
  x: usize,
  dy: usize,
  gamma: usize,
  beta: usize,
  mean: usize,
  inverse: usize,
  dx: usize,
  dgamma: usize,
  dbeta: usize,
  rows: i32,
  channels: i32,
  relu: i32,
): void {
  const stride: usize = (<usize>channels) << 2;
  const block = blockRows(channels);
  const zero = f32x4.splat(0);
  // Without ReLU everything passes: all bits set.
  const all = relu ? zero : f32x4.eq(zero, zero);
  memory.fill(dgamma, 0, stride);
  memory.fill(dbeta, 0, stride);
  for (let first = 0; first < rows; first += block) {
    const count = min(block, rows - first);
    for (let channel = 0; channel < channels; channel += 4) {
      const lanes = channels - channel;
      const offset: usize = (<usize>channel) << 2;
      const centre = loadLanes(mean + offset, lanes);
      const spread = loadLanes(inverse + offset, lanes);
      const scale = f32x4.mul(spread, loadLanes(gamma + offset, lanes));
      const shift = loadLanes(beta + offset, lanes);
      let sum = zero;
      let product = zero;
      let at = <usize>first * stride + offset;
      if (lanes >= 4) {
        for (let row = 0; row < count; row++) {
          const deviation = f32x4.sub(v128.load(x + at), centre);
          const passes = v128.or(all, f32x4.gt(multiplyAdd(deviation, scale, shift), zero));
          const gradient = v128.and(v128.load(dy + at), passes);
          sum = f32x4.add(sum, gradient);
          product = multiplyAdd(gradient, deviation, product);
          at += stride;
        }
      } else {
        for (let row = 0; row < count; row++) {
          const deviation = f32x4.sub(loadLanes(x + at, lanes), centre);
          const passes = v128.or(all, f32x4.gt(multiplyAdd(deviation, scale, shift), zero));
          const gradient = v128.and(loadLanes(dy + at, lanes), passes);
          sum = f32x4.add(sum, gradient);
          product = multiplyAdd(gradient, deviation, product);
          at += stride;
        }
      }
      storeLanes(dbeta + offset, f32x4.add(loadLanes(dbeta + offset, lanes), sum), lanes);
      product = f32x4.mul(product, spread);
      storeLanes(dgamma + offset, f32x4.add(loadLanes(dgamma + offset, lanes), product), lanes);
    }
  }
  const perRow = f32x4.splat(<f32>(1.0 / <f64>rows));
  for (let first = 0; first < rows; first += block) {
    const count = min(block, rows - first);
    for (let channel = 0; channel < channels; channel += 4) {
      const lanes = channels - channel;
      const offset: usize = (<usize>channel) << 2;
      const centre = loadLanes(mean + offset, lanes);
      const spread = loadLanes(inverse + offset, lanes);
      const scale = f32x4.mul(spread, loadLanes(gamma + offset, lanes));
      const shift = loadLanes(beta + offset, lanes);
      const meanGradient = f32x4.mul(loadLanes(dbeta + offset, lanes), perRow);
      const slope = f32x4.neg(f32x4.mul(f32x4.mul(loadLanes(dgamma + offset, lanes), perRow), spread));
      let at = <usize>first * stride + offset;
      if (lanes >= 4) {
        for (let row = 0; row < count; row++) {
          const deviation = f32x4.sub(v128.load(x + at), centre);
          const passes = v128.or(all, f32x4.gt(multiplyAdd(deviation, scale, shift), zero));
          const gradient = f32x4.sub(v128.and(v128.load(dy + at), passes), meanGradient);
          v128.store(dx + at, f32x4.mul(multiplyAdd(deviation, slope, gradient), scale));
          at += stride;
        }
      } else {
        for (let row = 0; row < count; row++) {
          const deviation = f32x4.sub(loadLanes(x + at, lanes), centre);
          const passes = v128.or(all, f32x4.gt(multiplyAdd(deviation, scale, shift), zero));
          const gradient = f32x4.sub(v128.and(loadLanes(dy + at, lanes), passes), meanGradient);
          storeLanes(dx + at, f32x4.mul(multiplyAdd(deviation, slope, gradient), scale), lanes);
          at += stride;
        }
      }
    }
  }
}
