/** @file Finds a Python whose pip can fetch wheels; any version 3 will do. */
import { SetupProblem } from './setup-problem.mjs';
import { findProgram, run } from './programs.mjs';

const names = ['python3', 'python'];

/**
 * Pythons on the PATH, by file alone: nothing is started.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string[]}
 */
export function pythonsOnPath(env = process.env) {
  return names.map((name) => findProgram(name, env)).filter((file) => file !== null);
}

/**
 * A Python 3 with pip.
 * @returns {Promise<string>} Path of the program.
 * @throws {SetupProblem} where there is none.
 */
export async function findPython() {
  const found = pythonsOnPath();
  for (const python of found) {
    const { code } = await run(python, ['-c', 'import sys, pip; sys.exit(sys.version_info < (3, 6))']);
    if (code === 0) return python;
  }
  throw new SetupProblem(
    found.length === 0
      ? 'Python 3 was not found.'
      : `${found.join(' and ')} ${found.length === 1 ? 'has' : 'have'} no pip.`,
    'Install Python 3 with pip (Debian, Ubuntu: apt install python3 python3-pip) and run `npm run setup`.',
  );
}
