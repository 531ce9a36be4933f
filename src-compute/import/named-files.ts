/** @file Finds the files of a format by their names: in a folder, in an archive, or given one by one. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '#shared/errors.ts';
import type { OpeningContext } from './image-source.ts';
import { extractTar } from './tar.ts';

const archiveName = /\.(tar|tar\.gz|tgz)$/i;

/** Most bytes of a file in an archive: CIFAR's hold 31 MB, STL-10's largest 2.8 GB. */
const largestFile = 4e9;

/** How files are found. */
export interface NamedFilesOptions {
  isWanted: (name: string) => boolean;
  /** Folders, by name, that the files may lie in within a given folder. */
  subfolders: readonly string[];
}

/**
 * Collects the wanted files of all paths; archives are unpacked into the scratch folder.
 * @returns name -> path.
 * @throws UserError where a path does not exist or an archive is damaged.
 */
export async function findNamedFiles(
  paths: readonly string[],
  { isWanted, subfolders }: NamedFilesOptions,
  { scratchFolder, checkStop, log }: OpeningContext,
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const given of paths) {
    const kind = await stat(given).catch(() => undefined);
    if (kind === undefined) {
      throw new UserError(`${given} does not exist or cannot be read.`, 'Check the path.');
    }
    if (kind.isDirectory()) {
      for (const folder of [given, ...subfolders.map((name) => path.join(given, name))]) {
        const names = await readdir(folder).catch(() => []);
        for (const name of names.filter(isWanted)) if (!found.has(name)) found.set(name, path.join(folder, name));
      }
    } else if (archiveName.test(given)) {
      log(`Unpacking ${given} …`);
      const options = { folder: scratchFolder, wanted: isWanted, largest: largestFile, checkStop };
      for (const [name, file] of await extractTar(given, options)) found.set(name, file);
    } else if (isWanted(path.basename(given))) found.set(path.basename(given), given);
  }
  return found;
}
