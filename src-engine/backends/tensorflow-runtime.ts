/** @file Finds the installed TensorFlow runtime that suits a device, by its manifest alone: nothing is loaded. */
import path from 'node:path';
import { cacheFolder } from '../../scripts/runtime/cache-folder.mjs';
import { readFailure } from '../../scripts/runtime/failure-note.mjs';
import {
  flavours,
  platformHasTensorflow,
  platformName,
  runtimeFolder,
  tensorflowVersion,
} from '../../scripts/runtime/flavours.mjs';
import { quickCheck, readManifest } from '../../scripts/runtime/manifest.mjs';
import { nvidiaDevices } from '../../scripts/runtime/nvidia.mjs';

/** A TensorFlow runtime that lies whole in the cache. */
export interface TensorflowRuntime {
  folder: string;
  version: string;
  flavour: 'cpu' | 'cuda';
  /** Devices it can open here, best first; always ends with `cpu`. */
  devices: readonly string[];
}

/** What was found, and why nothing better was: sentences in the order of preference. */
export interface TensorflowSearch {
  runtime: TensorflowRuntime | null;
  problems: readonly string[];
}

/**
 * Looks for the CUDA flavour where NVIDIA devices are, then for the CPU flavour.
 * A folder is taken only after the quick check of its files.
 */
export async function findTensorflow(env: NodeJS.ProcessEnv = process.env): Promise<TensorflowSearch> {
  if (!platformHasTensorflow())
    return { runtime: null, problems: [`TensorFlow is offered on linux-x64 only; this is ${platformName}.`] };
  const cache = cacheFolder(env);
  const nvidia = nvidiaDevices(env);
  const problems: string[] = [];
  for (const flavour of flavours) {
    if (flavour === 'cuda' && nvidia.length === 0) continue;
    const folder = runtimeFolder(flavour, cache);
    const wrong = await quickCheck(folder);
    const manifest = readManifest(folder);
    if (wrong === null && manifest !== null) {
      const devices = flavour === 'cuda' ? [...nvidia, 'cpu'] : ['cpu'];
      return { runtime: { folder, version: manifest.version, flavour, devices }, problems };
    }
    const why = manifest === null ? readFailure(path.basename(folder), cache)?.reason : undefined;
    const label = `TensorFlow ${tensorflowVersion} (${flavour === 'cuda' ? 'CUDA' : 'CPU'})`;
    problems.push(`${label}: ${why ?? `${wrong ?? 'its manifest is missing'}; run \`npm run setup\`.`}`);
  }
  return { runtime: null, problems };
}
