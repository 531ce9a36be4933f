/** @file Libraries with something in them. */
import { completeConfiguration } from '#shared/configuration/keys.ts';
import type { EvaluationResult } from '#shared/evaluation.ts';
import type { Dataset } from '#shared/dataset.ts';
import { type Library, type LibraryOptions, openLibrary } from '#store/library.ts';
import type { NewRun } from '#store/runs/run-writer.ts';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './temporary-folder.ts';

/** A library that is closed and removed after the test. */
export function sampleLibrary(options: LibraryOptions = {}, folder = temporaryFolder()): Library {
  const library = openLibrary(folder, options);
  onTestFinished(() => {
    library.close();
  });
  return library;
}

export function newRun(name: string, more: Partial<NewRun> = {}): NewRun {
  const dataset = { id: 'cifar', name: 'CIFAR-10', sha256: 'ab'.repeat(32) };
  return { name, dataset, preset: 'tiny', config: completeConfiguration({}), ...more };
}

export const sampleEvaluation: EvaluationResult = {
  protocol: 'linear',
  encoder: 'pretrained',
  split: 'test',
  top1: 0.521,
  low: 0.511,
  high: 0.531,
  perClass: [0.5, 0.542],
  confusion: [
    [5, 5],
    [4, 6],
  ],
  classes: ['cat', 'dog'],
  settings: {
    layer: 'h',
    fitImages: 20_000,
    validationImages: 2000,
    testImages: 10_000,
    featureWidth: 64,
    seed: 0,
    bootstrapSamples: 1000,
    linear: { solver: 'L-BFGS', lambdas: [0.1, 1], lambda: 1, validationTop1: 0.5, iterations: 40, converged: true },
  },
  seconds: 12.5,
};

export const sampleDataset: Dataset = {
  id: '0abc123456',
  name: 'CIFAR-10',
  splits: { train: { first: 0, count: 2, labelled: 2, perClass: [1, 1] } },
  classes: ['cat', 'dog'],
  imageSize: 32,
  mean: [0.1, 0.2, 0.3],
  std: [0.1, 0.2, 0.3],
  bytes: 6144,
  sha256: 'cd'.repeat(32),
  skipped: [{ path: 'a.jpg', reason: 'not an image' }],
  duplicates: 0,
  source: 'folder',
  licence: '',
  createdAt: '2026-11-23T12:00:00.000Z',
};
