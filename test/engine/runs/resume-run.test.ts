/** @file When a run may go on, and when that would give other weights. */
import { describe, expect, it } from 'vitest';
import type { Library } from '#store/library.ts';
import { planResume, thisMachine, type Machine } from '#engine/runs/resume-run.ts';
import { dataset, environment } from '../compute/script.ts';
import { checkpointRecord, libraryWithDraft } from './scripted-runs.ts';

const machine: Machine = { platform: environment.platform, cpu: environment.cpu };

function stoppedRun(): { library: Library; run: string } {
  const { library, run } = libraryWithDraft();
  library.runs.setEnvironment(run, environment);
  library.checkpoints.add(run, checkpointRecord(5));
  library.checkpoints.add(run, checkpointRecord(10));
  for (const state of ['queued', 'running', 'stopped'] as const) library.runs.transition(run, state);
  return { library, run };
}

const request = { backend: {}, allowDifferentEnvironment: false };

describe('resuming a run', () => {
  it('goes on from the newest checkpoint with the recorded backend and threads', async () => {
    const { library, run } = stoppedRun();
    const plan = await planResume(library, { ...request, run }, machine);
    expect(plan.from?.id).toBe('step-10');
    expect(plan.backend).toMatchObject({ name: 'wasm', device: 'cpu', threads: 1 });
    expect(plan.differences).toEqual([]);
  });

  it('goes on from a named checkpoint', async () => {
    const { library, run } = stoppedRun();
    expect((await planResume(library, { ...request, run, checkpoint: 'step-5' }, machine)).from?.step).toBe(5);
    await expect(planResume(library, { ...request, run, checkpoint: 'step-6' }, machine)).rejects.toThrow(
      /no checkpoint/,
    );
  });

  it('refuses another processor, naming both', async () => {
    const { library, run } = stoppedRun();
    const other = { ...machine, cpu: 'Another processor' };
    await expect(planResume(library, { ...request, run }, other)).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringContaining('The processor was Some processor, now Another processor.') as string,
      hint: expect.stringContaining('--allow-different-environment') as string,
    });
  });

  it('goes on elsewhere where that is allowed, telling what differs', async () => {
    const { library, run } = stoppedRun();
    const other = { platform: 'darwin-arm64', cpu: 'Another processor' };
    const plan = await planResume(library, { ...request, run, allowDifferentEnvironment: true }, other);
    expect(plan.differences).toHaveLength(2);
  });

  it('refuses another number of threads than the run began with', async () => {
    const { library, run } = stoppedRun();
    library.runs.setEnvironment(run, { ...environment, threads: 4 });
    await expect(planResume(library, { ...request, run }, machine)).rejects.toThrow(/number of threads was 4, now 1/);
  });

  it('begins anew where there is no checkpoint yet, whatever the machine', async () => {
    const { library, run } = libraryWithDraft();
    library.runs.setEnvironment(run, environment);
    for (const state of ['queued', 'running', 'interrupted'] as const) library.runs.transition(run, state);
    const plan = await planResume(library, { ...request, run }, { ...machine, cpu: 'Another processor' });
    expect(plan.from).toBeUndefined();
  });

  it('refuses a finished run, and one that is under way', async () => {
    const { library, run } = libraryWithDraft();
    library.leases.acquire(run);
    for (const state of ['queued', 'running'] as const) library.runs.transition(run, state);
    await expect(planResume(library, { ...request, run }, machine)).rejects.toThrow(/is under way/);
    library.leases.release(run);
    library.runs.transition(run, 'finished');
    await expect(planResume(library, { ...request, run }, machine)).rejects.toThrow(/finished/);
  });

  it('refuses when the images are gone or have changed', async () => {
    const { library, run } = stoppedRun();
    library.datasets.remove(dataset.id);
    await expect(planResume(library, { ...request, run }, machine)).rejects.toThrow(/no longer in the library/);
    library.datasets.add({ ...dataset, sha256: 'ef'.repeat(32) });
    await expect(planResume(library, { ...request, run }, machine)).rejects.toThrow(/images have changed/);
  });

  it('takes the same images under another name', async () => {
    const { library, run } = stoppedRun();
    library.datasets.remove(dataset.id);
    library.datasets.add({ ...dataset, id: 'd1111111', name: 'forms' });
    expect((await planResume(library, { ...request, run }, machine)).from?.id).toBe('step-10');
  });

  it('knows this machine by names that are not empty', () => {
    expect(thisMachine().cpu).not.toBe('');
    expect(thisMachine().platform).toMatch(/^\w+-\w+$/);
  });
});
