/** @file Runs: names, states, finding them, and what they look like. */
import { describe, expect, test } from 'vitest';
import { completeConfiguration } from '#shared/configuration/keys.ts';
import { runStates, runTransitions, type RunEnvironment, type RunState } from '#shared/run.ts';
import type { Library } from '#store/library.ts';
import { newRun, sampleEvaluation, sampleLibrary } from './support/sample-library.ts';
import { thrownBy } from './support/thrown-by.ts';

/** Moves that lead a draft to each state. */
const ways: Record<RunState, RunState[]> = {
  draft: [],
  queued: ['queued'],
  running: ['queued', 'running'],
  paused: ['queued', 'running', 'paused'],
  finished: ['queued', 'running', 'finished'],
  stopped: ['queued', 'running', 'stopped'],
  failed: ['queued', 'running', 'failed'],
  interrupted: ['queued', 'running', 'interrupted'],
};

function runIn(library: Library, state: RunState, name = `run ${state}`): string {
  const id = library.runs.create(newRun(name));
  for (const step of ways[state]) library.runs.transition(id, step);
  return id;
}

describe('the states of a run', () => {
  test.each(runStates.flatMap((from) => runStates.map((to) => [from, to] as const)))('%s to %s', (from, to) => {
    const library = sampleLibrary();
    const id = runIn(library, from);
    if (runTransitions[from].includes(to)) {
      library.runs.transition(id, to);
      expect(library.runs.state(id)).toBe(to);
    } else {
      const error = thrownBy(() => {
        library.runs.transition(id, to);
      });
      expect(error.message).toContain(from);
      expect(error.message).toContain(to);
      expect(error.kind).toBe('conflict');
      expect(library.runs.state(id)).toBe(from);
    }
  });

  test('times tell when it first started and when it last ended', () => {
    let now = Date.UTC(2026, 10, 23);
    const library = sampleLibrary({ now: () => now });
    const id = library.runs.create(newRun('timed', { state: 'queued' }));
    const moves: RunState[] = ['running', 'interrupted', 'queued', 'running', 'finished'];
    for (const state of moves) {
      now += 60_000;
      library.runs.transition(id, state);
      if (state === 'queued') expect(library.runView(id).endedAt).toBeNull();
    }
    const view = library.runView(id);
    expect(view.createdAt).toBe('2026-11-23T00:00:00.000Z');
    expect(view.startedAt).toBe('2026-11-23T00:01:00.000Z');
    expect(view.endedAt).toBe('2026-11-23T00:05:00.000Z');
  });

  test('a failure is kept with its state, and forgotten when the run is queued again', () => {
    const library = sampleLibrary();
    const id = runIn(library, 'running');
    const failure = { kind: 'memory', message: 'Too large.', hint: 'Use 128.' } as const;
    library.runs.transition(id, 'failed', failure);
    expect(library.runView(id).failure).toEqual(failure);
    library.runs.transition(id, 'queued');
    expect(library.runView(id).failure).toBeNull();
  });

  test('the queue keeps the order of queueing, not of making', () => {
    let now = Date.UTC(2026, 10, 23);
    const library = sampleLibrary({ now: () => (now += 1000) });
    const first = library.runs.create(newRun('first'));
    const second = library.runs.create(newRun('second', { state: 'queued' }));
    library.runs.transition(first, 'queued');
    expect(library.runs.inState('queued')).toEqual([second, first]);
  });

  test('a run that is not there is named', () => {
    const library = sampleLibrary();
    expect(
      thrownBy(() => {
        library.runs.transition('nobody', 'queued');
      }).message,
    ).toContain('nobody');
  });
});

