/** @file Hyperparameters as rows, so that runs can be filtered by them. */
import path from 'node:path';
import { expect, test } from 'vitest';
import { completeConfiguration, configurationKeys } from '#shared/configuration/keys.ts';
import { openReadable } from '#store/database/handles.ts';
import { newRun, sampleLibrary } from './support/sample-library.ts';

test('every key of a configuration is a row that compares as its type does', () => {
  const library = sampleLibrary();
  const config = completeConfiguration({ temperature: 0.2, batchSize: 128, projection: { hiddenWidths: [8, 4] } });
  const id = library.runs.create(newRun('rows', { config }));
  const database = openReadable(path.join(library.paths.folder, 'library.sqlite'));
  const rows = database
    .query<{ key: string; value: unknown }>('SELECT key, value FROM hyperparameters WHERE run = ?')
    .all(id);
  const values = Object.fromEntries(rows.map((row) => [row.key, row.value]));
  expect(Object.keys(values).sort()).toEqual(configurationKeys.map((key) => key.name).sort());
  expect(values).toMatchObject({
    temperature: 0.2,
    batchSize: 128,
    'encoder.zeroGamma': 1,
    'encoder.architecture': 'resnet18',
    'projection.hiddenWidths': '[8,4]',
  });
  const filter = database.query<{ run: string }>(
    "SELECT run FROM hyperparameters WHERE key = 'temperature' AND value < 0.3 AND value > 0.1",
  );
  expect(filter.all()).toEqual([{ run: id }]);
  database.close();
});

test('a new configuration replaces the rows of the old one', () => {
  const library = sampleLibrary();
  const id = library.runs.create(newRun('again'));
  library.runs.configure(id, completeConfiguration({ temperature: 0.9 }));
  const database = openReadable(library.paths.database);
  const rows = database.query("SELECT value FROM hyperparameters WHERE run = ? AND key = 'temperature'").all(id);
  expect(rows).toEqual([{ value: 0.9 }]);
  database.close();
});
