/** @file The reader gives back what was packed and refuses what was damaged. */
import { appendFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openImages } from '#compute/data/image-reader.ts';
import { indexRecordBytes, writeIndexRecord } from '#shared/dataset.ts';
import { packImages, removeFolder, unevenImages } from './packed-images.ts';

const images = unevenImages(40);
let folder: string;
beforeEach(() => {
  folder = packImages(images);
});
afterEach(() => {
  removeFolder(folder);
});
const file = (name: string) => path.join(folder, name);

describe('openImages', () => {
  it('reads every image, in any order, through one reused buffer', () => {
    const packed = readFileSync(file('images.bin'));
    const reader = openImages(folder);
    expect(reader.count).toBe(40);
    for (const at of [39, 0, 17, 3, 17]) {
      const image = reader.readImage(at);
      const offset = reader.offsets[at] ?? NaN;
      const length = image.height * image.width * 3;
      expect({ height: image.height, width: image.width, label: reader.labels[at] }).toEqual(images[at]);
      expect(Buffer.from(image.pixels.subarray(0, length)).equals(packed.subarray(offset, offset + length))).toBe(true);
    }
    expect(reader.readImage(1)).toBe(reader.readImage(2));
    reader.close();
  });

  it('finds images beyond 4 GiB', () => {
    const far = 2 ** 32 + 12_345;
    const index = new DataView(new ArrayBuffer(indexRecordBytes));
    writeIndexRecord(index, 0, { offset: far, height: 1, width: 2, label: -1 });
    writeFileSync(file('index.bin'), new Uint8Array(index.buffer));
    truncateSync(file('images.bin'), far); // a hole, which takes no space
    appendFileSync(file('images.bin'), Uint8Array.of(1, 2, 3, 4, 5, 6));
    const reader = openImages(folder);
    expect([...reader.readImage(0).pixels.subarray(0, 6)]).toEqual([1, 2, 3, 4, 5, 6]);
    reader.close();
  });

  it('refuses an index outside the dataset, and reading once closed', () => {
    const reader = openImages(folder);
    expect(() => reader.readImage(40)).toThrow(/no image 40/);
    expect(() => reader.readImage(-1)).toThrow(/no image -1/);
    reader.close();
    reader.close();
    expect(() => reader.readImage(0)).toThrow(/closed/);
  });

  it.each(['images.bin', 'index.bin'])('refuses a folder without %s, naming it', (name) => {
    rmSync(file(name));
    expect(() => openImages(folder)).toThrow(
      expect.objectContaining({ name: 'UserError', message: expect.stringContaining(`${name} is missing`) as string }),
    );
  });

  it('refuses truncated images', () => {
    truncateSync(file('images.bin'), readFileSync(file('images.bin')).length - 1);
    expect(() => openImages(folder)).toThrow(/images\.bin has \d+ bytes, but its index needs \d+/);
  });

  it('refuses a truncated or empty index', () => {
    truncateSync(file('index.bin'), 40 * indexRecordBytes - 5);
    expect(() => openImages(folder)).toThrow(/not a whole number of records/);
    truncateSync(file('index.bin'), 0);
    expect(() => openImages(folder)).toThrow(/not a whole number of records/);
  });

  it('refuses an image without pixels', () => {
    const index = readFileSync(file('index.bin'));
    index.writeUInt16LE(0, 3 * indexRecordBytes + 8);
    writeFileSync(file('index.bin'), index);
    expect(() => openImages(folder)).toThrow(/gives image 3 no pixels/);
  });

  it('says so where the file shrinks while it is open', () => {
    const reader = openImages(folder);
    truncateSync(file('images.bin'), 10);
    expect(() => reader.readImage(39)).toThrow(/ends within image 39/);
    reader.close();
  });
});
