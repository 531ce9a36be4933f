/** @file Opening libraries: new, existing, newer, foreign, on hostile disks. */
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { librarySchema } from '#store/database/library-schema.ts';
import { openLibrary, openLibraryForReading } from '#store/library.ts';
import { newRun, sampleLibrary } from './support/sample-library.ts';
import { temporaryFolder } from './support/temporary-folder.ts';
import { thrownBy } from './support/thrown-by.ts';

describe('opening a library', () => {
  test('makes the folder with everything in it, write-ahead log and foreign keys on', () => {
    const folder = path.join(temporaryFolder(), 'deep', 'er');
    const library = sampleLibrary({}, folder);
    expect(readdirSync(folder)).toEqual(
      expect.arrayContaining(['artifacts', 'datasets', 'library.sqlite', 'library.sqlite-wal', 'logs']),
    );
    expect(() => {
      library.checkpoints.add('nobody', {
        id: 'c',
        epoch: 0,
        step: 0,
        bytes: 0,
        weightsSha256: '',
        trainingSeconds: 0,
      });
    }).toThrow(/no longer in/);
  });

  test('finds everything again when opened a second time', () => {
    const folder = temporaryFolder();
    const first = openLibrary(folder);
    const id = first.runs.create(newRun('kept'));
    first.close();
    expect(sampleLibrary({}, folder).runView(id).name).toBe('kept');
  });

  test('refuses a newer library, names both versions and leaves the file as it is', () => {
    const folder = temporaryFolder();
    openLibrary(folder).close();
    const file = path.join(folder, 'library.sqlite');
    const newer = librarySchema.migrations.length + 6;
    const database = new BetterSqlite3(file);
    database.pragma(`user_version = ${newer}`);
    database.pragma('wal_checkpoint(TRUNCATE)');
    database.close();
    const before = readFileSync(file);
    for (const open of [openLibrary, openLibraryForReading]) {
      const error = thrownBy(() => open(folder));
      expect(error.message).toContain(`version ${newer}`);
      expect(error.message).toContain(`version ${librarySchema.migrations.length}`);
      expect(error.hint).toContain('Update');
    }
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test('refuses a database of another program and leaves it as it is', () => {
    const folder = temporaryFolder();
    const file = path.join(folder, 'library.sqlite');
    const database = new BetterSqlite3(file);
    database.exec('CREATE TABLE cookies (value TEXT)');
    database.close();
    const before = readFileSync(file);
    expect(thrownBy(() => openLibrary(folder)).message).toContain('not a SimCLR Studio library');
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(existsSync(`${file}-wal`)).toBe(false);
  });

  test('refuses a file that is no database', () => {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, 'library.sqlite'), 'A text long enough to be taken for a header. '.repeat(40));
    expect(thrownBy(() => openLibrary(folder)).message).toContain('not a database of SimCLR Studio');
  });

  test('refuses a folder that is a file', () => {
    const file = path.join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    expect(thrownBy(() => openLibrary(path.join(file, 'library'))).kind).toBe('disk');
  });

  test('refuses to make a library where one may not write', () => {
    // /proc takes no folders from anyone, root included; elsewhere a folder without write permission does the same.
    const folder = process.platform === 'linux' ? '/proc/self/library' : path.join(temporaryFolder(), 'closed');
    if (process.platform !== 'linux') mkdirSync(folder, { mode: 0o500 });
    const error = thrownBy(() => openLibrary(path.join(folder, 'inner')));
    expect(error.kind).toBe('disk');
    expect(error.hint).not.toBe('');
    if (process.platform !== 'linux') chmodSync(folder, 0o700);
  });

  test('opens for reading only what is there', () => {
    const folder = temporaryFolder();
    expect(thrownBy(() => openLibraryForReading(folder)).message).toContain('There is no library');
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a reader sees what another handle writes, and notices that it did', () => {
    const library = sampleLibrary();
    const reader = openLibraryForReading(library.paths.folder);
    const before = reader.changeCount();
    expect(reader.changeCount()).toBe(before);
    const id = library.runs.create(newRun('seen'));
    expect(reader.changeCount()).not.toBe(before);
    expect(reader.resolveRun('seen')).toBe(id);
    reader.close();
  });

  test('a transaction whose work throws leaves nothing behind, not even of nested ones', () => {
    const library = sampleLibrary();
    expect(() =>
      library.transaction(() => {
        library.runs.create(newRun('half'));
        throw new Error('stop');
      }),
    ).toThrow('stop');
    expect(library.runList()).toEqual([]);
  });
});

describe('files of runs', () => {
  test('purging removes rows, artifacts and log, and says what it freed', () => {
    const library = sampleLibrary();
    const id = library.runs.create(newRun('gone'));
    writeFileSync(library.paths.artifactFile(id), Buffer.alloc(1000));
    library.logs.append(id, 'a line');
    expect(thrownBy(() => library.purge(id)).message).toContain('not deleted');
    library.runs.delete(id);
    expect(library.purge(id)).toBe(1007);
    expect(existsSync(library.paths.artifactFile(id))).toBe(false);
    expect(existsSync(library.logs.file(id))).toBe(false);
    expect(thrownBy(() => library.runView(id)).message).toContain(id);
  });

  test('sweeps files of runs that are not in the library, and no others', () => {
    const library = sampleLibrary();
    const kept = library.runs.create(newRun('kept'));
    const deleted = library.runs.create(newRun('deleted'));
    library.runs.delete(deleted);
    for (const id of [kept, deleted, 'unknown123']) writeFileSync(library.paths.artifactFile(id), 'x');
    writeFileSync(path.join(library.paths.artifacts, 'notes.txt'), 'mine');
    expect(library.sweepFiles()).toEqual({ runs: ['unknown123'], freedBytes: 1 });
    expect(readdirSync(library.paths.artifacts).sort()).toEqual(
      [`${deleted}.sqlite`, `${kept}.sqlite`, 'notes.txt'].sort(),
    );
  });

  test('no identifier leads out of the folder', () => {
    const library = sampleLibrary();
    expect(thrownBy(() => library.paths.artifactFile('../../etc/passwd')).message).toContain('not an identifier');
  });

  test('a log gives its last lines, and none where there is no log', () => {
    const library = sampleLibrary();
    expect(library.logs.tail('nobody')).toEqual([]);
    library.logs.append('r', 'one\ntwo\n');
    library.logs.append('r', 'three');
    expect(library.logs.tail('r', 2)).toEqual(['two', 'three']);
    library.logs.append('r', 'x'.repeat(300 * 1024));
    library.logs.append('r', 'last');
    expect(library.logs.tail('r', 1)).toEqual(['last']);
  });
});
