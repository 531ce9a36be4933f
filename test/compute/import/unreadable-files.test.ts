/** @file Damaged and hostile files are skipped, each with its reason. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { newFolder, plain } from './image-folder.ts';
import { runImport } from './run-import.ts';

/** A PNG that promises so many pixels and holds none. */
function bomb(width: number, height: number): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', head),
    chunk('IDAT', Buffer.alloc(64)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

describe('files that cannot be read', () => {
  it('skips and lists each with its reason, and packs the others', async () => {
    const folder = newFolder();
    const noise = Buffer.from(Array.from({ length: 64 * 48 * 3 }, (_, at) => (at * at * 31) % 251));
    const whole = await sharp(noise, { raw: { width: 64, height: 48, channels: 3 } })
      .jpeg()
      .toBuffer();
    folder.put('good.jpg', await plain().jpeg().toBuffer());
    folder.put('cut.jpg', whole.subarray(0, Math.floor(whole.length * 0.7)));
    folder.put('empty.png', '');
    folder.put('text.jpg', 'This is not an image at all.');
    folder.put(
      'drawing.png',
      '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>',
    );
    folder.put('bomb.png', bomb(100_000, 60_000));
    folder.put('broken.png', bomb(16, 16));
    folder.put('photo.heic', 'whatever');
    folder.put('notes.txt', 'not an image by its name');
    folder.put('.hidden.jpg', whole);
    folder.put('.cache/inner.jpg', whole);
    const { dataset, logs } = await folder.importIt();
    expect(dataset.splits.train?.count).toBe(1);
    const reasons = new Map(dataset.skipped.map(({ path: file, reason }) => [file, reason]));
    expect([...reasons.keys()]).toEqual([
      'bomb.png',
      'broken.png',
      'cut.jpg',
      'drawing.png',
      'empty.png',
      'photo.heic',
      'text.jpg',
    ]);
    expect(reasons.get('bomb.png')).toBe('100000 x 60000 pixels are more than the 134 million that are read');
    expect(reasons.get('empty.png')).toBe('empty file');
    expect(reasons.get('text.jpg')).toBe('not an image of a kind that is read');
    expect(reasons.get('drawing.png')).toBe('not an image of a kind that is read');
    expect(reasons.get('cut.jpg')).toMatch(/^damaged: /);
    expect(reasons.get('broken.png')).toMatch(/^damaged: /);
    expect(reasons.get('photo.heic')).toContain('not read');
    expect(logs).toContain('1 files that are no images were passed over.');
  });

  it('refuses an image over the pixel limit by its header', async () => {
    const folder = newFolder();
    folder.put('bomb.png', bomb(60_000, 60_000));
    await expect(folder.importIt()).rejects.toThrow('60000 x 60000 pixels are more than the 134 million that are read');
  });

  it('refuses a side that an index record cannot hold', async () => {
    const folder = newFolder();
    folder.put('strip.png', bomb(70_000, 2));
    await expect(folder.importIt()).rejects.toThrow('70000 x 2 pixels: a side of more than 65535');
  });

  it('fails where no image can be read, naming the first reason, and leaves nothing', async () => {
    const folder = newFolder();
    folder.put('b.jpg', 'text');
    folder.put('a.jpg', '');
    await expect(folder.importIt()).rejects.toThrow(
      /No readable image is in .*\/images\. The first file, a\.jpg: empty file\./,
    );
    expect(readdirSync(path.join(folder.library, 'datasets'))).toEqual([]);
  });

  it('fails on an empty folder, and on a file', async () => {
    const folder = newFolder();
    await expect(folder.importIt()).rejects.toThrow('No readable image is in');
    folder.put('a.jpg', await plain().jpeg().toBuffer());
    const file = path.join(folder.root, 'a.jpg');
    await expect(runImport(folder.library, { format: 'folder', folder: file })).rejects.toThrow('is not a folder');
  });
});
