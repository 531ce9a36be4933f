/** @file Adding datasets through real compute processes. */
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { addDataset } from '#engine/datasets/add-dataset.ts';
import { importInProcess } from '#engine/datasets/run-import.ts';
import { ownCompute } from '#engine/compute/job.ts';
import { smallCifar, writeBinary } from '../../compute/import/small-cifar.ts';
import { smallLibrary, writeImages } from './small-library.ts';

describe('addDataset', () => {
  it('adds a folder under its own name and records it', async () => {
    const { library, folder, handlers, logs } = smallLibrary();
    await writeImages(path.join(folder, 'pets'), 3);
    const outcome = await addDataset(library, { operands: [path.join(folder, 'pets')] }, handlers);
    if (outcome.state !== 'added') throw new Error(outcome.state);
    expect(outcome.dataset).toMatchObject({ name: 'pets', classes: ['cat', 'dog'], imageSize: 16 });
    expect(library.datasets.resolve('pets')).toEqual(outcome.dataset);
    expect(readdirSync(library.paths.datasets)).toEqual([outcome.dataset.id]);
    expect(logs.join()).toContain('6 images for training at 16 px need');
  });

  it('takes the name and size asked for', async () => {
    const { library, folder, handlers } = smallLibrary();
    await writeImages(path.join(folder, 'pets'), 2, 40);
    const request = { operands: [path.join(folder, 'pets')], name: ' Our pets ', imageSize: 24 };
    const outcome = await addDataset(library, request, handlers);
    expect(outcome).toMatchObject({ state: 'added', dataset: { name: 'Our pets', imageSize: 24 } });
  });

  it('adds CIFAR-10 from a copy, and tells that it is there the second time', async () => {
    const { library, folder, handlers } = smallLibrary();
    writeBinary(path.join(folder, 'binary'), smallCifar(4));
    const request = { operands: ['cifar10'], from: path.join(folder, 'binary') };
    const first = await addDataset(library, request, handlers);
    expect(first).toMatchObject({ state: 'added', dataset: { name: 'cifar10' } });
    const second = await addDataset(library, { operands: ['CIFAR-10'] }, handlers);
    expect(second).toEqual({ ...first, state: 'alreadyThere' });
    expect(readdirSync(library.paths.datasets)).toHaveLength(1);
  });

  it('recognises CIFAR-10 by the files of a folder', async () => {
    const { library, folder, handlers } = smallLibrary();
    writeBinary(path.join(folder, 'download', 'cifar-10-batches-bin'), smallCifar(2));
    const outcome = await addDataset(library, { operands: [path.join(folder, 'download')] }, handlers);
    expect(outcome).toMatchObject({ state: 'added', dataset: { name: 'cifar10', imageSize: 32 } });
  });

  it('says that CIFAR-10 is damaged rather than there when its files went', async () => {
    const { library, folder, handlers } = smallLibrary();
    writeBinary(path.join(folder, 'binary'), smallCifar(2));
    const request = { operands: ['cifar10'], from: path.join(folder, 'binary') };
    await addDataset(library, request, handlers);
    rmSync(library.paths.datasets, { recursive: true });
    await expect(addDataset(library, request, handlers)).rejects.toThrow(
      'in this library but damaged: Its files are missing',
    );
  });

  it('does not keep the same content under a second name', async () => {
    const { library, folder, handlers } = smallLibrary();
    const pets = path.join(folder, 'pets');
    await writeImages(pets, 2);
    cpSync(pets, path.join(folder, 'copy'), { recursive: true });
    await addDataset(library, { operands: [pets] }, handlers);
    const outcome = await addDataset(library, { operands: [path.join(folder, 'copy')] }, handlers);
    expect(outcome).toMatchObject({ state: 'alreadyThere', dataset: { name: 'pets' } });
    expect(readdirSync(library.paths.datasets)).toHaveLength(1);
    const smaller = await addDataset(library, { operands: [pets], name: 'small', imageSize: 8 }, handlers);
    expect(smaller.state).toBe('added');
  });

  it('refuses a name that something else has, before it reads an image', async () => {
    const { library, folder, handlers } = smallLibrary();
    await writeImages(path.join(folder, 'pets'), 1);
    await writeImages(path.join(folder, 'others'), 2);
    await addDataset(library, { operands: [path.join(folder, 'pets')] }, handlers);
    const request = { operands: [path.join(folder, 'others')], name: 'pets' };
    const unused = (): never => {
      throw new Error('It was imported.');
    };
    await expect(addDataset(library, request, handlers, { runImport: unused })).rejects.toThrow(
      'There is already a dataset named "pets"',
    );
  });

  it.each([
    ['what does not exist', ['nowhere-at-all'], {}, 'There is no dataset or folder called nowhere-at-all'],
    ['nothing', [], {}, 'Nothing was named to add'],
    ['--from with a folder', ['.'], { from: '.' }, '--from goes with a dataset’s name'],
    ['a name without letters', ['cifar10'], { name: '  ' }, '"" cannot name a dataset'],
    ['a copy that does not exist', ['cifar10'], { from: 'nowhere' }, 'There is no dataset or folder called nowhere'],
  ])('refuses %s', async (_, operands, more, message) => {
    const { library, handlers } = smallLibrary();
    await expect(addDataset(library, { operands, ...more }, handlers)).rejects.toThrow(message);
  });

  it('refuses a file that is no dataset', async () => {
    const { library, folder, handlers } = smallLibrary();
    const file = path.join(folder, 'a.jpg');
    writeFileSync(file, '');
    await expect(addDataset(library, { operands: [file] }, handlers)).rejects.toThrow(
      'is not a file that can be added',
    );
  });

  it('passes on why an import failed, and leaves nothing', async () => {
    const { library, folder, handlers } = smallLibrary();
    mkdirSync(path.join(folder, 'empty'));
    await expect(addDataset(library, { operands: [path.join(folder, 'empty')] }, handlers)).rejects.toThrow(
      'No readable image is in',
    );
    expect(library.datasets.list()).toEqual([]);
    expect(readdirSync(library.paths.datasets)).toEqual([]);
  });
});

