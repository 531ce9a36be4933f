/** @file An import is whole or not there at all: stopped, killed, or met by what was there before. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { importDataset } from '#compute/import/import-dataset.ts';
import { runImport } from './run-import.ts';
import { smallCifar, writeBinary } from './small-cifar.ts';
import { temporaryFolder } from './temporary-folder.ts';

function prepared(perBatch: number): { folder: string; source: string; datasets: string; target: string } {
  const folder = temporaryFolder();
  const source = path.join(folder, 'cifar');
  writeBinary(source, smallCifar(perBatch));
  const datasets = path.join(folder, 'datasets');
  return { folder, source, datasets, target: path.join(datasets, 'd') };
}

it('leaves nothing when it is stopped, at whatever image', async () => {
  const { source, datasets, target } = prepared(5);
  for (const stopAt of [1, 2, 10, 29, 30, 31, 32]) {
    let asked = 0;
    const dataset = await importDataset(
      { kind: 'import', id: 'd', name: 'd', source: { format: 'cifar10', paths: [source] }, targetFolder: target },
      { progress: () => undefined, shouldStop: () => ++asked >= stopAt, log: () => undefined },
    );
    expect(dataset).toBeUndefined();
    expect(readdirSync(datasets)).toEqual([]);
  }
});

it('leaves no dataset when it is killed, and the next import clears what is left', async () => {
  const { folder, source, datasets, target } = prepared(300);
  const child: ChildProcess = fork(fileURLToPath(new URL('slow-import.ts', import.meta.url)), [source, target], {
    execArgv: [],
  });
  const partial = path.join(datasets, `d.partial-${String(child.pid)}`);
  await once(child, 'message'); // sent from the middle of packing
  expect(existsSync(partial)).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(existsSync(target)).toBe(false);
  await runImport(folder, { format: 'cifar10', paths: [source] });
  expect(readdirSync(datasets)).toEqual(['d']);
});

it('leaves alone what a living process is writing', async () => {
  const { folder, source, datasets } = prepared(2);
  const living = path.join(datasets, `other.partial-${process.ppid}`);
  mkdirSync(living, { recursive: true });
  await runImport(folder, { format: 'cifar10', paths: [source] });
  await sleep(0);
  expect(readdirSync(datasets).sort()).toEqual(['d', `other.partial-${process.ppid}`]);
});

it('refuses a target that is there already and leaves it untouched', async () => {
  const { folder, source, target } = prepared(2);
  mkdirSync(target, { recursive: true });
  writeFileSync(path.join(target, 'kept'), '');
  await expect(runImport(folder, { format: 'cifar10', paths: [source] })).rejects.toThrow('exists already');
  expect(readdirSync(path.dirname(target))).toEqual(['d']);
  expect(readdirSync(target)).toEqual(['kept']);
});

it.each([7, 1025, 32.5, Number.NaN])('refuses %d as a training size', async (imageSize) => {
  const { folder, source } = prepared(1);
  const started = runImport(folder, { format: 'cifar10', paths: [source] }, { imageSize });
  await expect(started).rejects.toThrow('is no size for training images');
});
