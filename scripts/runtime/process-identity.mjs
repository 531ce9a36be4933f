/** @file Names a process for good: a pid alone may belong to another program by the time one looks. */
import { execFileSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';

/** This machine, boot and pid namespace: elsewhere our pids mean nothing. */
const host = crypto
  .createHash('sha256')
  .update([os.hostname(), read('/proc/sys/kernel/random/boot_id'), readLink('/proc/self/ns/pid')].join('|'))
  .digest('hex')
  .slice(0, 8);

/** This process as `host-pid-start`, fit for a file name. */
export const ownIdentity = `${host}-${process.pid}-${startOf(process.pid) ?? 'x'}`;

/**
 * Whether the process named still runs.
 * @param {string} identity
 * @returns {boolean | null} null where it can't be told: it belongs to another machine or container.
 */
export function isAlive(identity) {
  const [theirHost, pid, start] = identity.split('-');
  if (theirHost !== host || pid === undefined || start === undefined) return null;
  return startOf(Number(pid)) === start;
}

/**
 * Something that a later process with the same pid does not share.
 * @param {number} pid
 * @returns {string | null} null where no such process runs.
 */
function startOf(pid) {
  if (process.platform === 'linux') {
    // The name in parentheses may hold spaces; behind it come state (field 3) … start (field 22).
    const fields = read(`/proc/${pid}/stat`)
      .replace(/^.*\)\s*/s, '')
      .split(' ');
    return fields[0] === '' || fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null);
  }
  if (process.platform === 'win32') return signalReaches(pid) ? 'x' : null;
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).replace(/\W/g, '');
  } catch {
    return null;
  }
}

/** @param {number} pid */
function signalReaches(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return /** @type {NodeJS.ErrnoException} */ (thrown).code === 'EPERM';
  }
}

/** @param {string} file */
function read(file) {
  try {
    return fs.readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}

/** @param {string} file */
function readLink(file) {
  try {
    return fs.readlinkSync(file);
  } catch {
    return '';
  }
}
