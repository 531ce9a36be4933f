/** @file The one rule for where the runtime cache lies; the set-up scripts and the engine both follow it. */
import os from 'node:os';
import path from 'node:path';

/**
 * Folder of downloaded and built runtimes, outside any checkout: `SIMCLR_STUDIO_CACHE`, else the operating system's
 * convention. It may not exist yet.
 * @param {NodeJS.ProcessEnv} [env]
 * @param {NodeJS.Platform} [platform]
 * @returns {string} An absolute path.
 */
export function cacheFolder(env = process.env, platform = process.platform) {
  const asked = env['SIMCLR_STUDIO_CACHE'];
  if (asked) return path.resolve(asked);
  const home = homeFolder(env);
  if (platform === 'win32')
    return path.join(env['LOCALAPPDATA'] || path.join(home, 'AppData', 'Local'), 'simclr-studio', 'Cache');
  if (platform === 'darwin') return path.join(home, 'Library', 'Caches', 'simclr-studio');
  // The XDG rule: a relative path there is to be ignored.
  const xdg = env['XDG_CACHE_HOME'];
  return path.join(xdg && path.isAbsolute(xdg) ? xdg : path.join(home, '.cache'), 'simclr-studio');
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {string}
 */
function homeFolder(env) {
  return env['HOME'] || env['USERPROFILE'] || os.userInfo().homedir || os.tmpdir();
}
