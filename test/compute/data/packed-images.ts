/** @file Packs small datasets for tests, as an import would. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { datasetFiles, indexRecordBytes, writeIndexRecord } from '#shared/dataset.ts';
import { Random } from '#shared/random.ts';

export interface TestImage {
  height: number;
  width: number;
  label: number;
}

/** Writes images of random pixels into a new folder. */
export function packImages(images: readonly TestImage[]): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'packed-'));
  const random = new Random(42);
  const index = new DataView(new ArrayBuffer(images.length * indexRecordBytes));
  const parts: Uint8Array[] = [];
  let offset = 0;
  images.forEach(({ height, width, label }, at) => {
    const pixels = Uint8Array.from({ length: height * width * 3 }, () => random.integer(256));
    writeIndexRecord(index, at, { offset, height, width, label });
    parts.push(pixels);
    offset += pixels.length;
  });
  writeFileSync(path.join(folder, datasetFiles.images), Buffer.concat(parts));
  writeFileSync(path.join(folder, datasetFiles.index), new Uint8Array(index.buffer));
  return folder;
}

/** Images of many shapes, from a single pixel to very elongated ones; ten classes. */
export function unevenImages(count: number): TestImage[] {
  const random = new Random(7);
  return Array.from({ length: count }, (_, at) => ({
    height: at % 11 === 0 ? 1 : 1 + random.integer(60),
    width: at % 13 === 0 ? 1 : at % 17 === 0 ? 400 : 1 + random.integer(60),
    label: at % 10,
  }));
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
