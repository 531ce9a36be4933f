/** @file Installs a TensorFlow runtime into the cache: wheels, libraries, binding, manifest, and one rename at the end. */
import fs from 'node:fs';
import path from 'node:path';
import { bindingPath, buildBinding, proveBinding, requireBuildTools } from './binding.mjs';
import { platformHasTensorflow, platformName, runtimeFolder, tensorflowVersion } from './flavours.mjs';
import { withLock } from './install-lock.mjs';
import { quickCheck, readManifest, writeManifest } from './manifest.mjs';
import { megabytes, say } from './progress.mjs';
import { findPython } from './python.mjs';
import { SetupProblem, explainDisk } from './setup-problem.mjs';
import { inStaging, moveIntoPlace, sweep } from './staging.mjs';
import { extractWheel, fetchWheels } from './wheels.mjs';

/** @typedef {import('./flavours.mjs').Flavour} Flavour */

/** What an installation costs, in bytes. @type {Record<Flavour, { download: number, disk: number }>} */
export const tensorflowCost = {
  cpu: { download: 274e6, disk: 860e6 },
  cuda: { download: 3.4e9, disk: 7.5e9 },
};

const packages = { cpu: 'tensorflow-cpu', cuda: 'tensorflow' };

/** The libraries, and those headers that the binding is compiled with. @type {[string, string][]} */
const tensorflowRules = [
  ['tensorflow/libtensorflow_cc.so.2', 'deps/lib/libtensorflow_cc.so.2'],
  ['tensorflow/libtensorflow_framework.so.2', 'deps/lib/libtensorflow_framework.so.2'],
  ...['tensorflow/c/', 'tensorflow/core/platform/', 'tsl/platform/', 'xla/tsl/c/'].map(
    (folder) => /** @type {[string, string]} */ ([`tensorflow/include/${folder}`, `deps/include/${folder}`]),
  ),
];

/**
 * Makes sure that the flavour lies whole in the cache. Any number of processes may ask for it at once.
 * @param {Flavour} flavour
 * @param {string} cache
 * @returns {Promise<string>} The runtime's folder.
 * @throws {SetupProblem} where this machine can't have it; says why.
 */
export async function installTensorflow(flavour, cache) {
  if (!platformHasTensorflow())
    throw new SetupProblem(
      `TensorFlow is offered on linux-x64 only; this is ${platformName}.`,
      'The wasm backend is used here.',
      'platform',
    );
  const folder = runtimeFolder(flavour, cache);
  const python = await findPython();
  requireBuildTools();
  try {
    fs.mkdirSync(cache, { recursive: true });
    await withLock(
      cache,
      path.basename(folder),
      async () => {
        sweep(cache);
        // Another set-up may have finished while this one waited.
        if ((await quickCheck(folder)) === null) return;
        requireSpace(cache, flavour);
        await inStaging(cache, (staging) => install(flavour, cache, folder, python, staging));
      },
      (pid) => say(`  Another set-up (process ${pid}) is at it; waiting for it …`),
    );
  } catch (thrown) {
    throw explainDisk(thrown, cache);
  }
  return folder;
}

/**
 * @param {Flavour} flavour
 * @param {string} cache
 * @param {string} folder
 * @param {string} python
 * @param {string} staging
 */
async function install(flavour, cache, folder, python, staging) {
  const key = path.basename(folder);
  const runtime = path.join(staging, 'runtime');
  const [wheel] = await fetchWheels({
    cache,
    python,
    name: key,
    label: `TensorFlow ${tensorflowVersion}`,
    requirements: [`${packages[flavour]}==${tensorflowVersion}`],
    bytes: flavour === 'cpu' ? tensorflowCost.cpu.download : 600e6,
  });
  if (wheel === undefined) throw new SetupProblem('pip gave no wheel.', 'Run `npm run setup` again.', 'download');
  await extractWheel({
    python,
    wheel,
    folder: runtime,
    label: 'TensorFlow',
    rules: [...tensorflowRules, metadataRule(wheel)],
  });
  const nvidia = flavour === 'cuda' ? await addNvidia(cache, python, key, runtime) : noNvidia;
  linkNames(path.join(runtime, 'deps', 'lib'));

  const log = path.join(cache, 'logs', `${key}-build.log`);
  await buildBinding({ python, runtime, work: path.join(staging, 'build'), log });
  await proveBinding(runtime, nvidia.libraryFolders);

  fs.rmSync(path.join(runtime, 'metadata'), { recursive: true, force: true });
  await writeManifest(runtime, {
    name: 'tensorflow',
    version: tensorflowVersion,
    flavour,
    platform: platformName,
    binding: bindingPath,
    ...nvidia,
  });
  moveIntoPlace(runtime, folder);
  fs.rmSync(log, { force: true });
  dropDownloads(cache, key);
}

