/** @file Installs what the tests need from Debian's packages, where we may: root, and apt is there. */
import { say, startStep } from './progress.mjs';
import { findProgram, run } from './programs.mjs';

/**
 * Installs the packages whose check fails. Where that is not possible, nothing is said here: whoever needs the missing
 * thing says so.
 * @param {Readonly<Record<string, () => boolean | Promise<boolean>>>} wanted Package name -> whether it is there already.
 */
export async function installDebianPackages(wanted) {
  /** @type {string[]} */
  const missing = [];
  for (const [name, isThere] of Object.entries(wanted)) if (!(await isThere())) missing.push(name);
  if (missing.length === 0 || process.getuid?.() !== 0) return;
  const apt = findProgram('apt-get');
  if (apt === null) return;
  const step = startStep(`installing ${missing.join(', ')} with apt`, 1);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = ['install', '--yes', '--no-install-recommends', ...missing];
  let result = await run(apt, install, { env });
  if (result.code !== 0) {
    // A new machine has no lists yet.
    await run(apt, ['update'], { env });
    result = await run(apt, install, { env });
  }
  step.end(result.code === 0 ? undefined : 'failed');
  if (result.code !== 0) say(result.output.trim().split('\n').slice(-3).join('\n'));
}
