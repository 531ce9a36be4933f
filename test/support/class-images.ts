/** @file A small labelled dataset of images that differ by class in colour and stripes: enough to be learned. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { datasetFiles, indexRecordBytes, writeIndexRecord, type Dataset } from '#shared/dataset.ts';
import { Random } from '#shared/random.ts';

/** What to make. */
export interface ClassImages {
  train: number;
  test: number;
  side: number;
  classes: number;
  /** Draws the pixels of an image; the default tells classes apart. */
  draw?: (label: number, random: Random, side: number) => Uint8Array;
}

/** Writes the packed files and their record into a new folder of the system's temporary one. */
export function makeClassImages({ train, test, side, classes, draw = stripes }: ClassImages): {
  folder: string;
  dataset: Dataset;
} {
  const folder = path.join(mkdtempSync(path.join(tmpdir(), 'simclr-images-')), 'dataset');
  mkdirSync(folder);
  const count = train + test;
  const length = side * side * 3;
  const images = new Uint8Array(count * length);
  const index = new DataView(new ArrayBuffer(count * indexRecordBytes));
  for (let at = 0; at < count; at++) {
    const label = at % classes;
    images.set(draw(label, new Random(1, at), side), at * length);
    writeIndexRecord(index, at, { offset: at * length, height: side, width: side, label });
  }
  const splitOf = (first: number, size: number) => {
    const perClass = Array.from({ length: classes }, (_, label) => {
      return Array.from({ length: size }, (_, at) => (first + at) % classes).filter((each) => each === label).length;
    });
    return { first, count: size, labelled: size, perClass };
  };
  const dataset: Dataset = {
    id: 'class-images',
    name: 'class-images',
    splits: { train: splitOf(0, train), test: splitOf(train, test) },
    classes: Array.from({ length: classes }, (_, label) => `class ${label}`),
    imageSize: side,
    mean: [0.5, 0.5, 0.5],
    std: [0.25, 0.25, 0.25],
    bytes: images.length + index.byteLength,
    sha256: '',
    skipped: [],
    duplicates: 0,
    source: 'made by a test',
    licence: 'none',
    createdAt: '2026-01-01T00:00:00.000Z',
  };
  writeFileSync(path.join(folder, datasetFiles.images), images);
  writeFileSync(path.join(folder, datasetFiles.index), new Uint8Array(index.buffer));
  writeFileSync(path.join(folder, datasetFiles.manifest), JSON.stringify(dataset));
  return { folder, dataset };
}

/** Stripes whose direction, width and tint depend on the class, with noise and a random phase. */
function stripes(label: number, random: Random, side: number): Uint8Array {
  const pixels = new Uint8Array(side * side * 3);
  const phase = random.uniform(0, side);
  const period = 3 + label;
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const along = label % 2 === 0 ? x : y;
      const bright = Math.sin((2 * Math.PI * (along + phase)) / period) > 0 ? 200 : 60;
      for (let channel = 0; channel < 3; channel++) {
        const tint = channel === label % 3 ? 40 : 0;
        pixels[(y * side + x) * 3 + channel] = bright + tint + random.uniform(-15, 15);
      }
    }
  }
  return pixels;
}
