/** @file The preview job: pairs of views, drawn by the code that trains, as pictures. Needs no backend. */
import type { JobResult, Picture, PreviewSpec } from '#shared/compute-protocol.ts';
import { Random, Stream } from '#shared/random.ts';
import { drawRows } from '../data/batch-work.ts';
import { openImages } from '../data/image-reader.ts';
import { selectImages } from '../data/select-images.ts';

/** Draws pairs of views of random training images, without normalisation. */
export function runPreview({ datasetFolder, dataset, configuration, images: count }: PreviewSpec): Promise<JobResult> {
  const reader = openImages(datasetFolder);
  try {
    const { seed, augmentation } = configuration;
    const size = dataset.imageSize;
    const random = new Random(seed, Stream.monitor);
    const images = random.shuffle(selectImages(dataset, reader, configuration).train).subarray(0, count);
    const length = size * size * 3;
    const originals = new Float32Array(images.length * length);
    drawRows({ kind: 'evaluation', size, normalization: undefined }, reader, images, 0, 0, images.length, originals);
    const views = new Float32Array(2 * images.length * length);
    const task = { kind: 'pairs', size, normalization: undefined, seed, augmentation } as const;
    drawRows(task, reader, images, 0, 0, images.length, views);
    const pairs = Array.from(images, (_, at) => ({
      original: picture(originals, at, size),
      first: picture(views, at, size),
      second: picture(views, images.length + at, size),
    }));
    return Promise.resolve({ kind: 'preview', pairs });
  } finally {
    reader.close();
  }
}

function picture(rows: Float32Array, row: number, size: number): Picture {
  const length = size * size * 3;
  const rgb = Uint8Array.from(rows.subarray(row * length, (row + 1) * length), (value) => Math.round(value * 255));
  return { width: size, height: size, rgb: Buffer.from(rgb).toString('base64') };
}
