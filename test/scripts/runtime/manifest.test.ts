import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fullCheck, quickCheck, readManifest, writeManifest } from '../../../scripts/runtime/manifest.mjs';
import { freshFolder } from '../stand-in/run-script.ts';

let folder = '';
const library = (): string => path.join(folder, 'deps', 'library');

beforeEach(async () => {
  folder = freshFolder();
  fs.mkdirSync(path.join(folder, 'deps'));
  fs.writeFileSync(library(), 'a library');
  await writeManifest(folder, {
    name: 'tensorflow',
    version: '1',
    flavour: 'cpu',
    platform: 'linux-x64',
    binding: 'deps/library',
    libraryFolders: [],
    programFolders: [],
    cudaDataFolder: null,
  });
});

afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

it('finds nothing wrong with what was just written', async () => {
  expect(await quickCheck(folder)).toBeNull();
  expect(await fullCheck(folder)).toBeNull();
});

it('names a file that is missing, cut short or changed', async () => {
  fs.writeFileSync(library(), 'b library');
  expect(await quickCheck(folder)).toBe('deps/library is damaged');
  fs.truncateSync(library(), 3);
  expect(await quickCheck(folder)).toBe('deps/library has 3 bytes instead of 9');
  fs.rmSync(library());
  expect(await quickCheck(folder)).toBe('deps/library is missing');
});

it('finds a change that kept size and time by the full check', async () => {
  const before = fs.statSync(library());
  fs.writeFileSync(library(), 'b library');
  fs.utimesSync(library(), before.atimeMs / 1000, before.mtimeMs / 1000);
  expect(await fullCheck(folder)).toBe('deps/library is damaged');
});

it('notes new times of a copied runtime', async () => {
  fs.utimesSync(library(), 1_000_000, 1_000_000);
  expect(await quickCheck(folder)).toBeNull();
  expect(readManifest(folder)?.files.map((file) => file.modified)).toEqual([1_000_000_000]);
});

it('takes a folder without a manifest, or with half of one, for nothing', async () => {
  const manifest = path.join(folder, 'runtime.json');
  fs.truncateSync(manifest, 50);
  expect(await quickCheck(folder)).toBe('it is not installed');
  fs.rmSync(manifest);
  expect(await fullCheck(folder)).toBe('it is not installed');
});
