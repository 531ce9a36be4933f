/** @file The same weights and batches through the studio and through a live PyTorch. Used by bench:parity and test:peers. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { Rank, Tensor } from '@tensorflow/tfjs-core';
import type { Backend } from '#compute/backend/backend.ts';
import { valueAndGradients } from '#compute/backend/gradients.ts';
import { trainStep } from '#compute/loop/train-step.ts';
import { ntXent } from '#compute/loss/nt-xent.ts';
import { Network } from '#compute/model/network.ts';
import { decodeTensors } from '#compute/model/safetensors.ts';
import type { NamedValues } from '#compute/model/weights.ts';
import { createOptimizer } from '#compute/optimize/create-optimizer.ts';
import type { Configuration } from '#shared/configuration/schema.ts';
import { goldenWeights } from '../golden/model/golden-weights.ts';
import { toTorch } from '../golden/model/torch-layout.ts';
import { configurationOf, inFolder, rateOf, writeInput, type ParitySetting } from './parity-input.ts';
import { runPeer } from './peer.ts';

/** Largest of max|a - b| / max|b| over the tensors of each kind. */
export interface ParityErrors {
  h: number;
  z: number;
  loss: number;
  gradients: number;
  /** Of PyTorch in single precision against itself in double precision, over all of them. */
  rounding: number;
}

/** Losses of both sides before each step, on the same batches from the same weights. */
export interface LossCurves {
  studio: number[];
  peer: number[];
  /** PyTorch's in double precision: what rounding alone makes of the same training. */
  double: number[] | null;
}

/** Batches that the peer may choose from; see parity_peer.py. */
const candidates = 40;

/** Compares h, z, loss and every gradient of one batch of augmented views, with random gammas and betas. */
export async function compareStep(backend: Backend, setting: ParitySetting): Promise<ParityErrors> {
  const { side } = setting;
  const configuration = configurationOf(setting);
  const network = new Network(backend, configuration, side);
  network.weights.load(goldenWeights(await network.weights.read(), { gamma: [0.3, 0.9], steady: ['bn1.bias'] }));
  return inFolder(async (folder) => {
    const batches = await writeInput(folder, configuration, side, await network.weights.read(), candidates);
    const { batch, rounding } = await runPeer<{ batch: number; rounding: number }>('parity_peer.py', ['step', folder]);
    const file = readFileSync(path.join(folder, 'results.safetensors'));
    const expected = decodeTensors(new Uint8Array(file)).tensors;
    const actual = await studioStep(backend, network, configuration, side, batches[batch] as Float32Array);
    network.dispose();
    return { ...errorsOf(actual, expected), rounding };
  });
}

/** Trains both sides from the studio's first weights on the same augmented batches, by SGD with momentum. */
export async function compareTraining(
  backend: Backend,
  setting: ParitySetting,
  steps: number,
  { withDouble }: { withDouble: boolean },
): Promise<LossCurves> {
  const { side } = setting;
  const configuration = configurationOf(setting);
  const network = new Network(backend, configuration, side);
  const optimizer = createOptimizer(configuration.optimizer);
  return inFolder(async (folder) => {
    const batches = await writeInput(folder, configuration, side, await network.weights.read(), steps);
    const studio: number[] = [];
    for (const views of batches) {
      const { loss } = await trainStep(
        { backend, network, optimizer, configuration },
        views,
        side,
        rateOf(configuration),
      );
      studio.push(loss);
    }
    network.dispose();
    optimizer.dispose();
    const train = (precision: 'single' | 'double'): Promise<number[]> => {
      return runPeer<number[]>('parity_peer.py', ['train', folder, '--precision', precision]);
    };
    return { studio, peer: await train('single'), double: withDouble ? await train('double') : null };
  });
}

async function studioStep(
  backend: Backend,
  network: Network,
  { batchSize, temperature }: Configuration,
  side: number,
  views: Float32Array,
): Promise<NamedValues> {
  const x = tf.tensor<Rank.R4>(views, [2 * batchSize, side, side, 3]);
  let observed: Record<string, Tensor> = {};
  const { value: loss, gradients } = valueAndGradients(() => {
    const h = network.encode(x, 'training');
    const z = network.project(h, 'training');
    observed = { h: tf.keep(tf.clone(h)), z: tf.keep(tf.clone(z)) };
    return ntXent(backend, z, temperature).loss;
  }, network.weights.trainable());
  const results: NamedValues = {
    loss: { shape: [1], values: Float32Array.from(await loss.data()) },
  };
  for (const [name, value] of Object.entries(observed)) {
    results[name] = { shape: value.shape, values: (await value.data()) as Float32Array };
  }
  for (const [name, value] of Object.entries(gradients)) {
    results[`gradient/${name}`] = toTorch({ shape: value.shape, values: (await value.data()) as Float32Array });
  }
  tf.dispose([x, loss, observed, gradients]);
  return results;
}

function errorsOf(actual: NamedValues, expected: NamedValues): Omit<ParityErrors, 'rounding'> {
  const names = Object.keys(expected).sort();
  if (names.join() !== Object.keys(actual).sort().join()) throw new Error('Both sides do not have the same tensors.');
  const errorOf = (name: string): number => {
    const [a, b] = [actual[name]?.values ?? [], expected[name]?.values ?? []];
    if (a.length !== b.length || a.length === 0) throw new Error(`${name} is not of one size on both sides.`);
    let difference = 0;
    let largest = 0;
    for (let at = 0; at < a.length; at++) {
      difference = Math.max(difference, Math.abs((a[at] as number) - (b[at] as number)));
      largest = Math.max(largest, Math.abs(b[at] as number));
    }
    return difference / largest;
  };
  const gradients = names.filter((name) => name.startsWith('gradient/')).map(errorOf);
  return { h: errorOf('h'), z: errorOf('z'), loss: errorOf('loss'), gradients: Math.max(...gradients) };
}
