/** @file Folders in which things are made before they are renamed into place, and the sweeping of those left behind. */
import fs from 'node:fs';
import path from 'node:path';
import { isAlive, ownIdentity } from './process-identity.mjs';

const mark = '.making-';
const removedMark = '.removed-';
/** What another machine or container left is swept after a day. */
const foreignPatience = 24 * 3600_000;
let counter = 0;

/**
 * Runs `work` in a new empty folder beside what it will become; removes whatever is left of the folder.
 * The maker's identity is part of the name, so that a sweep knows whose it is from the first moment.
 * @template Result
 * @param {string} cache
 * @param {(folder: string) => Promise<Result>} work
 * @returns {Promise<Result>}
 */
export async function inStaging(cache, work) {
  fs.mkdirSync(cache, { recursive: true });
  const folder = path.join(cache, `${mark}${ownIdentity}-${counter++}`);
  fs.mkdirSync(folder);
  const remove = () => fs.rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  try {
    return await work(folder);
  } finally {
    process.off('exit', remove);
    remove();
  }
}

/**
 * Puts a finished folder into its place; what was there goes away. A kill in between leaves nothing there, which the
 * next set-up notices, or the whole new folder.
 * @param {string} finished
 * @param {string} target
 */
export function moveIntoPlace(finished, target) {
  const aside = path.join(path.dirname(target), `${removedMark}${ownIdentity}-${counter++}`);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  if (fs.existsSync(target)) fs.renameSync(target, aside);
  fs.renameSync(finished, target);
  fs.rmSync(aside, { recursive: true, force: true });
}

/**
 * Removes what dead set-ups left in the cache.
 * @param {string} cache
 */
export function sweep(cache) {
  for (const folder of [cache, path.join(cache, 'downloads'), path.join(cache, 'locks')]) {
    for (const name of namesIn(folder)) {
      const owner = ownerOf(name);
      if (owner === null) continue;
      const absolute = path.join(folder, name);
      const alive = isAlive(owner) ?? Date.now() - modified(absolute) < foreignPatience;
      if (!alive) fs.rmSync(absolute, { recursive: true, force: true });
    }
  }
}

/**
 * @param {string} name
 * @returns {string | null} The identity in a temporary name; null for what is to stay.
 */
function ownerOf(name) {
  const match =
    /^\.(?:making|removed)-([^-]+-\d+-[^-]+)-\d+$/.exec(name) ?? /\.lock\.(?:stale-)?([^-]+-\d+-[^-]+)$/.exec(name);
  return match?.[1] ?? null;
}

/** @param {string} folder */
function namesIn(folder) {
  try {
    return fs.readdirSync(folder);
  } catch {
    return [];
  }
}

/** @param {string} file */
function modified(file) {
  return fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
