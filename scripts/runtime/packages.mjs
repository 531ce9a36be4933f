/** @file Installs the npm packages of the checkout when package-lock.json asks for others than those that are there. */
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { checkout } from './checkout.mjs';
import { folderSize } from './folder-size.mjs';
import { withLock } from './install-lock.mjs';
import { say, startStep } from './progress.mjs';
import { findProgram, run } from './programs.mjs';
import { SetupProblem } from './setup-problem.mjs';

/** What the packages cost, in bytes. */
export const packagesCost = { download: 250e6, disk: 770e6 };

const lockFile = path.join(checkout, 'package-lock.json');
const modules = path.join(checkout, 'node_modules');
const stampFile = path.join(modules, '.simclr-studio-stamp');

/** @typedef {{ version?: string, integrity?: string, optional?: boolean, link?: boolean }} LockedPackage */

/** Whether node_modules holds what package-lock.json says. */
export function packagesReady() {
  // Installed as a package itself: whoever did that brought the others along.
  if (!fs.existsSync(lockFile)) return true;
  const wanted = lockHash();
  if (readText(stampFile) === wanted) return true;
  if (!installedMatchesLock()) return false;
  try {
    fs.writeFileSync(stampFile, wanted);
  } catch {
    // A read-only checkout: compared anew at every start.
  }
  return true;
}

/**
 * Runs `npm ci` under a lock, without any package's install script.
 * @param {string} cache
 * @throws {SetupProblem}
 */
export async function installPackages(cache) {
  const name = `packages-${crypto.createHash('sha256').update(checkout).digest('hex').slice(0, 12)}`;
  await withLock(
    cache,
    name,
    async () => {
      if (!packagesReady()) await npmCi();
    },
    (pid) => say(`  Another set-up (process ${pid}) is installing the packages; waiting for it …`),
  );
}

async function npmCi() {
  const [program, ...first] = npmCommand();
  if (program === undefined)
    throw new SetupProblem('npm was not found.', 'Install Node.js 20 or newer with npm.', 'packages');
  fs.rmSync(stampFile, { force: true });
  const step = startStep('npm packages', packagesCost.disk);
  const watch = setInterval(() => step.update(folderSize(modules)), 2000);
  const { code, output } = await run(
    program,
    [...first, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    { cwd: checkout },
  );
  clearInterval(watch);
  if (code === 0) {
    fs.writeFileSync(stampFile, lockHash());
    step.end();
    return;
  }
  step.end('failed');
  const errors = output.split('\n').filter((line) => /npm (error|ERR!)/.test(line));
  const detail = errors.map((line) => line.replace(/^npm (error|ERR!)\s*/, '')).filter(Boolean);
  throw new SetupProblem(
    `npm could not install the packages (${detail.slice(0, 2).join(' ').slice(0, 200)}).`,
    'Check the network connection and free disk space, and start again.',
    'packages',
  );
}

/** npm as it was started, else as it is found. */
function npmCommand() {
  const script = process.env['npm_execpath'];
  // Not our own Node 24: it is among what npm is about to replace.
  const node = process.env['npm_node_execpath'] ?? process.execPath;
  if (script && /npm-cli\.js$/.test(script) && fs.existsSync(script)) return [node, script];
  const beside = path.join(path.dirname(node), 'node_modules', 'npm', 'bin', 'npm-cli.js');
  if (fs.existsSync(beside)) return [node, beside];
  const found = findProgram('npm');
  return found === null ? [] : [found];
}

/** Packages that were installed by hand count as well: same versions, and their folders are there. */
function installedMatchesLock() {
  const installed = lockedPackages(path.join(modules, '.package-lock.json'));
  return Object.entries(lockedPackages(lockFile)).every(([key, locked]) => {
    if (key === '' || locked.link) return true;
    const there = installed[key];
    if (there === undefined) return locked.optional === true;
    return there.version === locked.version && fs.existsSync(path.join(checkout, key, 'package.json'));
  });
}

/**
 * @param {string} file
 * @returns {Record<string, LockedPackage>}
 */
function lockedPackages(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')).packages ?? {};
  } catch {
    return {};
  }
}

function lockHash() {
  return crypto.createHash('sha256').update(fs.readFileSync(lockFile)).digest('hex');
}

/** @param {string} file */
function readText(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
