/** @file Walks a folder for image files, in an order that no locale changes, never leaving it. */
import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { messageOf, UserError } from '#shared/errors.ts';
import type { SkippedFile } from '../image-source.ts';
import { isHidden, kindOfFile } from './file-kinds.ts';

/** Image files by their path within the folder, with `/` between the parts, sorted by code units. */
export interface FoundImages {
  /** The folder, without links. */
  root: string;
  paths: string[];
  skipped: SkippedFile[];
  /** Files that don't look like images. */
  others: number;
}

/** @throws UserError where the folder is none or cannot be read. */
export async function findImages(folder: string, checkStop: () => void): Promise<FoundImages> {
  const root = await realpath(folder).catch(() => undefined);
  if (root === undefined || !(await stat(root)).isDirectory()) {
    throw new UserError(`${folder} is not a folder.`, 'Give a folder of images, or cifar10.');
  }
  const walk = new Walk(root, checkStop);
  await walk.enter('', [root]);
  walk.found.paths.sort(byCodeUnits);
  return walk.found;
}

/** Orders strings the same on every machine. */
export function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

class Walk {
  readonly found: FoundImages;
  readonly #checkStop: () => void;

  constructor(root: string, checkStop: () => void) {
    this.found = { root, paths: [], skipped: [], others: 0 };
    this.#checkStop = checkStop;
  }

  /** @param above - real paths of the folders that lead here, to tell a link that goes in circles. */
  async enter(relative: string, above: readonly string[]): Promise<void> {
    const folder = path.join(this.found.root, relative);
    let entries: Dirent[];
    try {
      entries = await readdir(folder, { withFileTypes: true });
    } catch (error) {
      if (relative === '')
        throw new UserError(`${folder} cannot be read: ${messageOf(error)}.`, 'Check its permissions.');
      this.#skip(`${relative}/`, 'folder may not be read');
      return;
    }
    for (const entry of entries) {
      this.#checkStop();
      if (isHidden(entry.name)) continue;
      const inner = relative === '' ? entry.name : `${relative}/${entry.name}`;
      if (entry.isSymbolicLink()) await this.#follow(inner, above);
      else if (entry.isDirectory()) await this.enter(inner, [...above, path.join(folder, entry.name)]);
      else this.#take(inner, entry.isFile());
    }
  }

  async #follow(relative: string, above: readonly string[]): Promise<void> {
    const target = await realpath(path.join(this.found.root, relative)).catch(() => undefined);
    if (target === undefined) {
      if (kindOfFile(relative) !== 'other') this.#skip(relative, 'link that leads nowhere');
      return;
    }
    const within = path.relative(this.found.root, target);
    if (within === '..' || within.startsWith(`..${path.sep}`) || path.isAbsolute(within)) {
      this.#skip(relative, 'link that leads out of the folder');
      return;
    }
    const kind = await stat(target);
    if (!kind.isDirectory()) this.#take(relative, kind.isFile());
    else if (above.includes(target)) this.#skip(relative, 'link to a folder that holds it');
    else await this.enter(relative, [...above, target]);
  }

  #take(relative: string, isFile: boolean): void {
    const kind = kindOfFile(relative);
    if (kind === 'other') this.found.others++;
    else if (kind === 'unread') this.#skip(relative, 'kind of image that is not read; convert it to PNG or JPEG');
    else if (isFile) this.found.paths.push(relative);
    else this.#skip(relative, 'not a regular file');
  }

  #skip(relative: string, reason: string): void {
    this.found.skipped.push({ path: relative, reason });
  }
}
