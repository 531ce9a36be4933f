/** @file What a full, read-only or damaged disk does to a library: a sentence, and nothing corrupt. */
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { UserError } from '#shared/errors.ts';
import { ArtifactFile } from '#store/artifacts/artifact-file.ts';
import { openArtifacts } from '#store/artifacts.ts';
import { openReadable, openWritable, type WritableDatabase } from '#store/database/handles.ts';
import { diskError } from '#store/disk-errors.ts';
import { openLibrary } from '#store/library.ts';
import { MetricWriter } from '#store/metrics.ts';
import { artifactHash, artifactParts } from './support/artifact-content.ts';
import { newRun, sampleLibrary } from './support/sample-library.ts';
import { temporaryFolder } from './support/temporary-folder.ts';
import { thrownBy } from './support/thrown-by.ts';

/** Lets a file grow by so many pages only: SQLite then reports a full disk, by the same way as for a real one. */
function limitGrowth(database: WritableDatabase, pages: number): void {
  database.pragma(`max_page_count = ${Number(database.pragma('page_count')) + pages}`);
}

describe('a full disk', () => {
  test('loses the batch that did not fit, keeps those before, and takes it once there is space', () => {
    const library = sampleLibrary();
    const run = library.runs.create(newRun('full'));
    const database = openWritable(library.paths.database);
    const metrics = new MetricWriter(database);
    const batch = (from: number, count: number) =>
      Array.from({ length: count }, (_, index) => ({ metric: 'loss', step: from + index, time: 0, value: 1 }) as const);
    metrics.append(run, batch(0, 100));
    limitGrowth(database, 8);
    const error = thrownBy(() => {
      metrics.append(run, batch(100, 20_000));
    });
    expect(error.kind).toBe('disk');
    expect(error.message).toContain('disk is full');
    expect(library.metrics.series(run, 'loss')).toHaveLength(100);
    expect(library.metrics.summaries(run).loss?.step).toBe(99);
    expect(database.pragma('integrity_check')).toBe('ok');
    database.pragma('max_page_count = 1073741823');
    metrics.append(run, batch(100, 20_000));
    expect(library.metrics.series(run, 'loss')).toHaveLength(20_100);
    database.close();
  });

  test('loses the artifact that did not fit, and no other', () => {
    const file = path.join(temporaryFolder(), 'run.sqlite');
    openArtifacts(file).close();
    const database = openWritable(file);
    database.pragma('foreign_keys = ON');
    const artifacts = new ArtifactFile(database);
    const header = { kind: 'checkpoint', metadata: null } as const;
    artifacts.writeArtifact({ id: 'before', ...header }, artifactParts('before', 4));
    limitGrowth(database, 300);
    expect(thrownBy(() => artifacts.writeArtifact({ id: 'c', ...header }, artifactParts('c', 12))).kind).toBe('disk');
    expect(artifacts.list().map((each) => each.id)).toEqual(['before']);
    database.pragma('max_page_count = 1073741823');
    artifacts.writeArtifact({ id: 'c', ...header }, artifactParts('c', 12));
    expect(artifacts.readArtifact('before').sha256).toBe(artifactHash('before', 4));
    expect(artifacts.readArtifact('c').sha256).toBe(artifactHash('c', 12));
    artifacts.close();
  });
});

describe('a damaged file', () => {
  test('cut short is told, not taken for an empty library', () => {
    const folder = temporaryFolder();
    const library = openLibrary(folder);
    for (let index = 0; index < 50; index++) library.runs.create(newRun(`run ${index}`));
    library.close();
    const file = path.join(folder, 'library.sqlite');
    truncateSync(file, readFileSync(file).length / 2);
    const error = thrownBy(() => openLibrary(folder).runList());
    expect(error.message).toContain('damaged');
    expect(error.kind).toBe('disk');
  });

  test('overwritten in the middle is told', () => {
    const folder = temporaryFolder();
    const library = openLibrary(folder);
    for (let index = 0; index < 200; index++) library.runs.create(newRun(`run ${index}`));
    library.close();
    const file = path.join(folder, 'library.sqlite');
    const bytes = readFileSync(file);
    bytes.fill(0xa5, 4096, bytes.length - 4096);
    writeFileSync(file, bytes);
    expect(thrownBy(() => openLibrary(folder).runList()).message).toContain('damaged');
  });
});

test('a file opened for reading cannot be written, and says so', () => {
  const library = sampleLibrary();
  const reader = openReadable(library.paths.database) as WritableDatabase;
  const error = thrownBy(() => {
    reader.transaction(() => {
      reader.execute('DELETE FROM runs');
    });
  });
  expect(error.message).toContain('read-only');
  reader.close();
});

test('a missing file is named', () => {
  const file = path.join(temporaryFolder(), 'none.sqlite');
  expect(thrownBy(() => openReadable(file)).message).toContain(file);
});

describe('errors by code', () => {
  test.each([
    ['SQLITE_FULL', 'disk is full', 'disk'],
    ['SQLITE_IOERR_SHMSIZE', 'disk is full', 'disk'],
    ['SQLITE_IOERR_WRITE', 'drive reported an error', 'disk'],
    ['SQLITE_READONLY_DIRECTORY', 'read-only', 'disk'],
    ['SQLITE_READONLY_DBMOVED', 'not there', 'disk'],
    ['SQLITE_CANTOPEN', 'cannot be opened', 'disk'],
    ['SQLITE_BUSY_SNAPSHOT', 'in use', 'conflict'],
    ['SQLITE_CORRUPT_VTAB', 'damaged', 'disk'],
    ['SQLITE_CONSTRAINT_FOREIGNKEY', 'no longer', 'conflict'],
  ])('%s', (code, words, kind) => {
    const thrown = new BetterSqlite3.SqliteError('words of SQLite', code);
    const error = diskError(thrown, '/a/file') as UserError;
    expect(error).toBeInstanceOf(UserError);
    expect(error.message).toContain(words);
    expect(error.message).toContain('/a/file');
    expect(error.hint).not.toBe('');
    expect(error.kind).toBe(kind);
    expect(error.cause).toBe(thrown);
  });

  test('of programming mistakes stay what they are', () => {
    const mistakes = [new BetterSqlite3.SqliteError('no such column', 'SQLITE_ERROR'), new TypeError('x'), 'text'];
    for (const mistake of mistakes) expect(diskError(mistake, 'f')).toBe(mistake);
    const told = new UserError('told', 'already');
    expect(diskError(told, 'f')).toBe(told);
  });
});
