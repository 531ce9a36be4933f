/** @file The environment a compute process is started with: what must be set before its first instruction. */
import path from 'node:path';
import type { BackendChoice } from '#shared/compute-protocol.ts';
import { readManifest } from '../../scripts/runtime/manifest.mjs';

/**
 * Environment of the process that computes on `choice`; give it to `fork` whole.
 *
 * glibc's allocator keeps what it has: a training step frees and takes the same gigabytes each time, and giving them
 * back to the kernel costs a twentieth to a tenth of the step.
 */
export function computeEnvironment(choice: BackendChoice, env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const threads = String(choice.threads);
  const result: NodeJS.ProcessEnv = {
    ...env,
    MALLOC_MMAP_MAX_: '0',
    MALLOC_TRIM_THRESHOLD_: '100000000000',
    MALLOC_TOP_PAD_: String(512 << 20),
    TF_CPP_MIN_LOG_LEVEL: env.TF_CPP_MIN_LOG_LEVEL ?? '2',
    // Other thread counts give other bits: fixed here, recorded with the run.
    TF_NUM_INTRAOP_THREADS: threads,
    TF_NUM_INTEROP_THREADS: threads,
    OMP_NUM_THREADS: threads,
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
  };
  if (choice.name === 'tensorflow' && choice.runtimeFolder !== undefined)
    addRuntimePaths(result, choice.runtimeFolder, choice.device);
  return result;
}

/** Lets the loader find CUDA's libraries, which lie in folders of their own, and shows the chosen device alone. */
function addRuntimePaths(env: NodeJS.ProcessEnv, runtimeFolder: string, device: string): void {
  const manifest = readManifest(runtimeFolder);
  env.CUDA_VISIBLE_DEVICES = visibleDevice(device, env.CUDA_VISIBLE_DEVICES);
  if (manifest === null) return;
  const absolute = (folder: string): string => path.join(runtimeFolder, folder);
  env.LD_LIBRARY_PATH = joined(manifest.libraryFolders.map(absolute), env.LD_LIBRARY_PATH);
  if (manifest.programFolders.length > 0) env.PATH = joined(manifest.programFolders.map(absolute), env.PATH);
  if (manifest.cudaDataFolder !== null)
    env.XLA_FLAGS = `${env.XLA_FLAGS ?? ''} --xla_gpu_cuda_data_dir=${absolute(manifest.cudaDataFolder)}`.trimStart();
}

/** The n-th of the devices the user already restricted us to, if so; none for `cpu`. */
function visibleDevice(device: string, visible: string | undefined): string {
  if (!device.startsWith('cuda:')) return '-1';
  const index = device.slice('cuda:'.length);
  const allowed = visible?.split(',').map((name) => name.trim());
  return allowed?.[Number(index)] ?? index;
}

function joined(folders: readonly string[], rest: string | undefined): string {
  return [...folders, ...(rest === undefined || rest === '' ? [] : [rest])].join(path.delimiter);
}
