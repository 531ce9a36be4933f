/** @file The studio's networks, loss, gradients and optimisers against what PyTorch computed (test/golden/model/make.py). */
import * as tf from '@tensorflow/tfjs-core';
import type { Rank, Tensor } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Backend } from '#compute/backend/backend.ts';
import { valueAndGradients } from '#compute/backend/gradients.ts';
import { ntXent } from '#compute/loss/nt-xent.ts';
import { Network } from '#compute/model/network.ts';
import { Weights, type NamedValues, type WeightKind, type WeightValues } from '#compute/model/weights.ts';
import { createOptimizer } from '#compute/optimize/create-optimizer.ts';
import { completeConfiguration } from '#shared/configuration/keys.ts';
import { readGolden, sampled, type ModelCase, type TrajectoryCase } from '../golden/model/golden-file.ts';
import { goldenWeights } from '../golden/model/golden-weights.ts';
import { fromTorch, toTorch } from '../golden/model/torch-layout.ts';
import { openTensorflow } from '../support/open-tensorflow.ts';

/** Of max|a - b| / max|b|, tensor by tensor. PyTorch's own single precision lies within 4e-5 of its double precision. */
const tolerance = 1e-3;

let backend: Backend;

beforeAll(async () => {
  backend = await openTensorflow();
});

afterAll(() => {
  backend.dispose();
});

describe.each(['resnet8-norm-head', 'resnet8-plain-head', 'resnet18-cifar', 'resnet50-imagenet'])('%s', (name) => {
  const { settings, tensors } = readGolden<ModelCase>(name);
  let results: NamedValues;

  beforeAll(async () => {
    results = await runNetwork(settings, tensors.views as WeightValues);
  });

  it('has exactly the tensors of PyTorch’s network', () => {
    expect(Object.keys(results).sort()).toEqual(Object.keys(settings.shapes).sort());
    const shapes = Object.entries(results).map(([tensor, { shape }]) => [tensor, shape]);
    expect(Object.fromEntries(shapes)).toEqual(settings.shapes);
  });

  it.each([
    ['h', /^h$/],
    ['z', /^z$/],
    ['the loss', /^loss$/],
    ['every gradient', /^gradient\//],
    ['running statistics after one step', /^running\//],
    ['h and z of evaluation mode', /^evaluated\//],
  ])('gives %s within 1e-3', (_, pattern) => {
    const errors = Object.entries(results)
      .filter(([tensor]) => pattern.test(tensor))
      .map(([tensor, actual]) => {
        const [norm, largest] = (tensors[`norm/${tensor}`] as WeightValues).values as unknown as [number, number];
        const expected = (tensors[tensor] as WeightValues).values;
        const error = largestDifference(sampled(actual, settings.sample), expected) / largest;
        return { tensor, error: Math.max(error, Math.abs(normOf(actual) / norm - 1)) };
      });
    expect(errors.length).toBeGreaterThan(0);
    expect(errors.filter(({ error }) => !(error < tolerance))).toEqual([]);
  });
});

const trajectories = readGolden<{ rates: number[]; cases: TrajectoryCase[] }>('optimizers');

it.each(trajectories.settings.cases)('follows PyTorch’s $name for five steps', async (settings) => {
  const { tensors } = trajectories;
  const weights = new Weights();
  const names = withPrefix(tensors, 'start/');
  for (const [name, value] of Object.entries(names)) weights.add(name, kindOf(name), fromTorch(value));
  const optimizer = createOptimizer(optimizerConfiguration(settings));
  const errors: { step: number; name: string; error: number }[] = [];
  for (const [step, rate] of trajectories.settings.rates.entries()) {
    const gradients = tf.tidy(() => asTensors(withPrefix(tensors, `gradient/${step}/`)));
    optimizer.apply(weights, gradients, rate);
    tf.dispose(gradients);
    for (const [name, value] of Object.entries(await weights.read())) {
      const expected = (tensors[`${settings.name}/${step}/${name}`] as WeightValues).values;
      const scale = Math.max(...expected.map(Math.abs)) || 1;
      errors.push({ step, name, error: largestDifference(toTorch(value).values, expected) / scale });
    }
  }
  optimizer.dispose();
  weights.dispose();
  expect(errors).toHaveLength(trajectories.settings.rates.length * Object.keys(names).length);
  expect(errors.filter(({ error }) => !(error < 1e-5))).toEqual([]);
});

/** Everything a golden file holds, computed by the studio, in PyTorch's layout. */
async function runNetwork(settings: ModelCase, views: WeightValues): Promise<NamedValues> {
  const configuration = completeConfiguration({
    batchSize: settings.pairs,
    temperature: settings.temperature,
    encoder: { architecture: settings.architecture, stem: settings.stem, zeroGamma: false },
    projection: {
      hiddenWidths: settings.hidden_widths,
      outputWidth: settings.output_width,
      batchNorm: settings.batch_norm,
    },
  });
  const network = new Network(backend, configuration, settings.side);
  network.weights.load(goldenWeights(await network.weights.read(), settings));
  const x = tf.tensor<Rank.R4>(views.values, views.shape as [number, number, number, number]);
  let observed: Record<string, Tensor> = {};
  const { value: loss, gradients } = valueAndGradients(() => {
    const h = network.encode(x, 'training');
    const z = network.project(h, 'training');
    observed = { h: tf.keep(tf.clone(h)), z: tf.keep(tf.clone(z)) };
    return ntXent(backend, z, settings.temperature).loss;
  }, network.weights.trainable());
  const evaluated = tf.tidy(() => {
    const h = network.encode(x, 'evaluation');
    return { 'evaluated/h': tf.clone(h), 'evaluated/z': network.project(h, 'evaluation') };
  });
  const results: NamedValues = {};
  for (const [name, value] of Object.entries({ ...observed, ...evaluated })) {
    results[name] = { shape: value.shape, values: (await value.data()) as Float32Array };
  }
  results.loss = { shape: [1], values: (await loss.data()) as unknown as Float32Array };
  for (const [name, value] of Object.entries(gradients)) {
    results[`gradient/${name}`] = toTorch({ shape: value.shape, values: (await value.data()) as Float32Array });
  }
  for (const [name, value] of Object.entries(await network.weights.read())) {
    if (name.includes('.running_')) results[`running/${name}`] = value;
  }
  tf.dispose([x, loss, observed, evaluated, gradients]);
  network.dispose();
  return results;
}

function optimizerConfiguration(settings: TrajectoryCase) {
  return completeConfiguration({
    optimizer: {
      name: settings.optimizer,
      weightDecay: settings.weight_decay,
      momentum: settings.momentum,
      decayExclusions: settings.exclusions,
      larsEta: settings.lars_eta,
      larsVariant: settings.lars_variant,
    },
  }).optimizer;
}

function kindOf(name: string): WeightKind {
  if (!name.startsWith('bn')) return name.endsWith('.bias') ? 'bias' : 'kernel';
  return name.endsWith('.bias') ? 'beta' : 'gamma';
}

function withPrefix(tensors: NamedValues, prefix: string): NamedValues {
  const own = Object.entries(tensors).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value]));
}

function asTensors(values: NamedValues): Record<string, Tensor> {
  const entries = Object.entries(values).map(([name, value]) => {
    const { shape, values } = fromTorch(value);
    return [name, tf.tensor(values, shape)] as const;
  });
  return Object.fromEntries(entries);
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  // NaN must not vanish in a maximum.
  return a.reduce((most, value, at) => {
    const difference = Math.abs(value - (b[at] as number));
    return difference <= most ? most : difference;
  }, 0);
}

function normOf({ values }: WeightValues): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}
