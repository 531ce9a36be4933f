/** @file Lays a cache out as the set-up does, without a library in it: choosing a backend reads manifests alone. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runtimeFolder, type Flavour } from '../../../scripts/runtime/flavours.mjs';
import { writeManifest } from '../../../scripts/runtime/manifest.mjs';

/** A machine with an empty cache and the given number of NVIDIA devices. */
export function machine(nvidiaDevices: number): { cache: string; env: NodeJS.ProcessEnv } {
  const cache = fs.mkdtempSync(path.join(os.tmpdir(), 'simclr-studio-test-'));
  return {
    cache,
    env: { PATH: '/bin', SIMCLR_STUDIO_CACHE: cache, SIMCLR_STUDIO_NVIDIA_DEVICES: String(nvidiaDevices) },
  };
}

/** Puts a runtime of the flavour into the cache; returns its folder. */
export async function installRuntime(cache: string, flavour: Flavour): Promise<string> {
  const folder = runtimeFolder(flavour, cache);
  fs.mkdirSync(path.join(folder, 'deps', 'lib'), { recursive: true });
  fs.writeFileSync(path.join(folder, 'deps', 'lib', 'libtensorflow_cc.so.2'), 'a library');
  const cuda = flavour === 'cuda';
  await writeManifest(folder, {
    name: 'tensorflow',
    version: '2.21.0',
    flavour,
    platform: 'linux-x64',
    binding: 'lib/napi-v8/tfjs_binding.node',
    libraryFolders: cuda ? ['deps/lib', 'deps/nvidia/cublas/lib'] : ['deps/lib'],
    programFolders: cuda ? ['deps/nvidia/cuda_nvcc/bin'] : [],
    cudaDataFolder: cuda ? 'deps/nvidia/cuda_nvcc' : null,
  });
  return folder;
}
