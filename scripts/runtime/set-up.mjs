/** @file Decides what is missing, says so, and gets it. Every command starts with this; when all is there it is quick. */
import fs from 'node:fs';
import path from 'node:path';
import { buildTools } from './binding.mjs';
import { cacheFolder } from './cache-folder.mjs';
import { checkout, requireNode24 } from './checkout.mjs';
import { clearFailure, readFailure, writeFailure } from './failure-note.mjs';
import { platformHasTensorflow, runtimeFolder, tensorflowVersion, wantedFlavour } from './flavours.mjs';
import { fullCheck, quickCheck, readManifest } from './manifest.mjs';
import { installPackages, packagesCost, packagesReady } from './packages.mjs';
import { megabytes, say } from './progress.mjs';
import { pythonsOnPath } from './python.mjs';
import { SetupProblem, explainDisk } from './setup-problem.mjs';
import { installTensorflow, missingSpace, tensorflowCost, tidyCache } from './tensorflow.mjs';

/** @typedef {import('./flavours.mjs').Flavour} Flavour */

/** A download that failed is tried again by itself after this long. */
const retryAfter = 24 * 3600_000;

/**
 * @typedef {object} Ready
 * @property {string} node24 The Node that runs the studio.
 * @property {string | null} tensorflow Folder of the runtime; null where only wasm is left.
 * @property {string[]} problems Why something better is not there, one line each.
 */

/**
 * Brings the machine to where the studio can run.
 * @param {{ explicit?: boolean, verify?: boolean }} [options] explicit: the user asked for the set-up itself, so what
 *   failed before is tried again. verify: hash every file of the runtime, and replace it where one differs.
 * @returns {Promise<Ready>}
 * @throws {SetupProblem} where not even wasm can run.
 */
export async function setUp({ explicit = false, verify = false } = {}) {
  const cache = cacheFolder();
  const packagesMissing = !packagesReady();
  const wanted = await missingFlavours(cache, explicit, verify);
  if (packagesMissing || wanted.missing.length > 0) announce(packagesMissing, wanted.missing[0], cache);
  if (packagesMissing) await getPackages(cache);
  const node24 = requireNode24();

  const problems = [...wanted.problems];
  let { ready } = wanted;
  for (const flavour of wanted.missing) {
    if (ready !== null) break;
    try {
      ready = await getTensorflow(flavour, cache);
    } catch (thrown) {
      if (!(thrown instanceof SetupProblem)) throw thrown;
      problems.push(thrown.line);
      say(`TensorFlow (${flavour === 'cuda' ? 'CUDA' : 'CPU'}) is left out: ${thrown.line}`);
    }
  }
  if (explicit && ready !== null && writable(cache)) await tidyCache(cache, ready);
  if (ready === null && wanted.missing.length > 0) say('The wasm backend remains: it trains small encoders, slowly.');
  return { node24, tensorflow: ready, problems };
}

/**
 * Flavours worth trying, best first, up to the first that is there.
 * @param {string} cache
 * @param {boolean} explicit
 * @param {boolean} verify
 * @returns {Promise<{ ready: string | null, missing: Flavour[], problems: string[] }>}
 */
async function missingFlavours(cache, explicit, verify) {
  /** @type {Flavour[]} */
  const missing = [];
  /** @type {string[]} */
  const problems = [];
  for (const flavour of wantedFlavour() === 'cuda'
    ? /** @type {const} */ (['cuda', 'cpu'])
    : /** @type {const} */ (['cpu'])) {
    const folder = runtimeFolder(flavour, cache);
    const wrong = await (verify ? fullCheck(folder) : quickCheck(folder));
    if (wrong === null) return { ready: folder, missing, problems };
    if (readManifest(folder) !== null) {
      say(`The TensorFlow runtime in ${folder} is damaged (${wrong}); it will be installed again.`);
      // Whatever comes of it, a damaged runtime must not be found.
      fs.rmSync(path.join(folder, 'runtime.json'), { force: true });
    }
    const failure = explicit ? null : readFailure(path.basename(folder), cache);
    const again =
      failure === null || failure.conditions !== conditions(flavour, cache) || Date.now() - failure.at > retryAfter;
    if (again && (explicit || platformHasTensorflow())) missing.push(flavour);
    else problems.push(failure?.reason ?? 'TensorFlow is not offered on this platform.');
  }
  return { ready: null, missing, problems };
}

/** @param {string} cache */
async function getPackages(cache) {
  try {
    await installPackages(writable(cache) ? cache : path.join(checkout, '.cache'));
  } catch (thrown) {
    throw explainDisk(thrown, checkout);
  }
}

/**
 * @param {Flavour} flavour
 * @param {string} cache
 * @returns {Promise<string>}
 */
async function getTensorflow(flavour, cache) {
  const key = path.basename(runtimeFolder(flavour, cache));
  try {
    const folder = await installTensorflow(flavour, cache);
    clearFailure(key, cache);
    return folder;
  } catch (thrown) {
    if (thrown instanceof SetupProblem)
      writeFailure(key, { reason: thrown.line, conditions: conditions(flavour, cache) }, cache);
    throw thrown;
  }
}

/**
 * What an installation depends on, found without starting anything.
 * @param {Flavour} flavour
 * @param {string} cache
 */
function conditions(flavour, cache) {
  const { compiler, make } = buildTools();
  const space = !fs.existsSync(cache) || missingSpace(cache, flavour) === null ? 'space' : 'no space';
  return [...pythonsOnPath(), compiler, make, space].join('|');
}

/**
 * @param {boolean} packages
 * @param {Flavour | undefined} flavour
 * @param {string} cache
 */
function announce(packages, flavour, cache) {
  say('SimCLR Studio sets up what is missing (once; later starts are quick):');
  if (packages)
    say(
      `  npm packages: about ${megabytes(packagesCost.download)} to download, ${megabytes(packagesCost.disk)} in ${path.join(checkout, 'node_modules')}`,
    );
  if (flavour === undefined || !platformHasTensorflow()) return;
  const { download, disk } = tensorflowCost[flavour];
  say(
    `  TensorFlow ${tensorflowVersion} (${flavour === 'cuda' ? 'CUDA' : 'CPU'}): about ${megabytes(download)} to download, ${megabytes(disk)} in ${cache}`,
  );
  say("  TensorFlow's binding: compiled here, about 20 s");
}

/** @param {string} folder */
function writable(folder) {
  try {
    fs.mkdirSync(folder, { recursive: true });
    fs.accessSync(folder, fs.constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
