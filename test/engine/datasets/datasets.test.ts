/** @file Showing, verifying and removing datasets. */
import { existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Dataset } from '#shared/dataset.ts';
import { completeConfiguration } from '#shared/configuration/keys.ts';
import { addDataset } from '#engine/datasets/add-dataset.ts';
import { listDatasets, removeDataset, showDataset, verifyDataset } from '#engine/datasets/datasets.ts';
import { smallLibrary, writeImages, type SmallLibrary } from './small-library.ts';

async function withPets(): Promise<SmallLibrary & { pets: Dataset }> {
  const small = smallLibrary();
  await writeImages(path.join(small.folder, 'pets'), 3);
  const outcome = await addDataset(small.library, { operands: [path.join(small.folder, 'pets')] }, small.handlers);
  if (outcome.state !== 'added') throw new Error(outcome.state);
  return { ...small, pets: outcome.dataset };
}

describe('verifyDataset', () => {
  it('finds whole files sound', async () => {
    const { library, pets } = await withPets();
    const bytes: number[] = [];
    const found = await verifyDataset(library, 'pets', (done) => bytes.push(done));
    expect(found).toMatchObject({ sound: true, problems: [], sha256: pets.sha256 });
    expect(bytes.at(-1)).toBe(pets.bytes);
  });

  it.each([
    [
      'one changed pixel',
      (folder: string) => {
        const file = path.join(folder, 'images.bin');
        const content = readFileSync(file);
        content[100] = (content[100] ?? 0) ^ 1;
        writeFileSync(file, content);
      },
      "The files' SHA-256 is",
    ],
    [
      'a cut file',
      (folder: string) => {
        truncateSync(path.join(folder, 'images.bin'), 1000);
      },
      'The files have 1096 bytes; the record says 4704.',
    ],
    [
      'a label that is no class',
      (folder: string) => {
        const file = path.join(folder, 'index.bin');
        const content = readFileSync(file);
        content.writeInt32LE(2, 12);
        writeFileSync(file, content);
      },
      'Record 0 of index.bin names class 2 of 2.',
    ],
    [
      'missing files',
      (folder: string) => {
        rmSync(folder, { recursive: true });
      },
      'Its files are missing',
    ],
  ])('finds %s', async (_, damage, problem) => {
    const { library, pets } = await withPets();
    damage(library.paths.datasetFolder(pets.id));
    const found = await verifyDataset(library, pets.id);
    expect(found.sound).toBe(false);
    expect(found.problems.join(' ')).toContain(problem);
  });
});

describe('removeDataset', () => {
  it('removes record and files', async () => {
    const { library, pets } = await withPets();
    expect(await removeDataset(library, 'pets')).toEqual({ dataset: pets, freedBytes: pets.bytes, usedBy: [] });
    expect(listDatasets(library)).toEqual([]);
    expect(existsSync(library.paths.datasetFolder(pets.id))).toBe(false);
  });

  it('removes a record whose files went before', async () => {
    const { library, pets } = await withPets();
    rmSync(library.paths.datasetFolder(pets.id), { recursive: true });
    expect((await removeDataset(library, 'pets')).freedBytes).toBe(0);
    expect(listDatasets(library)).toEqual([]);
  });

  it('refuses while a run under way uses it, then says which runs did', async () => {
    const { library, pets } = await withPets();
    const { id, name, sha256 } = pets;
    const config = completeConfiguration({});
    const run = library.runs.create({ name: 'first try', dataset: { id, name, sha256 }, preset: null, config });
    for (const state of ['queued', 'running'] as const) library.runs.transition(run, state);
    await expect(removeDataset(library, 'pets')).rejects.toThrow('The dataset "pets" is in use by the run first try.');
    expect(showDataset(library, 'pets').usedBy).toEqual([{ id: run, name: 'first try' }]);
    library.runs.transition(run, 'stopped');
    expect((await removeDataset(library, 'pets')).usedBy).toEqual([{ id: run, name: 'first try' }]);
    expect(library.runView(run).dataset.name).toBe('pets');
  });

  it('names the nearest where there is none of that name', async () => {
    const { library } = await withPets();
    await expect(removeDataset(library, 'pet')).rejects.toThrow('There is no dataset "pet".');
  });
});
