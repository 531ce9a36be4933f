/** @file Sets a library file up for several processes at once. */
import { UserError } from '#shared/errors.ts';
import type { WritableDatabase } from './handles.ts';
import { librarySchema } from './library-schema.ts';
import { checkVersion } from './migrate.ts';

const attempts = 100;
const pause = 50; // milliseconds

/** A log that a burst made larger is cut back to so many bytes. */
const keptLog = 32 * 1024 * 1024;

/**
 * Turns the write-ahead log and foreign keys on. A foreign file is refused before anything is written to it.
 * @throws UserError where the file is no library, is newer than this program, or does not take a write-ahead log.
 */
export function prepareLibraryFile(database: WritableDatabase): void {
  checkVersion(database, librarySchema);
  if (turnOnLog(database) !== 'wal') {
    throw new UserError(
      `${database.file} lies on a drive where several programs cannot share a database.`,
      'Put the library on a local disk with --library.',
      'disk',
    );
  }
  database.pragma('synchronous = NORMAL');
  database.pragma('foreign_keys = ON');
  database.pragma(`journal_size_limit = ${keptLog}`);
}

/** SQLite does not wait when two processes turn the log on at once: it says busy. So this waits. */
function turnOnLog(database: WritableDatabase): unknown {
  for (let attempt = 1; ; attempt++) {
    try {
      return database.pragma('journal_mode = WAL');
    } catch (thrown) {
      const busy = thrown instanceof UserError && thrown.kind === 'conflict';
      if (!busy || attempt === attempts) throw thrown;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pause);
    }
  }
}
