/** @file What compute processes print while a run lasts: one text file a run, appended to. */
import { appendFileSync, closeSync, fstatSync, openSync, readSync, rmSync } from 'node:fs';
import path from 'node:path';
import { onDisk } from './disk-errors.ts';
import type { LibraryPaths } from './library-folder.ts';
import { makeFolder } from './make-folder.ts';

const tailBytes = 256 * 1024;

/** The logs of a library's runs. */
export class RunLogs {
  readonly #paths: LibraryPaths;

  constructor(paths: LibraryPaths) {
    this.#paths = paths;
  }

  /** The run's log file; it may not exist yet. */
  file(run: string): string {
    return this.#paths.logFile(run);
  }

  /** Appends text, ending it with a line break where it lacks one. */
  append(run: string, text: string): void {
    const file = this.file(run);
    makeFolder(path.dirname(file));
    onDisk(file, () => {
      appendFileSync(file, text.endsWith('\n') ? text : `${text}\n`);
    });
  }

  /** The last lines, oldest first; empty where there is no log. Reads at most 256 KiB from the end. */
  tail(run: string, lines = 200): string[] {
    const file = this.file(run);
    try {
      const handle = openSync(file, 'r');
      try {
        const { size } = fstatSync(handle);
        const buffer = Buffer.alloc(Math.min(size, tailBytes));
        const read = readSync(handle, buffer, 0, buffer.length, size - buffer.length);
        const all = buffer.toString('utf8', 0, read).split('\n');
        if (all.at(-1) === '') all.pop();
        return all.slice(-lines);
      } finally {
        closeSync(handle);
      }
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return [];
      return onDisk(file, () => {
        throw thrown;
      });
    }
  }

  remove(run: string): void {
    const file = this.file(run);
    onDisk(file, () => {
      rmSync(file, { force: true });
    });
  }
}