describe('the name of a run', () => {
  test('is unique among runs that are not deleted', () => {
    const library = sampleLibrary();
    const id = library.runs.create(newRun('same'));
    expect(thrownBy(() => library.runs.create(newRun('  same '))).message).toContain('already a run named "same"');
    library.runs.delete(id);
    const other = library.runs.create(newRun('same'));
    expect(other).not.toBe(id);
    expect(library.runs.restore(id)).toBe('same-2');
    expect(library.runList().map((run) => run.name)).toEqual(expect.arrayContaining(['same', 'same-2']));
  });

  test('takes any script, and composes what looks the same', () => {
    const library = sampleLibrary();
    const id = library.runs.create(newRun('Größe 図 🙂'));
    expect(library.resolveRun('Gro\u0308ße 図 🙂')).toBe(id);
  });

  test.each([
    ['', 'needs a name'],
    [' \t ', 'needs a name'],
    ['a\nb', 'line breaks'],
    ['x'.repeat(201), '201'],
  ])('%j is refused', (name, why) => {
    expect(thrownBy(() => sampleLibrary().runs.create(newRun(name))).message).toContain(why);
  });

  test('can be changed, but not to one that is taken', () => {
    const library = sampleLibrary();
    const id = library.runs.create(newRun('one'));
    library.runs.create(newRun('two'));
    library.runs.rename(id, 'one');
    library.runs.rename(id, 'three');
    expect(library.runView(id).name).toBe('three');
    expect(
      thrownBy(() => {
        library.runs.rename(id, 'two');
      }).kind,
    ).toBe('conflict');
  });

  test('gets a number where it is taken', () => {
    const library = sampleLibrary();
    expect(library.runs.freeName('tiny')).toBe('tiny');
    library.runs.create(newRun('tiny'));
    library.runs.create(newRun('tiny-2'));
    expect(library.runs.freeName('tiny')).toBe('tiny-3');
  });
});

describe('finding a run', () => {
  test('by id, by name, by the beginning of an id, and by look-alike letters', () => {
    const library = sampleLibrary();
    const id = library.runs.create(newRun('mine'));
    expect(library.resolveRun(id)).toBe(id);
    expect(library.resolveRun('mine')).toBe(id);
    expect(library.resolveRun(id.slice(0, 5))).toBe(id);
    expect(library.resolveRun(id.toUpperCase().replaceAll('0', 'O'))).toBe(id);
  });

  test('refuses a beginning that several ids share, and lists them', () => {
    const now = Date.UTC(2026, 10, 23);
    const library = sampleLibrary({ now: () => now });
    const ids = [library.runs.create(newRun('a')), library.runs.create(newRun('b'))];
    const error = thrownBy(() => library.resolveRun(ids[0]?.slice(0, 6) ?? ''));
    for (const id of ids) expect(error.hint).toContain(id);
    expect(error.kind).toBe('usage');
  });

  test('a name wins over the beginning of an id', () => {
    const library = sampleLibrary();
    const first = library.runs.create(newRun('a'));
    const second = library.runs.create(newRun(first.slice(0, 4)));
    expect(library.resolveRun(first.slice(0, 4))).toBe(second);
  });

  test('names the nearest where there is none, and says so of an empty library', () => {
    const library = sampleLibrary();
    expect(thrownBy(() => library.resolveRun('x')).message).toContain('has none yet');
    library.runs.create(newRun('cifar-quick'));
    library.runs.create(newRun('tiny'));
    const error = thrownBy(() => library.resolveRun('cifar-quik'));
    expect(error.hint).toContain('cifar-quick');
    expect(error.kind).toBe('usage');
  });

  test('does not find a deleted run', () => {
    const library = sampleLibrary();
    const id = library.runs.create(newRun('mine'));
    library.runs.delete(id);
    for (const typed of [id, 'mine', id.slice(0, 6)]) expect(() => library.resolveRun(typed)).toThrow(/no run/);
  });
});

describe('deleting a run', () => {
  test.each(['running', 'paused'] as const)('is refused while it is %s', (state) => {
    const library = sampleLibrary();
    const id = runIn(library, state);
    expect(
      thrownBy(() => {
        library.runs.delete(id);
      }).message,
    ).toContain(state);
    expect(library.runList()).toHaveLength(1);
  });

  test('takes it out of list and queue until it is restored', () => {
    const library = sampleLibrary();
    const id = runIn(library, 'queued');
    library.runs.delete(id);
    expect(library.runList()).toEqual([]);
    expect(library.runs.inState('queued')).toEqual([]);
    expect(
      thrownBy(() => {
        library.runs.transition(id, 'running');
      }).kind,
    ).toBe('conflict');
    library.runs.restore(id);
    expect(library.runs.inState('queued')).toEqual([id]);
  });
});

