/** @file What is found in a folder, in which order, and what is said of it. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { newFolder, plain } from './image-folder.ts';
import { readPacked, runImport } from './run-import.ts';

describe('walking a folder', () => {
  it('does not follow links that lead out, nowhere or in circles, and lists them', async () => {
    const folder = newFolder();
    const outside = path.join(path.dirname(folder.root), 'outside');
    mkdirSync(outside);
    const image = await plain().png().toBuffer();
    writeFileSync(path.join(outside, 'secret.png'), image);
    folder.put('a/own.png', image);
    symlinkSync(path.join(outside, 'secret.png'), path.join(folder.root, 'a', 'out.png'));
    symlinkSync(outside, path.join(folder.root, 'b'));
    symlinkSync('../a', path.join(folder.root, 'a', 'circle'));
    symlinkSync('missing.png', path.join(folder.root, 'a', 'gone.png'));
    symlinkSync('own.png', path.join(folder.root, 'a', 'again.png'));
    const { dataset } = await folder.importIt();
    expect(dataset.splits.train?.count).toBe(2);
    expect(dataset.duplicates).toBe(1);
    expect(dataset.skipped).toEqual([
      { path: 'a/circle', reason: 'link to a folder that holds it' },
      { path: 'a/gone.png', reason: 'link that leads nowhere' },
      { path: 'a/out.png', reason: 'link that leads out of the folder' },
      { path: 'b', reason: 'link that leads out of the folder' },
    ]);
  });

  it('stores images in the order of their paths, each with its class, at the stored size', async () => {
    const folder = newFolder();
    const shades = [
      ['dog/z.png', 10],
      ['cat/b.png', 20],
      ['cat/a.png', 30],
      ['Ape/9.png', 40],
      ['Ape/10.png', 50],
    ] as const;
    for (const [name, shade] of shades) {
      const background = { r: shade, g: shade, b: shade };
      folder.put(
        name,
        await sharp({ create: { width: 90, height: 60, channels: 3, background } })
          .png()
          .toBuffer(),
      );
    }
    const { dataset, target } = await folder.importIt(32);
    expect(dataset.classes).toEqual(['Ape', 'cat', 'dog']);
    const packed = readPacked(target);
    expect(packed.map(({ pixels, label }) => [pixels[0], label])).toEqual([
      [50, 0],
      [40, 0],
      [30, 1],
      [20, 1],
      [10, 2],
    ]);
    expect(packed.map(({ height, width }) => [height, width])).toEqual(Array(5).fill([37, 56]));
    expect(dataset.splits.train?.perClass).toEqual([2, 2, 1]);
    expect(dataset.imageSize).toBe(32);
  });

  it('gives the same bytes each time', async () => {
    const folder = newFolder();
    for (let at = 0; at < 30; at++) {
      folder.put(
        `c${at % 3}/${at}.jpg`,
        await plain(40 + at, 50 - at)
          .jpeg()
          .toBuffer(),
      );
    }
    const hashes = [];
    for (const round of [1, 2]) {
      const library = path.join(folder.library, String(round));
      hashes.push((await runImport(library, { format: 'folder', folder: folder.root })).dataset.sha256);
    }
    expect(hashes[0]).toBe(hashes[1]);
  });

  it('counts exact duplicates, and those across splits', async () => {
    const folder = newFolder();
    const image = await plain().png().toBuffer();
    const same = await plain().tiff({ compression: 'lzw' }).toBuffer();
    folder.put('train/a/1.png', image);
    folder.put('train/a/2.tiff', same);
    folder.put('train/b/3.png', await plain(16, 24).png().toBuffer());
    folder.put('test/a/1.png', image);
    const { dataset } = await folder.importIt();
    expect([dataset.duplicates, dataset.duplicatesAcrossSplits]).toEqual([2, 1]);
  });

  it('says what it needs before it starts, and counts its progress up to the end', async () => {
    const folder = newFolder();
    for (let at = 0; at < 5; at++)
      folder.put(
        `${at}.png`,
        await plain(24 + at)
          .png()
          .toBuffer(),
      );
    folder.put('bad.png', 'x');
    const { logs, progress, dataset, target } = await folder.importIt();
    expect(logs.join('\n')).toMatch(/^5 images for training at 16 px need 6\.\d kB in .* free\)\.$/m);
    expect(progress.at(-1)).toMatchObject({ phase: 'Packing images', done: 5, total: 5, secondsLeft: 0 });
    const bytes = ['images.bin', 'index.bin'].map((name) => readFileSync(path.join(target, name)).length);
    expect(dataset.bytes).toBe((bytes[0] ?? 0) + (bytes[1] ?? 0));
  });
});
