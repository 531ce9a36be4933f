/**
 * @file What every backend must do: values and gradients of each function against slow float64 references, no leaks, the
 * same bits each time.
 *
 * Errors are the largest difference over the largest reference value. A float32 sum of n terms errs by about
 * sqrt(n) 6e-8 of its terms' size; the longest sums here have 2,048 terms (3e-6), so 1e-5 leaves room for any order of
 * summation, and none for a wrong term.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Backend } from '#compute/backend/backend.ts';
import { valueAndGradients } from '#compute/backend/gradients.ts';
import { describeBookkeeping } from './conformance-bookkeeping.ts';
import { map, normal, relativeError, toTensor, type NumberArray } from './reference/array.ts';
import { batchNorm, batchNormGradients, statistics } from './reference/batch-norm.ts';
import { convolution, convolutionGradients } from './reference/convolution.ts';
import { matMul, transposed } from './reference/mat-mul.ts';
import { averagePool, averagePoolGradient, maxPool, maxPoolGradient } from './reference/pooling.ts';

const tolerance = 1e-5;
const epsilon = 1e-5;
const sizes = [1, 5, 7, 8, 32];
const channelCounts = [3, 5, 16, 30];

function expectClose(actual: Tensor, expected: NumberArray, label: string): void {
  expect(actual.shape, `shape of ${label}`).toEqual(expected.shape);
  expect(relativeError(actual.dataSync(), expected), label).toBeLessThan(tolerance);
}

/** Checks an operation's value, and its gradients for one gradient of the output. */
function check(
  label: string,
  operation: (...inputs: Tensor[]) => Tensor,
  inputs: readonly NumberArray[],
  expected: NumberArray,
  expectedGradients: (dy: NumberArray) => NumberArray[],
): void {
  tf.tidy(() => {
    const tensors = inputs.map((input) => toTensor(input));
    const dy = normal(expected.shape, 99);
    // The gradient of sum(output * dy) by the output is dy.
    const { gradients } = valueAndGradients(
      () => tf.sum(tf.mul(operation(...tensors), toTensor(dy))),
      Object.fromEntries(tensors.map((tensor, at) => [at, tensor])),
    );
    expectClose(operation(...tensors), expected, label);
    expectedGradients(dy).forEach((gradient, at) => {
      expectClose(gradients[at] as Tensor, gradient, `gradient ${at} of ${label}`);
    });
  });
}

