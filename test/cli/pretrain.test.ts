/** @file The whole way through the terminal with real images and a real backend: train, stop, resume, judge, report. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { EvaluationView } from '#shared/evaluation.ts';
import type { RunView } from '#shared/run.ts';
import { writeShapes } from './shape-images.ts';
import { run, start, temporaryFolder, type Ended } from './terminal-program.ts';

let library: string;

/** Small enough for seconds on one thread, and the same for every run. */
const small = [
  ...['--dataset', 'shapes', '--preset', 'tiny', '--epochs', '3', '--batch-size', '16', '--limit-images', '0'],
  ...['--validation-fraction', '0.1', '--monitor-knn-k', '5', '--backend', 'wasm', '--json'],
];

/** Goes on until it is stopped. */
const endless = [...small, '--epochs', '1000', '--checkpoint-every-epochs', '0'];

function view({ out, err, code }: Ended): RunView {
  expect(err.includes('This should not have happened'), err).toBe(false);
  expect(out, `code ${String(code)}: ${err}`).not.toBe('');
  return JSON.parse(out) as RunView;
}

async function shown(name: string): Promise<RunView> {
  return view(await run(library, 'runs', 'show', name, '--json'));
}

function weights({ checkpoints }: RunView): string | undefined {
  return checkpoints.at(-1)?.weightsSha256;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

beforeAll(async () => {
  const folder = temporaryFolder();
  library = join(folder, 'library');
  await writeShapes(join(folder, 'shapes'), 48, 20);
  expect((await run(library, 'datasets', 'add', join(folder, 'shapes'), '--json')).code).toBe(0);
  const ended = await run(library, 'pretrain', ...small, '--name', 'whole');
  expect(ended.code, ended.err).toBe(0);
});

describe('pretrain', () => {
  it('ends with the run on stdout and all that it told on stderr', async () => {
    const whole = await shown('whole');
    expect(whole).toMatchObject({ state: 'finished', preset: 'tiny', backend: 'wasm', seed: 0, failure: null });
    expect(whole.progress).toMatchObject({ epoch: 3, epochs: 3 });
    expect(whole.progress?.step).toBe(whole.progress?.steps);
    expect(Object.keys(whole.metrics)).toEqual(
      expect.arrayContaining(['loss', 'chanceLoss', 'contrastiveTop1', 'knnTop1', 'effectiveRank', 'imagesPerSecond']),
    );
    expect(weights(whole)).toMatch(/^[0-9a-f]{64}$/);
  });

  it('names runs after recipe and dataset, and the next one with a number', async () => {
    const first = view(await run(library, 'pretrain', ...small, '--epochs', '1'));
    const second = view(await run(library, 'pretrain', ...small, '--epochs', '1', '--seed', '1'));
    expect([first.name, second.name]).toEqual(['tiny-shapes', 'tiny-shapes-2']);
    expect(weights(first)).not.toBe(weights(second));
  });

  it('stops with a checkpoint at Ctrl+C, and resumed gives the weights of an unbroken run', async () => {
    const started = start(library, ['pretrain', ...small, '--name', 'broken']);
    await started.said('kNN');
    started.child.kill('SIGINT');
    const ended = await started.ended;
    expect(ended.code).toBe(130);
    expect(ended.err).toContain(`pretrain --resume ${view(ended).id}`);
    expect(view(ended).state).toBe('stopped');
    expect(view(ended).checkpoints).toHaveLength(1);
    const resumed = view(await run(library, 'pretrain', '--resume', 'broken', '--json'));
    expect(resumed.state).toBe('finished');
    expect(weights(resumed)).toBe(weights(await shown('whole')));
    expect(resumed.metrics.loss).toEqual((await shown('whole')).metrics.loss);
  });

  it('stops with a checkpoint when it is asked to terminate', async () => {
    const started = start(library, ['pretrain', ...endless, '--name', 'terminated']);
    await started.said('kNN');
    started.child.kill('SIGTERM');
    const ended = await started.ended;
    expect(ended.code).toBe(143);
    expect(view(ended)).toMatchObject({ state: 'stopped', checkpoints: [{}] });
  });

  it('killed at any moment leaves an interrupted run and no process, and can be resumed', async () => {
    const started = start(library, ['pretrain', ...small, '--name', 'killed']);
    await started.said('kNN');
    started.child.kill('SIGKILL');
    await started.ended;
    const { id, state } = await shown('killed');
    expect(state).toBe('interrupted');
    const log = readFileSync(join(library, 'logs', `${id}.log`), 'utf8');
    const pid = Number(/Compute process (\d+)/.exec(log)?.[1]);
    await expect.poll(() => isAlive(pid), { timeout: 20_000 }).toBe(false);
    const resumed = view(await run(library, 'pretrain', '--resume', 'killed', '--json'));
    expect(weights(resumed)).toBe(weights(await shown('whole')));
  });

  it('is refused to a second process while the first drives the run', async () => {
    const started = start(library, ['pretrain', ...endless, '--name', 'busy']);
    await started.said('kNN');
    const second = await run(library, 'pretrain', '--resume', 'busy', '--json');
    expect(second).toMatchObject({ code: 1, out: '' });
    expect(second.err).toContain('is under way');
    expect((await run(library, 'runs', 'delete', 'busy')).code).toBe(1);
    expect((await shown('busy')).state).toBe('running');
    started.child.kill('SIGINT');
    expect((await started.ended).code).toBe(130);
  });

  it('fails with one line and an empty stdout where the configuration diverges', async () => {
    const args = [...small, '--name', 'wild', '--optimizer-learning-rate', '1000000', '--schedule-warmup-epochs', '0'];
    const ended = await run(library, 'pretrain', ...args, '--set', 'optimizer.weightDecay=1');
    expect(ended).toMatchObject({ code: 1, out: '' });
    expect(ended.err).toMatch(/NaN or infinity at step \d+/);
    expect(await shown('wild')).toMatchObject({ state: 'failed', failure: { kind: 'diverged' } });
  });

  it('is refused before anything starts where a name is taken', async () => {
    const ended = await run(library, 'pretrain', ...small, '--name', 'whole');
    expect(ended).toMatchObject({ code: 1, out: '' });
    expect(ended.err).toContain('already a run named "whole"');
  });
});

describe('evaluate', () => {
  const told = ({ protocol, encoder }: EvaluationView): string => `${protocol} ${encoder}`;

  it('judges pixels, untrained and pretrained encoder by the same protocol, with intervals', async () => {
    const { evaluations } = view(await run(library, 'evaluate', 'whole', '--knn', '--backend', 'wasm', '--json'));
    expect(evaluations.map(told).sort()).toEqual(['knn pixels', 'knn pretrained', 'knn random']);
    for (const { top1, low, high, settings, confusion } of evaluations) {
      expect(low).toBeLessThanOrEqual(top1);
      expect(top1).toBeLessThanOrEqual(high);
      expect(settings).toMatchObject({ testImages: 40, fitImages: 96, knn: { k: 5, temperature: 0.1 } });
      expect(confusion.flat().reduce((sum, count) => sum + count, 0)).toBe(40);
    }
  });

  it('replaces a result where the same is asked again, and keeps one with other settings', async () => {
    await run(library, 'evaluate', 'whole', '--knn', '--backend', 'wasm');
    expect((await shown('whole')).evaluations).toHaveLength(3);
    await run(library, 'evaluate', 'whole', '--knn', '--knn-k', '3', '--backend', 'wasm');
    expect((await shown('whole')).evaluations).toHaveLength(6);
  });
});

describe('runs', () => {
  it('lists them all, without series', async () => {
    const runs = JSON.parse((await run(library, 'runs', 'list', '--json')).out) as RunView[];
    expect(runs.map(({ name }) => name)).toEqual(expect.arrayContaining(['whole', 'killed', 'wild']));
  });

  it('shows one to people', async () => {
    const { out } = await run(library, 'runs', 'show', 'whole');
    for (const part of [
      'whole  finished',
      'NT-Xent loss',
      'Checkpoint',
      'Raw pixels',
      'Settings other than the preset tiny',
    ])
      expect(out).toContain(part);
  });

  it('deletes one with its files', async () => {
    const { id } = await shown('killed');
    const file = join(library, 'artifacts', `${id}.sqlite`);
    expect(statSync(file).size).toBeGreaterThan(0);
    expect((await run(library, 'runs', 'delete', 'killed')).code).toBe(0);
    expect(statSync(file, { throwIfNoEntry: false })).toBeUndefined();
    expect((await run(library, 'runs', 'show', 'killed')).code).toBe(2);
  });
});

describe('demo', () => {
  it('goes the whole way and leaves a report', async () => {
    const report = join(temporaryFolder(), 'report.html');
    const sizes = ['--dataset', 'shapes', '--epochs', '2', '--batch-size', '16', '--limit-images', '64'];
    const ended = await run(library, 'demo', ...sizes, '--backend', 'wasm', '--out', report, '--json');
    expect(ended.code, ended.err).toBe(0);
    const demo = JSON.parse(ended.out) as RunView & { report: string };
    expect(demo.report).toBe(report);
    expect(demo.evaluations).toHaveLength(6);
    expect(readFileSync(report, 'utf8')).toContain('</html>');
  });

  it('interrupted, is told how to go on, and does', async () => {
    const report = join(temporaryFolder(), 'report.html');
    const sizes = ['--dataset', 'shapes', '--epochs', '3', '--batch-size', '16', '--limit-images', '64'];
    const started = start(library, ['demo', ...sizes, '--backend', 'wasm', '--out', report]);
    await started.said('kNN');
    started.child.kill('SIGINT');
    const { code, err } = await started.ended;
    expect(code).toBe(130);
    const name = /demo --resume (\S+)/.exec(err)?.[1] ?? '';
    const ended = await run(library, 'demo', '--resume', name, '--out', report);
    expect(ended.code, ended.err).toBe(0);
    expect(ended.out).toContain(`Report: ${report}`);
    expect(statSync(report).size).toBeGreaterThan(1000);
  });

  it('is refused at once where the report can’t be written', async () => {
    const ended = await run(library, 'demo', '--dataset', 'shapes', '--out', '/nowhere/report.html');
    expect(ended).toMatchObject({ code: 1, out: '' });
    expect(ended.err).toContain('--out');
  });
});
