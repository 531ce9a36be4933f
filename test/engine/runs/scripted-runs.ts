/** @file Runs in a library of their own, driven by scripted compute processes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { CheckpointRecord } from '#shared/compute-protocol.ts';
import type { MetricSample } from '#shared/metrics.ts';
import { openArtifacts } from '#store/artifacts.ts';
import { openLibrary, type Library } from '#store/library.ts';
import { createRun } from '#engine/runs/create-run.ts';
import { superviseRun } from '#engine/runs/supervise-run.ts';
import type { RunObserver, Supervision } from '#engine/runs/supervision.ts';
import { backend, dataset, environment, scripted } from '../compute/script.ts';
import type { ScriptStep } from '../compute/scripted-compute.ts';

const folders: string[] = [];
const libraries: Library[] = [];

afterEach(() => {
  for (const library of libraries.splice(0)) library.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder that goes after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'simclr-engine-'));
  folders.push(folder);
  return folder;
}

/** Opens a library that is closed after the test. */
export function open(folder: string): Library {
  const library = openLibrary(folder);
  libraries.push(library);
  return library;
}

/** A library with the dataset `shapes` and one draft on it. */
export function libraryWithDraft(): { library: Library; folder: string; run: string } {
  const folder = temporaryFolder();
  const library = open(folder);
  library.datasets.add(dataset);
  const settings = [
    { key: 'epochs', text: '2' },
    { key: 'batchSize', text: '10' },
  ];
  return { library, folder, run: createRun(library, { dataset: 'shapes', settings }) };
}

/** Drives a run by a script. */
export function drive(
  library: Library,
  run: string,
  script: readonly ScriptStep[],
  observer: RunObserver = {},
  resumeFrom?: string,
): Supervision {
  const from = resumeFrom === undefined ? undefined : library.checkpoints.choose(run, resumeFrom);
  return superviseRun(library, run, { backend, resumeFrom: from, compute: scripted(script) }, observer);
}

export const started: ScriptStep = { send: { type: 'started', environment, steps: 20 } };
export const finished: ScriptStep = { send: { type: 'finished', result: { kind: 'pretrain', finished: true } } };
export const stopped: ScriptStep = { send: { type: 'finished', result: { kind: 'pretrain', finished: false } } };

/** One sample of the loss for each step from `first` to `last`. */
export function losses(first: number, last: number): ScriptStep {
  const samples: MetricSample[] = [];
  for (let step = first; step <= last; step++) samples.push({ metric: 'loss', step, time: step / 10, value: 5 / step });
  return { send: { type: 'metrics', samples } };
}

export function checkpointRecord(step: number): CheckpointRecord {
  const id = `step-${step}`;
  return {
    id,
    epoch: Math.floor(step / 10),
    step,
    bytes: 3,
    weightsSha256: 'cd'.repeat(32),
    trainingSeconds: step / 10,
  };
}

export function checkpoint(step: number): ScriptStep {
  return { send: { type: 'checkpoint', checkpoint: checkpointRecord(step) } };
}

/** Writes the bytes of a checkpoint without a row for it. */
export function writeBytes(library: Library, run: string, id: string): void {
  const artifacts = openArtifacts(library.paths.artifactFile(run));
  artifacts.writeArtifact({ id, kind: 'checkpoint', metadata: {} }, [new Uint8Array(3)]);
  artifacts.close();
}

/** Ids of the checkpoints whose bytes lie in the run's file. */
export function storedBytes(library: Library, run: string): string[] {
  const artifacts = openArtifacts(library.paths.artifactFile(run));
  const ids = artifacts.list().map(({ id }) => id);
  artifacts.close();
  return ids;
}