/** Runs the suite on one backend. TensorFlow.js keeps global state: one backend a test file. */
export function describeBackendConformance(name: string, createBackend: () => Promise<Backend>): void {
  describe(`backend ${name}`, () => {
    let backend: Backend;

    beforeAll(async () => {
      backend = await createBackend();
    });
    afterAll(() => {
      backend.dispose();
    });

    function checkConvolution(shape: number[], outputs: number, kernel: number, stride: number, padding: number): void {
      const x = normal(shape, 1);
      const filter = normal([kernel, kernel, shape[3] as number, outputs], 2);
      const of = { x, filter, stride, padding };
      check(
        `[${shape.join()}] with ${kernel}x${kernel}x${outputs}, stride ${stride}, padding ${padding}`,
        (x, filter) => backend.conv2d(x as Tensor4D, filter as Tensor4D, stride, padding),
        [x, filter],
        convolution(of),
        (dy) => {
          const gradients = convolutionGradients(of, dy);
          return [gradients.x, gradients.filter];
        },
      );
    }

    describe.each([1, 3, 7])('convolution with kernels of side %i', (kernel) => {
      const padding = (kernel - 1) / 2;

      test.each([1, 2])('equals its definition at stride %i for odd sizes and channels', (stride) => {
        for (const [at, size] of sizes.entries()) {
          const inputs = channelCounts[at % 4] as number;
          const outputs = channelCounts[(at + 1) % 4] as number;
          // The largest filters on the largest images would be 90 million products a case.
          const few = kernel === 7 && size === 32;
          checkConvolution([2, size, size, few ? 3 : inputs], few ? 16 : outputs, kernel, stride, padding);
        }
      });

      test.each([1, 2])('equals its definition at stride %i for every pair of channel counts', (stride) => {
        for (const inputs of channelCounts) {
          for (const outputs of channelCounts) checkConvolution([1, 5, 7, inputs], outputs, kernel, stride, padding);
        }
      });

      test.each([1, 2])('equals its definition at stride %i without padding', (stride) => {
        checkConvolution([2, 9, 8, 5], 6, kernel, stride, 0);
        checkConvolution([2, 8, 8, 16], 16, kernel, stride, 0);
      });
    });

    describe.each([false, true])('batch normalisation with relu %s', (relu) => {
      const shapes = [
        ...channelCounts.map((channels) => [3, 5, 7, channels]),
        [2, 32, 32, 16],
        [9, 1, 1, 5],
        [7, 3],
        [64, 30],
        [33, 128],
      ];

      test.each(shapes.map((shape) => ({ shape })))('of $shape equals its definition', ({ shape }) => {
        const channels = shape.at(-1) as number;
        // A mean far from zero against its spread, as after a few layers.
        const x = normal(shape, 3, 3, 2);
        const gamma = normal([channels], 4, 1, 0.5);
        const beta = normal([channels], 5);
        const of = { x, gamma, beta, epsilon, relu };
        const { mean, biased, unbiased } = statistics(x);
        check(
          `batch normalisation of [${shape.join()}]`,
          (x, gamma, beta) => backend.batchNorm(x as Tensor4D, gamma as Tensor1D, beta as Tensor1D, epsilon, relu).y,
          [x, gamma, beta],
          batchNorm(of, mean, biased),
          (dy) => {
            const gradients = batchNormGradients(of, dy);
            return [gradients.x, gradients.gamma, gradients.beta];
          },
        );
        tf.tidy(() => {
          const output = backend.batchNorm<Tensor4D>(toTensor(x), toTensor(gamma), toTensor(beta), epsilon, relu);
          expectClose(output.mean, mean, 'mean');
          expectClose(output.variance, unbiased, 'variance with Bessel’s correction');
        });
      });

      test('by given statistics equals its definition', () => {
        for (const shape of [
          [3, 5, 7, 30],
          [2, 8, 8, 16],
          [9, 5],
        ]) {
          const channels = shape.at(-1) as number;
          const x = normal(shape, 6);
          const gamma = normal([channels], 7);
          const beta = normal([channels], 8);
          const mean = normal([channels], 9);
          const variance = map(normal([channels], 10), (value) => value * value + 0.1);
          tf.tidy(() => {
            const y = backend.batchNormInference<Tensor4D>(
              toTensor(x),
              toTensor(gamma),
              toTensor(beta),
              toTensor(mean),
              toTensor(variance),
              epsilon,
              relu,
            );
            expectClose(y, batchNorm({ x, gamma, beta, epsilon, relu }, mean, variance), `[${shape.join()}]`);
          });
        }
      });
    });

    describe('relu', () => {
      test('and its gradient equal their definition', () => {
        for (const shape of [[3, 5, 7, 3], [2, 8, 8, 16], [7], [5, 30]]) {
          const x = normal(shape, 11);
          check(
            `relu of [${shape.join()}]`,
            (x) => backend.relu(x),
            [x],
            map(x, (value) => Math.max(value, 0)),
            (dy) => [map(dy, (value, index) => ((x.values[index] as number) > 0 ? value : 0))],
          );
        }
      });

      test('of a sum and its gradients equal their definition', () => {
        for (const shape of [
          [3, 5, 7, 3],
          [2, 8, 8, 16],
        ]) {
          const a = normal(shape, 12);
          const b = normal(shape, 13);
          const sum = map(a, (value, index) => Math.fround(value + (b.values[index] as number)));
          check(
            `addRelu of [${shape.join()}]`,
            (a, b) => backend.addRelu(a as Tensor4D, b as Tensor4D),
            [a, b],
            map(sum, (value) => Math.max(value, 0)),
            (dy) => {
              const passed = map(dy, (value, index) => ((sum.values[index] as number) > 0 ? value : 0));
              return [passed, passed];
            },
          );
        }
      });

      test('passes no gradient at exactly zero', () => {
        tf.tidy(() => {
          const x = tf.tensor1d([-1, 0, -0, 1, 0]);
          const alone = valueAndGradients(() => tf.sum(backend.relu(x)), { x });
          expect([...(alone.gradients.x as Tensor).dataSync()]).toEqual([0, 0, 0, 1, 0]);
          const a = tf.tensor4d([1, 2, 3, 0, 5], [1, 1, 1, 5]);
          const b = tf.tensor4d([-1, -1, -3, 0, -6], [1, 1, 1, 5]);
          const { gradients } = valueAndGradients(() => tf.sum(backend.addRelu(a, b)), { a, b });
          expect([...(gradients.a as Tensor).dataSync()]).toEqual([0, 1, 0, 0, 0]);
          expect([...(gradients.b as Tensor).dataSync()]).toEqual([0, 1, 0, 0, 0]);
        });
      });

      test('adds up the gradients where both summands are the same tensor', () => {
        tf.tidy(() => {
          const x = tf.tensor4d([-1, 2, 3], [1, 1, 1, 3]);
          const { gradients } = valueAndGradients(() => tf.sum(backend.addRelu(x, x)), { x });
          expect([...(gradients.x as Tensor).dataSync()]).toEqual([0, 2, 2]);
        });
      });

      test('keeps NaN, so that a diverged run is seen', () => {
        tf.tidy(() => {
          const x = tf.tensor4d([NaN, 1, 2, 3, NaN], [1, 1, 1, 5]);
          expect([...backend.relu(x).dataSync()].map(Number.isNaN)).toEqual([true, false, false, false, true]);
          expect([...backend.addRelu(x, x).dataSync()].map(Number.isNaN)).toEqual([true, false, false, false, true]);
        });
      });
    });

    describe('pooling', () => {
      const shapes = sizes.flatMap((size, at) => [
        [2, size, size, channelCounts[at % 4] as number],
        [1, size, 6, 4],
      ]);

      test.each([0, -10])('by maximum equals its definition where values lie around %i', (mean) => {
        for (const shape of shapes) {
          const x = normal(shape, 14, mean);
          check(
            `max-pooling of [${shape.join()}]`,
            (x) => backend.maxPool(x as Tensor4D),
            [x],
            maxPool(x),
            (dy) => [maxPoolGradient(x, dy)],
          );
        }
      });

      test('by the mean of an image equals its definition', () => {
        for (const shape of shapes) {
          const x = normal(shape, 15, 1);
          check(
            `average pooling of [${shape.join()}]`,
            (x) => backend.globalAveragePool(x as Tensor4D),
            [x],
            averagePool(x),
            (dy) => [averagePoolGradient(x, dy)],
          );
        }
      });
    });

    describe('matrix product', () => {
      const flags = [false, true].flatMap((a) => [false, true].map((b) => ({ transposeA: a, transposeB: b })));

      test.each(flags)('with transposeA $transposeA, transposeB $transposeB equals its definition', (flags) => {
        const { transposeA, transposeB } = flags;
        for (const [rows, inner, columns] of [
          [1, 1, 1],
          [3, 5, 7],
          [8, 16, 32],
          [30, 65, 5],
          [64, 200, 33],
        ] as const) {
          const a = normal(transposeA ? [inner, rows] : [rows, inner], 16);
          const b = normal(transposeB ? [columns, inner] : [inner, columns], 17);
          const plainA = transposeA ? transposed(a) : a;
          const plainB = transposeB ? transposed(b) : b;
          check(
            `[${a.shape.join()}] by [${b.shape.join()}]`,
            (a, b) => backend.matMul(a as Tensor2D, b as Tensor2D, transposeA, transposeB),
            [a, b],
            matMul(plainA, plainB),
            (dy) => {
              const da = matMul(dy, transposed(plainB));
              const db = matMul(transposed(plainA), dy);
              return [transposeA ? transposed(da) : da, transposeB ? transposed(db) : db];
            },
          );
        }
      });
    });

    describeBookkeeping(() => backend);
  });
}
