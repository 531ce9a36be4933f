/** @file Where the library lies when nobody says. */
import path from 'node:path';
import { expect, test } from 'vitest';
import { defaultLibraryFolder } from '#store/library-folder.ts';

const home = '/home/anna';

test.each([
  ['linux', {}, '/home/anna/.local/share/simclr-studio/library'],
  ['linux', { XDG_DATA_HOME: '/data' }, '/data/simclr-studio/library'],
  ['linux', { XDG_DATA_HOME: 'relative' }, '/home/anna/.local/share/simclr-studio/library'],
  ['darwin', {}, '/home/anna/Library/Application Support/SimCLR Studio/library'],
  ['linux', { SIMCLR_STUDIO_LIBRARY: '/mine' }, '/mine'],
  ['darwin', { SIMCLR_STUDIO_LIBRARY: '/mine' }, '/mine'],
  ['linux', { SIMCLR_STUDIO_LIBRARY: '' }, '/home/anna/.local/share/simclr-studio/library'],
] as const)('on %s with %o', (platform, environment, folder) => {
  expect(defaultLibraryFolder({ platform, environment, home })).toBe(folder);
});

test('on Windows beside other programs’ local data', () => {
  const environment = { LOCALAPPDATA: path.join('C:', 'Local') };
  expect(defaultLibraryFolder({ platform: 'win32', environment, home })).toBe(
    path.join('C:', 'Local', 'SimCLR Studio', 'library'),
  );
});

test('a relative folder in the variable is taken from where one is', () => {
  const environment = { SIMCLR_STUDIO_LIBRARY: 'here' };
  expect(defaultLibraryFolder({ platform: 'linux', environment, home })).toBe(path.resolve('here'));
});