describe('an import that is ended', () => {
  it('adds nothing and leaves nothing when it is stopped', async () => {
    const { library, folder, handlers } = smallLibrary();
    writeBinary(path.join(folder, 'binary'), smallCifar(1000));
    const controller = new AbortController();
    const outcome = await addDataset(
      library,
      { operands: ['cifar10'], from: path.join(folder, 'binary') },
      {
        ...handlers,
        progress: () => {
          controller.abort();
        },
        signal: controller.signal,
      },
    );
    expect(outcome).toEqual({ state: 'stopped' });
    expect(library.datasets.list()).toEqual([]);
    expect(readdirSync(library.paths.datasets)).toEqual([]);
  });

  it('leaves nothing when its process is killed', async () => {
    const { library, folder, handlers } = smallLibrary();
    writeBinary(path.join(folder, 'binary'), smallCifar(1000));
    const partials = (): string[] => readdirSync(library.paths.datasets).filter((name) => name.includes('.partial-'));
    let seen: string[] = [];
    const started = addDataset(
      library,
      { operands: ['cifar10'], from: path.join(folder, 'binary') },
      {
        ...handlers,
        progress: () => {
          seen = partials();
          process.kill(Number(seen[0]?.split('-').at(-1)), 'SIGKILL');
        },
      },
    );
    await expect(started).rejects.toThrow('was killed');
    expect(seen).toHaveLength(1);
    expect(readdirSync(library.paths.datasets)).toEqual([]);
    expect(library.datasets.list()).toEqual([]);
  });

  it('says so when no process can be started', async () => {
    const { library, folder, handlers } = smallLibrary();
    await writeImages(path.join(folder, 'pets'), 1);
    const runImport = importInProcess({ ...ownCompute, entry: path.join(folder, 'missing.ts') });
    const started = addDataset(library, { operands: [path.join(folder, 'pets')] }, handlers, { runImport });
    await expect(started).rejects.toThrow('ended unexpectedly');
    expect(existsSync(path.join(library.paths.datasets))).toBe(true);
  });
});
