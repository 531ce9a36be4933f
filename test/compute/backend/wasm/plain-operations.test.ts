import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Backend } from '#compute/backend/backend.ts';
import { valueAndGradients } from '#compute/backend/gradients.ts';
import { createWasmBackend } from '#compute/backend/wasm/wasm-backend.ts';
import { normal, relativeError, toTensor, type NumberArray } from '../reference/array.ts';

const x = normal([6, 8], 1);
const other = normal([6, 8], 2, 3, 0.5);

/** Plain operations that code outside the backend may use, gradients and all; a is [6,8], b positive [6,8]. */
const differentiable: Record<string, (a: Tensor2D, b: Tensor2D) => Tensor> = {
  add: (a, b) => tf.add(a, b),
  'add with broadcasting': (a, b) => tf.add(a, tf.sum(b, 0)),
  sub: (a, b) => tf.sub(a, b),
  mul: (a, b) => tf.mul(a, b),
  div: (a, b) => tf.div(a, b),
  neg: (a, b) => tf.neg(tf.mul(a, b)),
  square: (a, b) => tf.square(tf.mul(a, b)),
  sqrt: (a, b) => tf.mul(a, tf.sqrt(b)),
  rsqrt: (a, b) => tf.mul(a, tf.rsqrt(b)),
  exp: (a, b) => tf.exp(tf.div(a, b)),
  log: (a, b) => tf.mul(a, tf.log(b)),
  abs: (a, b) => tf.mul(tf.abs(a), b),
  maximum: (a, b) => tf.maximum(tf.mul(a, 3), b),
  minimum: (a, b) => tf.minimum(tf.mul(a, 3), b),
  sum: (a, b) => tf.mul(tf.sum(a, 1, true), b),
  mean: (a, b) => tf.mul(tf.mean(a, 0), b),
  max: (a, b) => tf.mul(tf.max(a, 1, true), b),
  softmax: (a, b) => tf.softmax(tf.mul(a, b)),
  logSoftmax: (a, b) => tf.logSoftmax(tf.mul(a, b)),
  'matMul a bᵀ': (a, b) => tf.matMul(a, b, false, true),
  'matMul aᵀ b': (a, b) => tf.matMul(a, b, true, false),
  'matMul aᵀ bᵀ': (a, b) => tf.matMul(a, tf.transpose(b), true, true),
  'matMul of batches': (a, b) => tf.matMul(tf.reshape(a, [2, 3, 8]), tf.reshape(b, [2, 3, 8]), false, true),
  transpose: (a, b) => tf.matMul(tf.transpose(a), b),
  reshape: (a, b) => tf.mul(tf.reshape(a, [48]), tf.reshape(b, [48])),
  concat: (a, b) => tf.concat([a, b], 1),
  slice: (a, b) => tf.mul(tf.slice(a, [1, 2], [3, 4]), tf.slice(b, [0, 0], [3, 4])),
  split: (a, b) => tf.mul(tf.split(a, 2)[0] as Tensor, tf.split(b, 2)[1] as Tensor),
  stack: (a, b) => tf.stack([a, b]),
  pad: (a, b) => tf.mul(tf.pad(a, [[1, 0], [0, 2]]), tf.pad(b, [[1, 0], [0, 2]])), // prettier-ignore
  tile: (a, b) => tf.mul(tf.tile(a, [2, 1]), tf.tile(b, [2, 1])),
  where: (a, b) => tf.where(tf.greater(toTensor(x), 0), a, b),
  clipByValue: (a, b) => tf.mul(tf.clipByValue(a, -0.5, 0.5), b),
  'multiplication by a one-hot matrix': (a, b) =>
    tf.matMul(tf.cast(tf.oneHot(tf.tensor1d([5, 0, 5], 'int32'), 6), 'float32'), tf.mul(a, b)),
};

/** Plain operations without a gradient. */
const forward: Record<string, (a: Tensor2D, b: Tensor2D) => Tensor> = {
  cast: (a) => tf.cast(tf.cast(a, 'int32'), 'float32'),
  equal: (a) => tf.cast(tf.equal(a, tf.max(a)), 'float32'),
  greaterEqual: (a) => tf.cast(tf.greaterEqual(a, 0), 'float32'),
  logicalAnd: (a, b) => tf.cast(tf.logicalAnd(tf.greater(a, 0), tf.less(b, 3)), 'float32'),
  argMax: (a) => tf.cast(tf.argMax(a, 1), 'float32'),
  topk: (a) => tf.topk(a, 3).values,
  gather: (a) => tf.gather(a, tf.tensor1d([3, 1, 3], 'int32')),
  eye: () => tf.eye(5),
  range: () => tf.range(0, 7, 1, 'float32'),
  fill: () => tf.fill([2, 3], 7),
  addN: (a, b) => tf.addN([a, b, a]),
};

async function on(name: string, compute: () => Tensor[]): Promise<NumberArray[]> {
  await tf.setBackend(name);
  let results: NumberArray[] = [];
  tf.tidy(() => {
    results = compute().map((tensor) => ({ shape: tensor.shape, values: Float64Array.from(tensor.dataSync()) }));
  });
  return results;
}

async function compare(compute: () => Tensor[]): Promise<void> {
  const expected = await on('cpu', compute);
  const actual = await on('wasm', compute);
  expect(actual.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
  for (const [at, result] of expected.entries()) {
    expect(relativeError(actual[at]?.values ?? [], result), `result ${at}`).toBeLessThan(1e-5);
  }
}

describe('plain TensorFlow.js operations on the wasm backend', () => {
  let backend: Backend;

  beforeAll(async () => {
    backend = await createWasmBackend({ threads: 1 });
  });
  afterAll(() => {
    backend.dispose();
  });

  test.each(Object.keys(differentiable))('%s has the value and gradients it has in plain JavaScript', async (name) => {
    await compare(() => {
      const operation = differentiable[name] as (a: Tensor2D, b: Tensor2D) => Tensor;
      const a = toTensor<Tensor2D>(x);
      const b = toTensor<Tensor2D>(other);
      const weights = toTensor(normal(operation(a, b).shape, 3));
      const { gradients } = valueAndGradients(() => tf.sum(tf.mul(operation(a, b), weights)), { a, b });
      return [operation(a, b), ...Object.values(gradients)];
    });
  });

  test.each(Object.keys(forward))('%s has the value it has in plain JavaScript', async (name) => {
    await compare(() => {
      const operation = forward[name] as (a: Tensor2D, b: Tensor2D) => Tensor;
      return [operation(toTensor(x), toTensor(other))];
    });
  });
});
