/** @file The files a run has beside its rows: artifacts and log. */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { onDisk } from '../disk-errors.ts';
import type { LibraryPaths } from '../library-folder.ts';

/** Removes a run's files, the artifact file's journal included. @returns the bytes freed. @throws UserError */
export function removeRunFiles(paths: LibraryPaths, run: string): number {
  const artifacts = paths.artifactFile(run);
  let freed = 0;
  for (const file of [artifacts, `${artifacts}-journal`, paths.logFile(run)]) {
    onDisk(file, () => {
      freed += statSync(file, { throwIfNoEntry: false })?.size ?? 0;
      rmSync(file, { force: true });
    });
  }
  return freed;
}

/** The ids of runs that have files, whether or not the library knows them. */
export function runsWithFiles(paths: LibraryPaths): string[] {
  const found = [paths.artifacts, paths.logs].flatMap((folder) => onDisk(folder, () => readdirSync(folder)));
  const ids = found.flatMap((name) => /^([\w-]+)\.(?:sqlite(?:-journal)?|log)$/.exec(name)?.[1] ?? []);
  return [...new Set(ids)].sort();
}
