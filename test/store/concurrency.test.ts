/** @file Several processes on one library at once. */
import path from 'node:path';
import { expect, test } from 'vitest';
import { openWritable } from '#store/database/handles.ts';
import { openArtifacts } from '#store/artifacts.ts';
import { artifactHash } from './support/artifact-content.ts';
import { startChild } from './support/child.ts';
import { sampleLibrary } from './support/sample-library.ts';
import { temporaryFolder } from './support/temporary-folder.ts';
import { thrownBy } from './support/thrown-by.ts';

test('three processes that open a library that is not there yet make it together, and lose no row', async () => {
  const folder = path.join(temporaryFolder(), 'new');
  const names = ['a', 'b', 'c'];
  const [runs, steps] = [6, 40];
  const children = names.map((name) => startChild('write-library.ts', folder, name, String(runs), String(steps)));
  expect(await Promise.all(children.map((child) => child.ended))).toEqual([0, 0, 0]);
  const library = sampleLibrary({}, folder);
  const list = library.runList();
  const wanted = names.flatMap((name) => Array.from({ length: runs }, (_, index) => `${name}-${index}`));
  expect(list.map((run) => run.name).toSorted()).toEqual(wanted.toSorted());
  expect(list.map((run) => run.id).toSorted()).toEqual(children.flatMap((child) => child.lines).toSorted());
  for (const run of list) {
    const index = Number(run.name.split('-')[1]);
    expect(run).toMatchObject({ state: 'finished', checkpoints: [{ id: 'c', step: steps }] });
    expect(run.metrics.loss).toEqual({ last: index + steps - 1, min: index, max: index + steps - 1, step: steps - 1 });
    expect(library.metrics.series(run.id, 'loss')).toHaveLength(steps);
  }
  const database = openWritable(library.paths.database);
  expect(database.pragma('integrity_check')).toBe('ok');
  expect(database.query('PRAGMA foreign_key_check').all()).toEqual([]);
  database.close();
});

test('two processes write to one artifact file that is not there yet while a third reads', async () => {
  const file = path.join(temporaryFolder(), 'artifacts', 'run.sqlite');
  const children = ['a', 'b'].map((prefix) => startChild('write-artifacts.ts', file, prefix, '5', '6'));
  await Promise.race(children.map((child) => child.line((line) => line.startsWith('done'))));
  const artifacts = openArtifacts(file);
  for (const { id, sha256 } of artifacts.list()) {
    expect(sha256).toBe(artifactHash(id, 6));
    artifacts.readArtifact(id);
  }
  expect(await Promise.all(children.map((child) => child.ended))).toEqual([0, 0]);
  const ids = artifacts.list().map((each) => each.id);
  expect(ids.toSorted()).toEqual(['a0', 'a1', 'a2', 'a3', 'a4', 'b0', 'b1', 'b2', 'b3', 'b4']);
  for (const id of ids) expect(artifacts.readArtifact(id).sha256).toBe(artifactHash(id, 6));
  artifacts.close();
});

test('a lock that is never let go ends in a sentence', () => {
  const library = sampleLibrary();
  const patient = openWritable(library.paths.database);
  const hasty = openWritable(library.paths.database, 10);
  patient.transaction(() => {
    const error = thrownBy(() => {
      hasty.transaction(() => undefined);
    });
    expect(error.kind).toBe('conflict');
    expect(error.message).toContain('in use by another process');
  });
  patient.close();
  hasty.close();
});
