/** @file Makes a folder with its parents. */
import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { onDisk } from './disk-errors.ts';

/**
 * Makes a folder and its missing parents. (Node's own `recursive` never returns where a file system denies folders by
 * saying that they are missing, as Linux' /proc does.)
 * @throws UserError where the disk refuses, or a file stands in the way.
 */
export function makeFolder(folder: string): void {
  const absolute = path.resolve(folder);
  if (isFolder(absolute)) return;
  const parent = path.dirname(absolute);
  if (parent !== absolute) makeFolder(parent);
  onDisk(absolute, () => {
    try {
      mkdirSync(absolute);
    } catch (thrown) {
      if (!isFolder(absolute)) throw thrown; // Another process may have been faster.
    }
  });
}

function isFolder(absolute: string): boolean {
  return onDisk(absolute, () => statSync(absolute, { throwIfNoEntry: false })?.isDirectory() === true);
}
