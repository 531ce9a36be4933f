/** @file Supervision: what a run's compute process reports is recorded, and its end, however it comes, is told. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { RunState } from '#shared/run.ts';
import { interruptAbandonedRuns } from '#engine/runs/abandoned-runs.ts';
import { environment } from '../compute/script.ts';
import {
  checkpoint,
  drive,
  finished,
  libraryWithDraft,
  losses,
  open,
  started,
  stopped,
  storedBytes,
  writeBytes,
} from './scripted-runs.ts';

describe('a supervised run', () => {
  it('is recorded with environment, metrics, progress, diagnosis and checkpoints, and finishes', async () => {
    const { library, run } = libraryWithDraft();
    const script = [
      started,
      losses(1, 10),
      { send: { type: 'diagnosis', diagnosis: { verdict: 'learning', text: 'Learning.' } } },
      checkpoint(10),
      losses(11, 20),
      checkpoint(20),
      finished,
    ] as const;
    expect(await drive(library, run, script).ended).toBe('finished');
    const view = library.runView(run);
    expect(view).toMatchObject({ state: 'finished', backend: 'wasm', device: 'cpu', environment, failure: null });
    expect(view.progress).toMatchObject({ epochs: 2, step: 20, steps: 20 });
    expect(view.trainingSeconds).toBe(2);
    expect(view.metrics).toEqual({ loss: { last: 0.25, min: 0.25, max: 5, step: 20 } });
    expect(view.checkpoints.map(({ id }) => id)).toEqual(['step-10', 'step-20']);
    expect(view.diagnosis?.verdict).toBe('learning');
    expect(library.metrics.series(run, 'loss')).toHaveLength(20);
    expect(library.leases.isHeld(run)).toBe(false);
  });

  it('has written what was measured before a checkpoint when it tells of the checkpoint', async () => {
    const { library, folder, run } = libraryWithDraft();
    const other = open(folder);
    let seen: { samples: number; checkpoints: number } | undefined;
    const observer = {
      checkpoint: () => {
        const samples = other.metrics.series(run, 'loss').length;
        seen = { samples, checkpoints: other.checkpoints.ofRun(run).length };
      },
    };
    await drive(library, run, [started, losses(1, 10), checkpoint(10), finished], observer).ended;
    expect(seen).toEqual({ samples: 10, checkpoints: 1 });
  });

  it('is shown live to another handle of the library while it goes', async () => {
    const { library, folder, run } = libraryWithDraft();
    const other = open(folder);
    const supervision = drive(library, run, [started, losses(1, 3), { await: 'stop' }, stopped]);
    await expect.poll(() => other.runView(run).metrics.loss?.step, { timeout: 20_000 }).toBe(3);
    expect(other.runView(run).state).toBe('running');
    supervision.stop();
    expect(await supervision.ended).toBe('stopped');
    expect(other.runView(run).state).toBe('stopped');
  });

  it('pauses and goes on', async () => {
    const { library, run } = libraryWithDraft();
    const states: RunState[] = [];
    const supervision = drive(
      library,
      run,
      [
        started,
        { send: { type: 'log', text: 'ready' } },
        { await: 'pause' },
        checkpoint(5),
        { send: { type: 'paused' } },
        { await: 'resume' },
        { send: { type: 'resumed' } },
        finished,
      ],
      {
        log: () => {
          supervision.pause();
        },
        state: (state) => {
          states.push(state);
          if (state === 'paused') {
            expect(library.runs.state(run)).toBe('paused');
            supervision.resume();
          }
        },
      },
    );
    await supervision.ended;
    expect(states).toEqual(['paused', 'running', 'finished']);
  });

  it('stops while it is paused', async () => {
    const { library, run } = libraryWithDraft();
    const supervision = drive(
      library,
      run,
      [started, { send: { type: 'paused' } }, { await: 'stop' }, { send: { type: 'resumed' } }, stopped],
      {
        state: (state) => {
          if (state === 'paused') supervision.stop();
        },
      },
    );
    expect(await supervision.ended).toBe('stopped');
  });

  it('is interrupted, with its last checkpoint, when the second stop kills it', async () => {
    const { library, run } = libraryWithDraft();
    const supervision = drive(library, run, [started, losses(1, 10), checkpoint(10), { hang: true }], {
      checkpoint: () => {
        supervision.stop();
        supervision.stop();
      },
    });
    expect(await supervision.ended).toBe('interrupted');
    expect(library.runView(run)).toMatchObject({
      state: 'interrupted',
      failure: null,
      checkpoints: [{ id: 'step-10' }],
    });
    expect(library.leases.holder(run)).toBeUndefined();
  });

  it('fails with what the process said, keeping the last good checkpoint', async () => {
    const { library, run } = libraryWithDraft();
    const failure = { kind: 'diverged', message: 'The loss is NaN at step 12.', hint: 'Lower the rate.' } as const;
    const script = [started, losses(1, 12), checkpoint(10), { send: { type: 'failed', ...failure } }] as const;
    expect(await drive(library, run, script).ended).toBe('failed');
    expect(library.runView(run)).toMatchObject({ state: 'failed', failure, checkpoints: [{ id: 'step-10' }] });
  });

  it('fails for want of memory where its process is killed by the system', async () => {
    const { library, run } = libraryWithDraft();
    expect(await drive(library, run, [started, losses(1, 4), { signal: 'SIGKILL' }]).ended).toBe('failed');
    expect(library.runView(run).failure?.kind).toBe('memory');
    expect(library.metrics.series(run, 'loss')).toHaveLength(4);
  });

  it('keeps every line of its process in the log, and shows only those that mean something', async () => {
    const { library, run } = libraryWithDraft();
    const shown: string[] = [];
    const noise = 'WARNING: All log messages before absl::InitializeLog() is called are written to STDERR';
    const script = [started, { stderr: `${noise}\nA word of the backend.\n` }, { wait: 200 }, finished];
    await drive(library, run, script, { output: (line) => shown.push(line) }).ended;
    const log = readFileSync(library.logs.file(run), 'utf8');
    expect(log).toContain(noise);
    expect(log).toContain('A word of the backend.');
    expect(shown).toEqual(['A word of the backend.']);
  });

  it('can be driven by one process alone', async () => {
    const { library, folder, run } = libraryWithDraft();
    const other = open(folder);
    const supervision = drive(library, run, [started, { await: 'stop' }, stopped]);
    expect(() => drive(other, run, [started, finished])).toThrow(/is working on this run/);
    supervision.stop();
    expect(await supervision.ended).toBe('stopped');
  });
});

describe('a resumed run', () => {
  it('forgets what came after its checkpoint, and bytes that no row knows', async () => {
    const { library, run } = libraryWithDraft();
    await drive(library, run, [started, losses(1, 10), checkpoint(10), losses(11, 14), stopped]).ended;
    writeBytes(library, run, 'step-10');
    writeBytes(library, run, 'step-13');
    const supervision = drive(library, run, [started, { await: 'stop' }, stopped], {}, 'step-10');
    expect(library.metrics.series(run, 'loss')).toHaveLength(10);
    expect(storedBytes(library, run)).toEqual(['step-10']);
    supervision.stop();
    await supervision.ended;
    expect(library.runView(run)).toMatchObject({ progress: { epoch: 1, step: 10 }, trainingSeconds: 1 });
  });

  it('forgets an earlier failure once it finishes', async () => {
    const { library, run } = libraryWithDraft();
    await drive(library, run, [started, checkpoint(10), { exit: 9 }]).ended;
    expect(library.runView(run).failure?.message).toContain('exit code 9');
    await drive(library, run, [started, losses(11, 20), finished], {}, 'step-10').ended;
    expect(library.runView(run)).toMatchObject({ state: 'finished', failure: null });
  });
});

describe('recovery', () => {
  it('leaves a run alone that a living process drives', async () => {
    const { library, folder, run } = libraryWithDraft();
    const supervision = drive(library, run, [started, { await: 'stop' }, stopped]);
    expect(interruptAbandonedRuns(open(folder))).toEqual([]);
    supervision.stop();
    expect(await supervision.ended).toBe('stopped');
  });

  it('marks a run whose process is gone as interrupted, so that it can be resumed', async () => {
    const { library, folder, run } = libraryWithDraft();
    library.leases.acquire(run);
    library.runs.transition(run, 'queued');
    library.runs.transition(run, 'running');
    library.leases.release(run);
    const other = open(folder);
    expect(interruptAbandonedRuns(other)).toEqual([run]);
    expect(other.runs.state(run)).toBe('interrupted');
    expect(interruptAbandonedRuns(other)).toEqual([]);
    expect(await drive(other, run, [started, finished]).ended).toBe('finished');
  });
});