describe('the view of a run', () => {
  const environment: RunEnvironment = {
    studio: '0.1.0',
    node: '24.21.0',
    platform: 'linux',
    cpu: 'x',
    cores: 2,
    memoryBytes: 1,
    backend: 'tensorflow',
    backendVersion: '2.21.0',
    device: 'cpu',
    threads: 2,
    passedOver: [],
  };

  test('gives back everything that was recorded', () => {
    const library = sampleLibrary();
    const config = completeConfiguration({ seed: 7, projection: { hiddenWidths: [64, 32] } });
    const id = library.runs.create(newRun('whole', { config, tags: [' b ', 'a', 'a', ''], notes: 'first try' }));
    library.runs.transition(id, 'queued');
    library.runs.transition(id, 'running');
    library.runs.setEnvironment(id, environment);
    library.runs.setProgress(id, { epoch: 1, epochs: 9, step: 78, steps: 702 }, 12.5);
    library.runs.setDiagnosis(id, { verdict: 'learning', text: 'It learns.' });
    library.metrics.append(id, [{ metric: 'loss', step: 1, time: 0.5, value: 6 }]);
    library.checkpoints.add(id, { id: 'c1', epoch: 1, step: 78, bytes: 9, weightsSha256: 'w', trainingSeconds: 12 });
    const evaluation = library.evaluations.add(id, { checkpointId: 'c1', dataset: 'CIFAR-10' }, sampleEvaluation);
    const view = library.runView(id);
    expect(view).toEqual({
      id,
      name: 'whole',
      state: 'running',
      dataset: { id: 'cifar', name: 'CIFAR-10', sha256: 'ab'.repeat(32) },
      preset: 'tiny',
      config,
      backend: 'tensorflow',
      device: 'cpu',
      environment,
      seed: 7,
      createdAt: view.createdAt,
      startedAt: view.startedAt,
      endedAt: null,
      trainingSeconds: 12.5,
      progress: { epoch: 1, epochs: 9, step: 78, steps: 702 },
      diagnosis: { verdict: 'learning', text: 'It learns.' },
      failure: null,
      metrics: { loss: { last: 6, min: 6, max: 6, step: 1 } },
      checkpoints: [
        { id: 'c1', epoch: 1, step: 78, bytes: 9, weightsSha256: 'w', createdAt: view.checkpoints[0]?.createdAt },
      ],
      evaluations: [evaluation],
      notes: 'first try',
      tags: ['a', 'b'],
    });
    expect(evaluation).toMatchObject({ ...sampleEvaluation, checkpointId: 'c1', dataset: 'CIFAR-10' });
    expect(library.runList()).toEqual([view]);
  });

  test('the list keeps what belongs to each run apart', () => {
    const library = sampleLibrary();
    const ids = ['a', 'b', 'c'].map((name) => library.runs.create(newRun(name, { tags: [name] })));
    for (const [index, id] of ids.entries()) {
      library.metrics.append(id, [{ metric: 'loss', step: index, time: 0, value: index }]);
      library.evaluations.add(id, { checkpointId: null, dataset: 'd' }, { ...sampleEvaluation, top1: index });
    }
    const list = library.runList();
    expect(new Set(list.map((run) => run.id))).toEqual(new Set(ids));
    for (const run of list) expect(run).toEqual(library.runView(run.id));
    const byName = Object.fromEntries(list.map((run) => [run.name, run]));
    expect(byName.b?.metrics.loss?.last).toBe(1);
    expect(byName.c?.evaluations[0]?.top1).toBe(2);
    expect(byName.a?.tags).toEqual(['a']);
  });

  test('notes, tags and configuration can be changed, the last one not while the run is under way', () => {
    const library = sampleLibrary();
    const id = library.runs.create(newRun('changing', { tags: ['old'] }));
    library.runs.setNotes(id, 'n');
    library.runs.setTags(id, ['new']);
    const config = completeConfiguration({ epochs: 3, seed: 5 });
    library.runs.configure(id, config);
    expect(library.runView(id)).toMatchObject({ notes: 'n', tags: ['new'], config, seed: 5 });
    library.runs.transition(id, 'queued');
    library.runs.transition(id, 'running');
    expect(
      thrownBy(() => {
        library.runs.configure(id, config);
      }).message,
    ).toContain('running');
  });

  test('changing a run that is not there is told', () => {
    const { runs } = sampleLibrary();
    const changes = [
      () => {
        runs.setNotes('x', '');
      },
      () => {
        runs.setTags('x', []);
      },
      () => {
        runs.setDiagnosis('x', { verdict: 'learning', text: '' });
      },
      () => {
        runs.rename('x', 'y');
      },
      () => {
        runs.delete('x');
      },
      () => runs.restore('x'),
    ];
    for (const change of changes) expect(thrownBy(change).message).toContain('no run x');
  });
});
