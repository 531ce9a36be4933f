/** @file Finds NVIDIA devices cheaply, without starting their driver or loading CUDA. */
import fs from 'node:fs';
import path from 'node:path';

const driverLibrary = 'libcuda.so.1';
const libraryFolders = [
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib64',
  '/usr/lib',
  '/usr/lib/wsl/lib',
  '/usr/local/cuda/compat',
];

/**
 * NVIDIA devices that a CUDA runtime could open: the driver's library is there and so are the device nodes.
 * `CUDA_VISIBLE_DEVICES` restricts them, as it does for CUDA itself.
 * @param {NodeJS.ProcessEnv} [env] `SIMCLR_STUDIO_NVIDIA_DEVICES=N` states the number instead (0 switches CUDA off).
 * @returns {string[]} `cuda:0`, `cuda:1`, … ; empty where there is none.
 */
export function nvidiaDevices(env = process.env) {
  const stated = env['SIMCLR_STUDIO_NVIDIA_DEVICES'];
  if (stated !== undefined && /^\d+$/.test(stated)) return names(Number(stated));
  if (process.platform !== 'linux' || process.arch !== 'x64') return [];
  const folders = [...(env['LD_LIBRARY_PATH'] ?? '').split(':').filter(Boolean), ...libraryFolders];
  if (!folders.some((folder) => fs.existsSync(path.join(folder, driverLibrary)))) return [];
  const nodes = listed('/dev').filter((name) => /^nvidia\d+$/.test(name)).length;
  const visible = env['CUDA_VISIBLE_DEVICES'];
  if (visible !== undefined) return names(visible.split(',').filter((name) => /^\s*(\d+|GPU-|MIG-)/.test(name)).length);
  // Under WSL the devices are behind /dev/dxg and are not counted there: at least one.
  return names(nodes > 0 ? nodes : fs.existsSync('/dev/dxg') ? 1 : 0);
}

/** @param {number} count */
function names(count) {
  return Array.from({ length: count }, (_, index) => `cuda:${index}`);
}

/** @param {string} folder */
function listed(folder) {
  try {
    return fs.readdirSync(folder);
  } catch {
    return [];
  }
}
