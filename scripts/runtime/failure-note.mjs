/** @file Why a runtime could not be installed, kept in the cache: so `doctor` can say it and no start tries in vain. */
import fs from 'node:fs';
import path from 'node:path';
import { cacheFolder } from './cache-folder.mjs';

/**
 * @typedef {object} FailureNote
 * @property {string} reason One sentence for the user.
 * @property {string} conditions What was found when it failed; other conditions are worth another try.
 * @property {number} at Milliseconds since 1970.
 */

/**
 * @param {string} key Name of the runtime's folder.
 * @param {string} cache
 */
function noteFile(key, cache) {
  return path.join(cache, `${key}.failed.json`);
}

/**
 * @param {string} key
 * @param {string} [cache]
 * @returns {FailureNote | null}
 */
export function readFailure(key, cache = cacheFolder()) {
  try {
    const note = JSON.parse(fs.readFileSync(noteFile(key, cache), 'utf8'));
    return typeof note.reason === 'string' ? note : null;
  } catch {
    return null;
  }
}

/**
 * @param {string} key
 * @param {Omit<FailureNote, 'at'>} note
 * @param {string} [cache]
 */
export function writeFailure(key, note, cache = cacheFolder()) {
  try {
    fs.mkdirSync(cache, { recursive: true });
    const target = noteFile(key, cache);
    const part = `${target}.${process.pid}.part`;
    fs.writeFileSync(part, JSON.stringify({ ...note, at: Date.now() }));
    fs.renameSync(part, target);
  } catch {
    // Where the cache itself can't be written the next start finds that out again.
  }
}

/**
 * @param {string} key
 * @param {string} [cache]
 */
export function clearFailure(key, cache = cacheFolder()) {
  fs.rmSync(noteFile(key, cache), { force: true });
}
