/** @file Who a process is, so that another can tell later whether it still lives. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process, told apart from a later one that got the same number. */
export interface ProcessIdentity {
  host: string;
  pid: number;
  /** When it began, in words that only compare; null where the system does not tell. */
  start: string | null;
}

/** The process that runs this. */
export function thisProcess(): ProcessIdentity {
  return { host: hostname(), pid: process.pid, start: processStart(process.pid) };
}

/** Whether a process of this host has this number. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM'; // It lives, but is another user's.
  }
  return !isZombie(pid);
}

/** When a process of this host began, in words that only compare; null where the system does not tell. */
export function processStart(pid: number): string | null {
  try {
    if (process.platform === 'linux') {
      // Ticks since the boot, so the boot belongs to it.
      const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
      const ticks = linuxStat(pid)[19];
      return ticks === undefined ? null : `${boot}:${ticks}`;
    }
    if (process.platform === 'darwin') {
      const options = { encoding: 'utf8', env: { LC_ALL: 'C', TZ: 'UTC' }, timeout: 5000 } as const;
      const text = execFileSync('/bin/ps', ['-o', 'lstart=', '-p', String(pid)], options).trim();
      return text === '' ? null : text;
    }
  } catch {
    return null;
  }
  return null;
}

/** A dead process whose parent has not looked yet. It holds nothing any more. */
function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') return false;
  try {
    const [state] = linuxStat(pid);
    return state === 'Z' || state === 'X';
  } catch {
    return false;
  }
}

/** Fields of /proc/PID/stat from the third (state) on; the second, the name, may hold spaces and brackets. */
function linuxStat(pid: number): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return text
    .slice(text.lastIndexOf(')') + 1)
    .trim()
    .split(/\s+/);
}
