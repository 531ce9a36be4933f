/** @file The studio beside a live PyTorch: run by `npm run test:peers`, which brings one. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Backend } from '#compute/backend/backend.ts';
import { compareStep, compareTraining } from '../bench/parity-comparison.ts';
import { runPeer } from '../bench/peer.ts';
import { openTensorflow } from '../support/open-tensorflow.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await openTensorflow();
});

it('has a peer whose networks are torchvision’s and whose loss is the paper’s', async () => {
  const errors = await runPeer<Record<string, number>>('self_check.py', []);
  expect(Object.keys(errors).sort()).toEqual(['loss', 'resnet18', 'resnet34', 'resnet50']);
  for (const [what, error] of Object.entries(errors)) expect(error, what).toBeLessThan(1e-5);
});

describe.each([
  { architecture: 'resnet8', batchSize: 8, hiddenWidths: [64], batchNorm: true, side: 24 },
  { architecture: 'resnet8', batchSize: 12, hiddenWidths: [48, 40], batchNorm: false, side: 17 },
  { architecture: 'resnet18', batchSize: 8, hiddenWidths: [512], batchNorm: true, side: 16 },
] as const)('$architecture, head $hiddenWidths, batch norm $batchNorm', ({ hiddenWidths, ...setting }) => {
  it('gives PyTorch’s h, z, loss and every gradient within 1e-3', async () => {
    const errors = await compareStep(backend, { ...setting, hiddenWidths: [...hiddenWidths] });
    for (const [what, error] of Object.entries(errors)) expect(error, what).toBeLessThan(1e-3);
  });
});

it('loses as PyTorch does over 20 SGD steps on the same augmented batches', async () => {
  const setting = { architecture: 'resnet8', batchSize: 32, hiddenWidths: [64], batchNorm: false, side: 16 } as const;
  const { studio, peer } = await compareTraining(backend, { ...setting, hiddenWidths: [64] }, 20, {
    withDouble: false,
  });
  expect(studio).toHaveLength(20);
  expect(peer).toHaveLength(20);
  studio.forEach((loss, step) => {
    expect(Math.abs(loss / (peer[step] ?? NaN) - 1), `step ${step}`).toBeLessThan(0.01);
  });
});