/**
 * Removes the wheels of an installed runtime: also those that a set-up left which was ended right after installing.
 * @param {string} cache
 * @param {string} key Name of the runtime's folder.
 */
function dropDownloads(cache, key) {
  for (const name of [key, `${key}-nvidia`])
    fs.rmSync(path.join(cache, 'downloads', name), { recursive: true, force: true });
}

/**
 * Sweeps what dead set-ups left in the cache, and downloads that are not needed any more.
 * @param {string} cache
 * @param {string} folder An installed runtime.
 */
export async function tidyCache(cache, folder) {
  const key = path.basename(folder);
  await withLock(cache, key, async () => {
    sweep(cache);
    if (readManifest(folder) !== null) dropDownloads(cache, key);
  });
}

const noNvidia = {
  libraryFolders: ['deps/lib'],
  programFolders: /** @type {string[]} */ ([]),
  cudaDataFolder: /** @type {string | null} */ (null),
};

/**
 * CUDA's libraries, in the versions that TensorFlow's own wheel names, laid out as they are beside it in Python:
 * TensorFlow looks for them in ../nvidia/NAME/lib relative to itself.
 * @param {string} cache
 * @param {string} python
 * @param {string} key
 * @param {string} runtime
 * @returns {Promise<typeof noNvidia>}
 */
async function addNvidia(cache, python, key, runtime) {
  const requirements = cudaRequirements(fs.readFileSync(path.join(runtime, 'metadata', 'METADATA'), 'utf8'));
  const wheels = await fetchWheels({
    cache,
    python,
    name: `${key}-nvidia`,
    label: "NVIDIA's libraries",
    requirements,
    bytes: tensorflowCost.cuda.download - 600e6,
  });
  for (const wheel of wheels) {
    const label = path.basename(wheel).split('-')[0] ?? wheel;
    await extractWheel({ python, wheel, folder: runtime, label, rules: [['nvidia/', 'deps/nvidia/']] });
  }
  const root = path.join(runtime, 'deps', 'nvidia');
  const parts = fs.existsSync(root) ? fs.readdirSync(root).sort() : [];
  const having = (/** @type {string} */ folder) => parts.filter((part) => fs.existsSync(path.join(root, part, folder)));
  const [nvcc] = having('nvvm');
  return {
    libraryFolders: ['deps/lib', ...having('lib').map((part) => `deps/nvidia/${part}/lib`)],
    programFolders: having('bin').map((part) => `deps/nvidia/${part}/bin`),
    cudaDataFolder: nvcc === undefined ? null : `deps/nvidia/${nvcc}`,
  };
}

/**
 * What the wheel's extra `and-cuda` asks for.
 * @param {string} metadata The wheel's METADATA.
 * @returns {string[]} Requirements such as `nvidia-cublas-cu12<13.0,>=12.5.3.2`.
 */
export function cudaRequirements(metadata) {
  const found = metadata.matchAll(/^Requires-Dist: ([^;\n]+);[^\n]*extra == ["']and-cuda["']/gm);
  return Array.from(found, ([, requirement = '']) => requirement.trim().replace(/\s*\((.*)\)$/, '$1'));
}

/**
 * @param {string} wheel
 * @returns {[string, string]} The wheel's own description, where the list of CUDA's libraries is.
 */
function metadataRule(wheel) {
  const [name, version] = path.basename(wheel).split('-');
  return [`${name}-${version}.dist-info/METADATA`, 'metadata/METADATA'];
}

/**
 * The names by which the binding is linked; it runs with the `.so.2` ones alone.
 * @param {string} folder
 */
function linkNames(folder) {
  fs.symlinkSync('libtensorflow_cc.so.2', path.join(folder, 'libtensorflow.so'));
  fs.symlinkSync('libtensorflow_framework.so.2', path.join(folder, 'libtensorflow_framework.so'));
}

/**
 * Free space that an installation still lacks.
 * @param {string} cache
 * @param {Flavour} flavour
 * @returns {{ needed: number, free: number } | null} Bytes; null where there is enough.
 */
export function missingSpace(cache, flavour) {
  const kept = fs.existsSync(path.join(cache, 'downloads', path.basename(runtimeFolder(flavour, cache))));
  const { download, disk } = tensorflowCost[flavour];
  const needed = disk + (kept ? 0 : download);
  const status = fs.statfsSync(cache);
  const free = status.bavail * status.bsize;
  return free < needed ? { needed, free } : null;
}

/**
 * @param {string} cache
 * @param {Flavour} flavour
 */
function requireSpace(cache, flavour) {
  const missing = missingSpace(cache, flavour);
  if (missing === null) return;
  throw new SetupProblem(
    `TensorFlow needs ${megabytes(missing.needed)} in ${cache}, where ${megabytes(missing.free)} are free.`,
    'Free some, or set SIMCLR_STUDIO_CACHE to a folder elsewhere.',
    'disk',
  );
}
