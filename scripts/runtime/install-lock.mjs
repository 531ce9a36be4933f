/**
 * @file One installation at a time. The lock only saves work: each set-up builds in a folder of its own and renames it
 * into place when whole, so even two that both believed they held it would leave a good cache.
 */
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, ownIdentity } from './process-identity.mjs';

/** A lock of another machine or container is believed this long. */
const foreignPatience = 3 * 3600_000;

/**
 * Runs `work` while holding the lock `name`, waiting for another live holder first.
 * @template Result
 * @param {string} cache
 * @param {string} name
 * @param {() => Promise<Result>} work
 * @param {(pid: string) => void} [onWait] Told once, with the holder's pid.
 * @returns {Promise<Result>}
 */
export async function withLock(cache, name, work, onWait) {
  const lock = path.join(cache, 'locks', `${name}.lock`);
  fs.mkdirSync(path.dirname(lock), { recursive: true });
  let told = false;
  while (!acquire(lock)) {
    const holder = holderOf(lock);
    if (holder === null) continue;
    if (holder.alive) {
      if (!told) onWait?.(holder.identity.split('-')[1] ?? '?');
      told = true;
      await sleep(200);
    } else takeAway(lock, holder.identity);
  }
  const giveBack = () => {
    if (holderOf(lock)?.identity === ownIdentity) fs.rmSync(lock, { force: true });
  };
  process.once('exit', giveBack);
  try {
    return await work();
  } finally {
    process.off('exit', giveBack);
    giveBack();
  }
}

/**
 * @param {string} lock
 * @returns {boolean}
 */
function acquire(lock) {
  // Written aside and linked: a lock never exists without its holder's name.
  const mine = `${lock}.${ownIdentity}`;
  fs.writeFileSync(mine, ownIdentity);
  try {
    fs.linkSync(mine, lock);
    return true;
  } catch (thrown) {
    const code = /** @type {NodeJS.ErrnoException} */ (thrown).code;
    if (code === 'EEXIST') return false;
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS' && code !== 'EMLINK') throw thrown;
    return acquireWithoutLinks(lock);
  } finally {
    fs.rmSync(mine, { force: true });
  }
}

/**
 * @param {string} lock
 * @returns {boolean}
 */
function acquireWithoutLinks(lock) {
  try {
    fs.writeFileSync(lock, ownIdentity, { flag: 'wx' });
    return true;
  } catch (thrown) {
    if (/** @type {NodeJS.ErrnoException} */ (thrown).code === 'EEXIST') return false;
    throw thrown;
  }
}

/**
 * @param {string} lock
 * @returns {{ identity: string, alive: boolean } | null}
 */
function holderOf(lock) {
  try {
    const identity = fs.readFileSync(lock, 'utf8');
    const age = Date.now() - fs.statSync(lock).mtimeMs;
    return { identity, alive: isAlive(identity) ?? age < foreignPatience };
  } catch {
    return null;
  }
}

/**
 * Removes a dead holder's lock, and only that: what another process put in its place meanwhile is put back.
 * @param {string} lock
 * @param {string} identity
 */
function takeAway(lock, identity) {
  const aside = `${lock}.stale-${ownIdentity}`;
  try {
    fs.renameSync(lock, aside);
    if (fs.readFileSync(aside, 'utf8') !== identity) fs.linkSync(aside, lock);
  } catch {
    // Another set-up was quicker.
  } finally {
    fs.rmSync(aside, { force: true });
  }
}
