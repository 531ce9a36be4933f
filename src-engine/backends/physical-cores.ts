/** @file Counts the cores that kernels may use: two hyper-threads of one core only slow each other down. */
import fs from 'node:fs';
import os from 'node:os';

/** Physical cores this process may run on, at least 1. Falls back to the number of logical ones. */
export function physicalCores(): number {
  const logical = os.availableParallelism();
  if (process.platform !== 'linux') return logical;
  try {
    const status = fs.readFileSync('/proc/self/status', 'utf8');
    const allowed = parseCpuList(/^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1] ?? '');
    const cores = new Set(
      allowed.map((cpu) =>
        fs.readFileSync(`/sys/devices/system/cpu/cpu${cpu}/topology/thread_siblings_list`, 'utf8').trim(),
      ),
    );
    // availableParallelism also knows the quota of a container; the topology does not.
    return Math.max(1, Math.min(cores.size || logical, logical));
  } catch {
    return logical;
  }
}

/** The kernel's list format, such as `0-3,8`, as numbers. */
export function parseCpuList(text: string): number[] {
  return text
    .split(',')
    .filter((part) => part !== '')
    .flatMap((part) => {
      const [first = 0, last = first] = part.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });
}
