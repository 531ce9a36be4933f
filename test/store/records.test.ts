/** @file Records beside runs: checkpoints, evaluations, datasets. */
import { describe, expect, test } from 'vitest';
import { openWritable } from '#store/database/handles.ts';
import { newRun, sampleDataset, sampleEvaluation, sampleLibrary } from './support/sample-library.ts';
import { thrownBy } from './support/thrown-by.ts';

describe('checkpoints', () => {
  const record = { epoch: 1, bytes: 10, weightsSha256: 'w', trainingSeconds: 3 };

  test('are chosen by id, the one furthest on where none is named', () => {
    const library = sampleLibrary();
    const run = library.runs.create(newRun('saved'));
    expect(thrownBy(() => library.checkpoints.choose(run)).message).toContain('no checkpoint yet');
    library.checkpoints.add(run, { id: 'late', step: 20, ...record });
    library.checkpoints.add(run, { id: 'early', step: 10, ...record });
    expect(library.checkpoints.choose(run).id).toBe('late');
    expect(library.checkpoints.choose(run, 'early')).toMatchObject({ step: 10, trainingSeconds: 3 });
    const error = thrownBy(() => library.checkpoints.choose(run, 'x'));
    expect(error.hint).toContain('early, late');
  });

  test('one of the same id takes its place', () => {
    const library = sampleLibrary();
    const run = library.runs.create(newRun('saved'));
    library.checkpoints.add(run, { id: 'c', step: 10, ...record });
    library.checkpoints.add(run, { id: 'c', step: 12, ...record });
    expect(library.checkpoints.ofRun(run)).toMatchObject([{ id: 'c', step: 12 }]);
    library.checkpoints.remove(run, 'c');
    expect(library.checkpoints.newest(run)).toBeUndefined();
  });
});

describe('evaluations', () => {
  test('come back as they were, oldest first, and can be removed', () => {
    let now = Date.UTC(2026, 10, 23);
    const library = sampleLibrary({ now: () => (now += 1000) });
    const run = library.runs.create(newRun('judged'));
    const first = library.evaluations.add(run, { checkpointId: 'c', dataset: 'd' }, sampleEvaluation);
    const second = library.evaluations.add(
      run,
      { checkpointId: null, dataset: 'd' },
      { ...sampleEvaluation, encoder: 'pixels', protocol: 'knn' },
    );
    expect(library.evaluations.ofRun(run)).toEqual([first, second]);
    expect(first).toMatchObject(sampleEvaluation);
    library.evaluations.remove(run, first.id);
    expect(library.evaluations.ofRun(run)).toEqual([second]);
  });
});

describe('datasets', () => {
  test('come back as they were and are found by id, name in any case, and hash', () => {
    const { datasets } = sampleLibrary();
    datasets.add(sampleDataset);
    expect(datasets.list()).toEqual([sampleDataset]);
    expect(datasets.get(sampleDataset.id)).toEqual(sampleDataset);
    for (const typed of [sampleDataset.id, 'OABC123456', 'CIFAR-10', 'cifar-10']) {
      expect(datasets.resolve(typed)).toEqual(sampleDataset);
    }
    expect(datasets.withHash(sampleDataset.sha256)).toEqual(sampleDataset);
    expect(datasets.withHash('none')).toBeUndefined();
  });

  test('the nearest name is told where there is none', () => {
    const { datasets } = sampleLibrary();
    expect(thrownBy(() => datasets.resolve('cifar')).message).toContain('none yet');
    datasets.add(sampleDataset);
    expect(thrownBy(() => datasets.resolve('cifr-10')).hint).toContain('CIFAR-10');
  });

  test('a name can be taken once', () => {
    const { datasets } = sampleLibrary();
    datasets.add(sampleDataset);
    expect(
      thrownBy(() => {
        datasets.add({ ...sampleDataset, id: 'other' });
      }).kind,
    ).toBe('conflict');
    datasets.remove(sampleDataset.id);
    datasets.add({ ...sampleDataset, id: 'other' });
    expect(datasets.list().map((each) => each.id)).toEqual(['other']);
  });

  test('the runs that used one are told, and outlive it', () => {
    const library = sampleLibrary();
    library.datasets.add(sampleDataset);
    const { id, name, sha256 } = sampleDataset;
    const run = library.runs.create(newRun('user', { dataset: { id, name, sha256 } }));
    expect(library.datasets.usedBy(id)).toEqual([{ id: run, name: 'user' }]);
    library.datasets.remove(id);
    expect(library.runView(run).dataset).toEqual({ id, name, sha256 });
  });

  test('a record that this program cannot read is told by its id', () => {
    const library = sampleLibrary();
    library.datasets.add(sampleDataset);
    const database = openWritable(library.paths.database);
    database.execute(`UPDATE datasets SET record = '{"id":1}'`);
    database.close();
    expect(thrownBy(() => library.datasets.list()).message).toContain(sampleDataset.id);
  });
});
