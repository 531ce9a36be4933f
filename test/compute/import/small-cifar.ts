/** @file A cut-down CIFAR-10 in each of its versions, with the same images in each. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { Random } from '#shared/random.ts';

export interface SmallImage {
  label: number;
  /** 32 x 32 x 3. */
  pixels: Uint8Array;
}

export const batchNames = [
  'data_batch_1',
  'data_batch_2',
  'data_batch_3',
  'data_batch_4',
  'data_batch_5',
  'test_batch',
];

/** Random images: `perBatch` of each of the six batches, labels in turn. */
export function smallCifar(perBatch: number, seed = 1): SmallImage[][] {
  return batchNames.map((_, batch) =>
    Array.from({ length: perBatch }, (_unused, at) => {
      const random = new Random(seed, batch, at);
      const pixels = Uint8Array.from({ length: 3072 }, () => random.integer(256));
      return { label: (batch * perBatch + at) % 10, pixels };
    }),
  );
}

/** One record of the binary version: label, then the planes R, G, B. */
export function binaryRecord({ label, pixels }: SmallImage): Buffer {
  const record = Buffer.alloc(3073);
  record[0] = label;
  for (let at = 0; at < 1024; at++) {
    for (let channel = 0; channel < 3; channel++) record[1 + channel * 1024 + at] = pixels[at * 3 + channel] ?? 0;
  }
  return record;
}

export function writeBinary(folder: string, batches: SmallImage[][]): void {
  mkdirSync(folder, { recursive: true });
  batches.forEach((images, at) => {
    writeFileSync(path.join(folder, `${batchNames[at] ?? ''}.bin`), Buffer.concat(images.map(binaryRecord)));
  });
}

/** PNGs of 1024 pixels a row, one image a row, and the labels beside them. */
export async function writeAtlas(folder: string, batches: SmallImage[][]): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const [at, images] of batches.entries()) {
    const raw = { width: 1024, height: images.length, channels: 3 } as const;
    await sharp(Buffer.concat(images.map(({ pixels }) => pixels)), { raw })
      .png()
      .toFile(path.join(folder, `${batchNames[at] ?? ''}.png`));
  }
  const labels = batches.map((images) => images.map(({ label }) => label));
  writeFileSync(path.join(folder, 'train_lables.json'), JSON.stringify(labels.slice(0, 5).flat()));
  writeFileSync(path.join(folder, 'test_lables.json'), JSON.stringify(labels.slice(5).flat()));
}
