/** @file Turns images into h with a frozen encoder. */
import type { Configuration } from '#shared/configuration/schema.ts';
import type { Dataset } from '#shared/dataset.ts';
import { evaluationBatches } from '../data/evaluation-batches.ts';
import type { ImageReader } from '../data/image-reader.ts';
import { normalizationOf } from '../data/view-pipeline.ts';
import { breathe } from '../evaluate/breathing.ts';
import type { Network } from '../model/network.ts';

/** Images encoded at a time. */
const batch = 256;

/** h of images in evaluation view and mode, row by row, yielding between batches. */
export async function encodeImages(
  network: Network,
  reader: ImageReader,
  images: Uint32Array,
  dataset: Pick<Dataset, 'imageSize' | 'mean' | 'std'>,
  { normalization }: Pick<Configuration, 'normalization'>,
  { signal, onProgress }: { signal: AbortSignal; onProgress?: (done: number) => void },
): Promise<Float32Array> {
  const side = dataset.imageSize;
  const width = network.encoder.outputWidth;
  const features = new Float32Array(images.length * width);
  for (const { views, images: part, first } of evaluationBatches(
    reader,
    images,
    side,
    batch,
    normalizationOf(normalization, dataset),
  )) {
    await breathe(signal);
    features.set(await network.embed(views, [part.length, side, side, 3]), first * width);
    onProgress?.(first + part.length);
  }
  return features;
}
