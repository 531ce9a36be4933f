/** @file Jobs in compute processes: results, failures, crashes, stopping, and nothing left behind. */
import { describe, expect, it } from 'vitest';
import { UserError } from '#shared/errors.ts';
import { startJob } from '#engine/compute/job.ts';
import { runJob } from '#engine/compute/run-job.ts';
import { previewSpec, scripted } from './script.ts';
import type { ScriptStep } from './scripted-compute.ts';

const finished: ScriptStep = { send: { type: 'finished', result: { kind: 'preview', pairs: [] } } };

async function failureOf(script: readonly ScriptStep[]): Promise<UserError> {
  const error: unknown = await runJob(previewSpec, {}, undefined, scripted(script)).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UserError);
  return error as UserError;
}

function isAlive(pid: number | undefined): boolean {
  try {
    process.kill(pid ?? 0, 0);
    return true;
  } catch {
    return false;
  }
}

describe('a job', () => {
  it('gives its events in order, then its result, and its process is gone', async () => {
    const heard: string[] = [];
    const job = startJob(
      previewSpec,
      { log: ({ text }) => heard.push(text), warning: ({ text }) => heard.push(`! ${text}`) },
      scripted([
        { send: { type: 'log', text: 'one' } },
        { send: { type: 'warning', text: 'two' } },
        { send: { type: 'log', text: 'three' } },
        finished,
      ]),
    );
    await expect(job.result).resolves.toEqual({ kind: 'preview', pairs: [] });
    expect(heard).toEqual(['one', '! two', 'three']);
    expect(isAlive(job.pid)).toBe(false);
  });

  it('keeps numbers that JSON would lose', async () => {
    const values: number[] = [];
    const sample = { metric: 'loss', step: 1, time: 0.5 } as const;
    const script = scripted([finished]);
    await runJob(
      previewSpec,
      { metrics: ({ samples }) => values.push(...samples.map(({ value }) => value)) },
      undefined,
      {
        ...script,
        environment: () => ({
          ...process.env,
          COMPUTE_SCRIPT: JSON.stringify([
            { send: { type: 'metrics', samples: [{ ...sample, value: 1.25 }] } },
            finished,
          ]),
        }),
      },
    );
    expect(values).toEqual([1.25]);
  });

  it('fails with the kind, message and hint that the process sent', async () => {
    const error = await failureOf([
      { send: { type: 'failed', kind: 'diverged', message: 'The loss is NaN at step 7.', hint: 'Lower the rate.' } },
    ]);
    expect(error.kind).toBe('diverged');
    expect(error.line).toBe('The loss is NaN at step 7. Lower the rate.');
  });

  it('tells the exit code and the last lines of a process that crashed, without the noise', async () => {
    const error = await failureOf([
      { stderr: 'I0000 00:00:1764000000.1 1 cpu_feature_guard.cc:227] This TensorFlow binary is optimized\n' },
      { stderr: 'Error: cannot find the\nbinding\n' },
      { exit: 3 },
    ]);
    expect(error.kind).toBe('internal');
    expect(error.message).toContain('exit code 3');
    expect(error.hint).toContain('Error: cannot find the | binding');
    expect(error.hint).not.toContain('cpu_feature_guard');
  });

  it('takes an exit without a word for a crash, even with code 0', async () => {
    expect((await failureOf([{ exit: 0 }])).message).toContain('ended unexpectedly');
  });

  it('blames memory where the system killed the process', async () => {
    const error = await failureOf([{ signal: 'SIGKILL' }]);
    expect(error.kind).toBe('memory');
    expect(error.hint).toContain('--batch-size');
  });

  it('blames memory where the process said so before it aborted', async () => {
    const error = await failureOf([{ stderr: 'FATAL ERROR: JavaScript heap out of memory\n' }, { signal: 'SIGABRT' }]);
    expect(error.kind).toBe('memory');
  });

  it('names another backend where the processor lacks instructions', async () => {
    const error = await failureOf([{ signal: 'SIGILL' }]);
    expect(error.kind).toBe('backend');
    expect(error.hint).toContain('wasm');
  });

  it('asks the process to stop when its signal is aborted, and takes what it kept', async () => {
    const controller = new AbortController();
    const result = runJob(
      previewSpec,
      {
        started: () => undefined,
        log: () => {
          controller.abort();
        },
      },
      controller.signal,
      scripted([{ send: { type: 'log', text: 'ready' } }, { await: 'stop' }, finished]),
    );
    await expect(result).resolves.toEqual({ kind: 'preview', pairs: [] });
  });

  it('is killed by the second stop when the first goes unheard', async () => {
    const job = startJob(
      previewSpec,
      {
        log: () => {
          job.stop();
          job.stop();
        },
      },
      scripted([{ send: { type: 'log', text: 'ready' } }, { hang: true }]),
    );
    await expect(job.result).rejects.toMatchObject({ kind: 'conflict' });
    expect(job.killed).toBe(true);
    expect(isAlive(job.pid)).toBe(false);
  });

  it('ends with the error of a handler that threw', async () => {
    const job = startJob(
      previewSpec,
      {
        log: () => {
          throw new UserError('The disk is full.', 'Free some space.', 'disk');
        },
      },
      scripted([{ send: { type: 'log', text: 'x' } }, { hang: true }]),
    );
    await expect(job.result).rejects.toMatchObject({ kind: 'disk' });
    expect(isAlive(job.pid)).toBe(false);
  });

  it('says so when there is no such process to start', async () => {
    const settings = { entry: '/nowhere/compute.ts', environment: () => process.env };
    await expect(runJob(previewSpec, {}, undefined, settings)).rejects.toMatchObject({ kind: 'internal' });
  });
});
