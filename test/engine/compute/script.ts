/** @file Settings that put a scripted compute process in the place of the real one. */
import { fileURLToPath } from 'node:url';
import type { BackendChoice, PreviewSpec } from '#shared/compute-protocol.ts';
import { configurationSchema } from '#shared/configuration/schema.ts';
import type { Dataset } from '#shared/dataset.ts';
import type { RunEnvironment } from '#shared/run.ts';
import type { ComputeSettings } from '#engine/compute/job.ts';
import type { ScriptStep } from './scripted-compute.ts';

/** Compute processes that follow `script`. */
export function scripted(script: readonly ScriptStep[]): ComputeSettings {
  return {
    entry: fileURLToPath(new URL('./scripted-compute.ts', import.meta.url)),
    environment: () => ({ ...process.env, COMPUTE_SCRIPT: JSON.stringify(script) }),
  };
}

export const backend: BackendChoice = { name: 'wasm', device: 'cpu', threads: 1, passedOver: [] };

export const dataset: Dataset = {
  id: 'd0000000',
  name: 'shapes',
  splits: { train: { first: 0, count: 100, labelled: 100, perClass: [50, 50] } },
  classes: ['round', 'square'],
  imageSize: 32,
  mean: [0.5, 0.5, 0.5],
  std: [0.2, 0.2, 0.2],
  bytes: 307200,
  sha256: 'ab'.repeat(32),
  skipped: [],
  duplicates: 0,
  source: 'made for a test',
  licence: '',
  createdAt: '2026-01-02T03:04:05.000Z',
};

export const configuration = configurationSchema.parse({ epochs: 2, batchSize: 10 });

export const previewSpec: PreviewSpec = {
  kind: 'preview',
  backend,
  dataset,
  datasetFolder: '/nowhere',
  configuration,
  images: 1,
};

/** The environment a compute process would report on a machine that is not this one. */
export const environment: RunEnvironment = {
  studio: '0.1.0',
  node: '24.0.0',
  platform: 'linux-x64',
  cpu: 'Some processor',
  cores: 2,
  memoryBytes: 8e9,
  backend: 'wasm',
  backendVersion: '4.22.0',
  device: 'cpu',
  threads: 1,
  passedOver: [],
};
