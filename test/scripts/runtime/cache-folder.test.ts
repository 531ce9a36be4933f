import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { cacheFolder } from '../../../scripts/runtime/cache-folder.mjs';

describe('the cache folder', () => {
  const home = path.resolve('/home/ada');

  it("follows each operating system's convention", () => {
    expect(cacheFolder({ HOME: home }, 'linux')).toBe(path.join(home, '.cache', 'simclr-studio'));
    expect(cacheFolder({ HOME: home }, 'darwin')).toBe(path.join(home, 'Library', 'Caches', 'simclr-studio'));
    expect(cacheFolder({ LOCALAPPDATA: path.join(home, 'Local') }, 'win32')).toBe(
      path.join(home, 'Local', 'simclr-studio', 'Cache'),
    );
  });

  it('obeys XDG_CACHE_HOME, but not a relative one, as its rule says', () => {
    expect(cacheFolder({ HOME: home, XDG_CACHE_HOME: '/big' }, 'linux')).toBe('/big/simclr-studio');
    expect(cacheFolder({ HOME: home, XDG_CACHE_HOME: 'big' }, 'linux')).toBe(
      path.join(home, '.cache', 'simclr-studio'),
    );
  });

  it('is overridden by SIMCLR_STUDIO_CACHE everywhere', () => {
    for (const platform of ['linux', 'darwin', 'win32'] as const)
      expect(cacheFolder({ HOME: home, XDG_CACHE_HOME: '/big', SIMCLR_STUDIO_CACHE: '/mine' }, platform)).toBe('/mine');
  });

  it('is absolute even without a home', () => {
    expect(path.isAbsolute(cacheFolder({}, 'linux'))).toBe(true);
    expect(path.isAbsolute(cacheFolder({ HOME: '' }, 'linux'))).toBe(true);
  });
});
