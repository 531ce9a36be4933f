/** @file The part of the conformance suite that is not arithmetic: leaks and repeatability. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import type { Backend } from '#compute/backend/backend.ts';
import { valueAndGradients } from '#compute/backend/gradients.ts';
import { normal, toTensor } from './reference/array.ts';

/** Calls that make new tensors, with how many. */
const calls: { name: string; outputs: number; call: (backend: Backend, inputs: Inputs) => Tensor[] }[] = [
  { name: 'conv2d', outputs: 1, call: (b, { x, filter }) => [b.conv2d(x, filter, 2, 1)] },
  {
    name: 'batchNorm',
    outputs: 3,
    call: (b, { x, gamma, beta }) => {
      const { y, mean, variance } = b.batchNorm(x, gamma, beta, 1e-5, true);
      return [y, mean, variance];
    },
  },
  {
    name: 'batchNormInference',
    outputs: 1,
    call: (b, { x, gamma, beta }) => [b.batchNormInference(x, gamma, beta, beta, gamma, 1e-5, true)],
  },
  { name: 'relu', outputs: 1, call: (b, { x }) => [b.relu(x)] },
  { name: 'addRelu', outputs: 1, call: (b, { x }) => [b.addRelu(x, x)] },
  { name: 'maxPool', outputs: 1, call: (b, { x }) => [b.maxPool(x)] },
  { name: 'globalAveragePool', outputs: 1, call: (b, { x }) => [b.globalAveragePool(x)] },
  { name: 'matMul', outputs: 1, call: (b, { rows }) => [b.matMul(rows, rows, false, true)] },
];

interface Inputs {
  x: Tensor4D;
  filter: Tensor4D;
  gamma: Tensor1D;
  beta: Tensor1D;
  rows: Tensor2D;
}

function makeInputs(): Inputs {
  return {
    x: toTensor(normal([4, 16, 16, 12], 20)),
    filter: toTensor(normal([3, 3, 12, 12], 21, 0, 0.1)),
    gamma: toTensor(normal([12], 22, 1, 0.1)),
    beta: toTensor(normal([12], 23)),
    rows: toTensor(normal([20, 12], 24)),
  };
}

/** A small network through every operation; its gradients. */
function gradientsOfNetwork(backend: Backend, inputs: Inputs): Record<string, Tensor> {
  const { value, gradients } = valueAndGradients(
    () => {
      const first = backend.conv2d(inputs.x, inputs.filter, 1, 1);
      const { y } = backend.batchNorm(first, inputs.gamma, inputs.beta, 1e-5, true);
      const second = backend.batchNorm(backend.conv2d(y, inputs.filter, 1, 1), inputs.gamma, inputs.beta, 1e-5, false);
      const pooled = backend.globalAveragePool(backend.maxPool(backend.addRelu(second.y, y)));
      const products = backend.matMul(backend.relu(pooled), inputs.rows, false, true);
      return tf.sum(tf.square(products));
    },
    { ...inputs },
  );
  return { ...gradients, value };
}

export function describeBookkeeping(backend: () => Backend): void {
  describe('memory', () => {
    test.each(calls)('$name leaves its outputs and nothing else', ({ call, outputs }) => {
      const before = tf.memory();
      const inputs = makeInputs();
      const held = tf.memory().numTensors;
      const results = call(backend(), inputs);
      expect(results).toHaveLength(outputs);
      expect(tf.memory().numTensors).toBe(held + outputs);
      tf.dispose([results, { ...inputs }]);
      expect(tf.memory().numTensors).toBe(before.numTensors);
      expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
    });

    test('a backward pass through everything leaves the gradients and nothing else', () => {
      const before = tf.memory();
      const inputs = makeInputs();
      const held = tf.memory().numTensors;
      const gradients = gradientsOfNetwork(backend(), inputs);
      expect(tf.memory().numTensors).toBe(held + Object.keys(gradients).length);
      tf.dispose([gradients, { ...inputs }]);
      expect(tf.memory().numTensors).toBe(before.numTensors);
      expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
    });
  });

  test('gives the same bits each time', () => {
    tf.tidy(() => {
      const inputs = makeInputs();
      const bits = (): Record<string, string> => {
        const gradients = tf.tidy(() => gradientsOfNetwork(backend(), inputs));
        const entries = Object.entries(gradients).map(([name, tensor]) => {
          const values = tensor.dataSync() as Float32Array;
          tensor.dispose();
          return [name, Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64')] as const;
        });
        return Object.fromEntries(entries);
      };
      const first = bits();
      // Often enough that a just-in-time compiler has replaced its first code by optimised code.
      for (let repetition = 0; repetition < 40; repetition++) expect(bits()).toEqual(first);
    });
  });
}
