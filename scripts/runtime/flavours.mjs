/** @file Which TensorFlow runtimes there are, what they are called in the cache and which one this machine wants. */
import path from 'node:path';
import { cacheFolder } from './cache-folder.mjs';
import { nvidiaDevices } from './nvidia.mjs';

export const tensorflowVersion = '2.21.0';

/** @typedef {'cpu' | 'cuda'} Flavour */

/** Best first. @type {readonly Flavour[]} */
export const flavours = ['cuda', 'cpu'];

/** The platform as `linux-x64`. */
export const platformName = `${process.platform}-${process.arch}`;

/**
 * Folder of one runtime in the cache. Version, flavour and platform are its key: an update never changes a folder in use.
 * @param {Flavour} flavour
 * @param {string} [cache]
 * @returns {string}
 */
export function runtimeFolder(flavour, cache = cacheFolder()) {
  return path.join(cache, `tensorflow-${tensorflowVersion}-${flavour}-${platformName}`);
}

/** Whether TensorFlow's wheels hold a library for this platform that the binding can be built on. */
export function platformHasTensorflow() {
  return platformName === 'linux-x64';
}

/**
 * The flavour this machine's hardware asks for.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Flavour}
 */
export function wantedFlavour(env = process.env) {
  return nvidiaDevices(env).length > 0 ? 'cuda' : 'cpu';
}
