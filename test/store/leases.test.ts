/** @file Leases: one holder a run, taken over from the dead alone. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { describe, expect, test } from 'vitest';
import { openLibrary } from '#store/library.ts';
import { silenceOfTheDead } from '#store/leases/leases.ts';
import { isAlive, processStart, thisProcess } from '#store/leases/process-identity.ts';
import { startChild } from './support/child.ts';
import { newRun, sampleLibrary } from './support/sample-library.ts';
import { thrownBy } from './support/thrown-by.ts';

describe('a lease', () => {
  test('has one holder, who renews it and gives it back', () => {
    let now = 1000;
    const library = sampleLibrary({ now: () => now });
    const other = sampleLibrary({}, library.paths.folder);
    const run = library.runs.create(newRun('held'));
    library.leases.acquire(run);
    library.leases.acquire(run);
    expect(library.leases.holds(run)).toBe(true);
    expect(other.leases.holds(run)).toBe(false);
    for (const method of ['takeOver', 'acquire'] as const) {
      const error = thrownBy(() => other.leases[method](run));
      expect(error.kind).toBe('conflict');
      expect(error.message).toContain(`Process ${process.pid} on ${hostname()}`);
    }
    expect(
      thrownBy(() => {
        other.leases.renew(run);
      }).kind,
    ).toBe('conflict');
    now = 5000;
    library.leases.renew(run);
    expect(library.leases.holder(run)).toMatchObject({ acquiredAt: 1000, heartbeat: 5000, pid: process.pid });
    other.leases.release(run);
    expect(library.leases.holds(run)).toBe(true);
    library.leases.release(run);
    expect(library.leases.holder(run)).toBeUndefined();
    expect(
      thrownBy(() => {
        library.leases.renew(run);
      }).message,
    ).toContain('no longer holds');
    other.leases.acquire(run);
  });

  test('a clock that goes back takes no heartbeat back', () => {
    let now = 9000;
    const library = sampleLibrary({ now: () => now });
    const run = library.runs.create(newRun('held'));
    library.leases.acquire(run);
    now = 10;
    library.leases.renew(run);
    expect(library.leases.holder(run)?.heartbeat).toBe(9000);
  });
});

describe('a holder', () => {
  const self = thisProcess();

  /** Whether another handle, asking `later` milliseconds after the heartbeat, may take the lease over. */
  function mayTakeOver(holder: Partial<typeof self>, later: number): boolean {
    const library = sampleLibrary({ now: () => 0, self: { ...self, ...holder } });
    const other = sampleLibrary({ now: () => later }, library.paths.folder);
    const run = library.runs.create(newRun('held', { state: 'queued' }));
    library.leases.acquire(run);
    library.runs.transition(run, 'running');
    const abandoned = other.leases.abandonedRuns().includes(run);
    expect(other.leases.isHeld(run)).toBe(!abandoned);
    if (!abandoned) {
      expect(thrownBy(() => other.leases.takeOver(run)).kind).toBe('conflict');
      return false;
    }
    expect(other.leases.takeOver(run)?.owner).toBe(library.leases.owner);
    expect(
      thrownBy(() => {
        library.leases.renew(run);
      }).kind,
    ).toBe('conflict');
    return true;
  }

  const day = 86_400_000;

  test('that lives keeps its lease however long it was silent', () => {
    expect(mayTakeOver({}, day)).toBe(false);
  });

  test('whose number another process got is dead', () => {
    expect(self.start).not.toBeNull();
    expect(mayTakeOver({ start: `${self.start ?? ''}0` }, 0)).toBe(true);
  });

  test('on another host is dead only after a long silence', () => {
    expect(mayTakeOver({ host: 'elsewhere' }, silenceOfTheDead)).toBe(false);
    expect(mayTakeOver({ host: 'elsewhere' }, silenceOfTheDead + 1)).toBe(true);
  });

  test('of a system that hides when processes begin is dead after a long silence too', () => {
    // The parent lives, and is not the one who asks.
    expect(mayTakeOver({ pid: process.ppid, start: null }, silenceOfTheDead)).toBe(false);
    expect(mayTakeOver({ pid: process.ppid, start: null }, silenceOfTheDead + 1)).toBe(true);
  });

  test('that was killed is dead at once, and one alone of several takes over', async () => {
    const library = sampleLibrary();
    const { folder } = library.paths;
    const run = library.runs.create(newRun('killed', { state: 'queued' }));
    const holder = startChild('hold-lease.ts', folder, run);
    await holder.line((line) => line === 'held');
    expect(thrownBy(() => library.leases.takeOver(run)).message).toContain(String(holder.process.pid));
    expect(library.leases.abandonedRuns()).toEqual([]);
    holder.process.kill('SIGKILL');
    expect(await holder.ended).toBe('SIGKILL');
    expect(library.leases.abandonedRuns()).toEqual([run]);

    const rivals = [0, 1, 2].map(() => startChild('take-over.ts', folder, run));
    await Promise.all(rivals.map((rival) => rival.line((line) => line === 'ready')));
    for (const rival of rivals) rival.process.stdin?.write('now\n');
    const said = await Promise.all(rivals.map((rival) => rival.line((line) => line !== 'ready')));
    for (const rival of rivals) rival.process.stdin?.end();
    expect(await Promise.all(rivals.map((rival) => rival.ended))).toEqual([0, 0, 0]);
    expect(said.toSorted()).toEqual(['refused', 'refused', 'took']);
  });

  test('that waits to be reaped is dead', async () => {
    // The shell's child becomes a zombie: its parent turns into a sleep that never asks for it.
    const shell = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 20'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [text] = (await once(shell.stdout, 'data')) as [Buffer];
    const pid = Number(text.toString().trim());
    try {
      await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
    } finally {
      shell.kill('SIGKILL');
    }
  });
});

test('a process is known by when it began', () => {
  expect(processStart(process.pid)).toBe(thisProcess().start);
  expect(processStart(process.ppid)).not.toBe(processStart(process.pid));
  expect(isAlive(process.pid)).toBe(true);
  expect(isAlive(2 ** 22 + 1)).toBe(false);
});

test('a run that stands as running without any lease is abandoned', () => {
  const library = sampleLibrary();
  const run = library.runs.create(newRun('lost', { state: 'queued' }));
  library.runs.transition(run, 'running');
  expect(library.leases.abandonedRuns()).toEqual([run]);
  expect(library.leases.takeOver(run)).toBeUndefined();
  expect(library.leases.abandonedRuns()).toEqual([]);
  openLibrary(library.paths.folder).close();
});
