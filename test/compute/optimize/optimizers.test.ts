import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { Weights } from '#compute/model/weights.ts';
import { createOptimizer } from '#compute/optimize/create-optimizer.ts';
import { completeConfiguration } from '#shared/configuration/keys.ts';
import type { ConfigurationInput } from '#shared/configuration/schema.ts';
import { leakedTensors } from '../../support/leaks.ts';
import { openTensorflow } from '../../support/open-tensorflow.ts';

beforeAll(async () => {
  await openTensorflow();
});

type Settings = NonNullable<ConfigurationInput['optimizer']>;

/** Applies steps to a kernel and a bias of one value each, with gradient 1 for both, and gives the values after each. */
async function follow(
  settings: Settings,
  steps: number,
  start = 2,
  rate = 0.1,
): Promise<{ kernel: number[]; bias: number[] }> {
  const weights = new Weights();
  weights.add('w', 'kernel', { shape: [1], values: Float32Array.of(start) });
  weights.add('b', 'bias', { shape: [1], values: Float32Array.of(start) });
  const optimizer = createOptimizer(completeConfiguration({ optimizer: settings }).optimizer);
  const path: { kernel: number[]; bias: number[] } = { kernel: [], bias: [] };
  for (let step = 0; step < steps; step++) {
    const gradients = { w: tf.ones([1]), b: tf.ones([1]) };
    optimizer.apply(weights, gradients, rate);
    tf.dispose(gradients);
    const values = await weights.read();
    path.kernel.push(values.w?.values[0] ?? NaN);
    path.bias.push(values.b?.values[0] ?? NaN);
  }
  optimizer.dispose();
  weights.dispose();
  return path;
}

function expectPath(actual: number[], expected: number[]): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, at) => {
    expect(value).toBeCloseTo(expected[at] ?? NaN, 5);
  });
}

describe('SGD', () => {
  it('adds decay to the gradient of kernels, then accumulates momentum', async () => {
    const { kernel, bias } = await follow({ name: 'sgd', momentum: 0.9, weightDecay: 0.5 }, 2);
    // v1 = 1 + 0.5 x 2 = 2, w1 = 2 - 0.2; v2 = 0.9 x 2 + 1 + 0.5 x 1.8 = 3.7, w2 = 1.8 - 0.37.
    expectPath(kernel, [1.8, 1.43]);
    // v1 = 1, v2 = 1.9.
    expectPath(bias, [1.9, 1.71]);
  });

  it('decays biases too where nothing is excluded', async () => {
    const { bias } = await follow({ name: 'sgd', momentum: 0, weightDecay: 0.5, decayExclusions: 'none' }, 1);
    expectPath(bias, [1.8]);
  });
});

describe('LARS', () => {
  it('scales a kernel’s step by eta |w| / |g + wd w| inside the momentum, as the authors’ code', async () => {
    const { kernel, bias } = await follow({ name: 'lars', momentum: 0.9, weightDecay: 0.5, larsEta: 0.01 }, 2);
    // trust (g + wd w) = eta |w| = 0.02; v1 = 0.1 x 0.02; w1 = 2 - 0.002; v2 = 0.9 v1 + 0.1 x 0.01 x w1.
    expectPath(kernel, [1.998, 1.998 - (0.0018 + 0.001998)]);
    expectPath(bias, [1.9, 1.71]);
  });

  it('applies the rate after the momentum in the other variant', async () => {
    const { kernel } = await follow(
      { name: 'lars', momentum: 0.9, weightDecay: 0.5, larsEta: 0.01, larsVariant: 'lightly' },
      1,
    );
    // |g| + wd |w| = 2 and g + wd w = 2, so the step is 0.1 x 0.01 x 2.
    expectPath(kernel, [1.998]);
  });

  it('takes the plain gradient where the weight is 0', async () => {
    const { kernel } = await follow({ name: 'lars', momentum: 0, weightDecay: 0.5, larsEta: 0.01 }, 1, 0);
    expectPath(kernel, [-0.1]);
  });
});

describe('AdamW', () => {
  it('steps by the rate at first, whatever the gradient’s size, and decays apart from it', async () => {
    const { kernel, bias } = await follow({ name: 'adamw', momentum: 0.9, weightDecay: 0.5 }, 1);
    expectPath(kernel, [2 - 0.1 - 0.1 * 0.5 * 2]);
    expectPath(bias, [1.9]);
  });
});

it.each(['sgd', 'lars', 'adamw'] as const)('%s goes on exactly after its state was written and read', async (name) => {
  const optimizerOf = () => createOptimizer(completeConfiguration({ optimizer: { name } }).optimizer);
  const weightsOf = (values: Float32Array) => {
    const weights = new Weights();
    weights.add('w', 'kernel', { shape: [3], values });
    return weights;
  };
  const gradient = (step: number) => tf.tensor1d([step + 1, -1, 0.5 * step]);
  const apply = (optimizer: ReturnType<typeof optimizerOf>, weights: Weights, step: number) => {
    const w = gradient(step);
    optimizer.apply(weights, { w }, 0.1);
    w.dispose();
  };
  const [whole, first, second] = [optimizerOf(), optimizerOf(), optimizerOf()];
  const unbroken = weightsOf(Float32Array.of(1, 2, 3));
  for (let step = 0; step < 4; step++) apply(whole, unbroken, step);
  const broken = weightsOf(Float32Array.of(1, 2, 3));
  for (let step = 0; step < 2; step++) apply(first, broken, step);
  second.load(await first.read());
  for (let step = 2; step < 4; step++) apply(second, broken, step);
  expect(await broken.read()).toEqual(await unbroken.read());
});

it.each(['sgd', 'lars', 'adamw'] as const)('%s leaves no tensor behind', async (name) => {
  await expect(leakedTensors(() => follow({ name, weightDecay: 0.1 }, 3))).resolves.toBe(0);
});
