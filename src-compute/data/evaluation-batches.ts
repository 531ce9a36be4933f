/** @file Images as evaluation sees them, batch by batch, in the order asked for. */
import type { Normalization } from '../augment/normalize.ts';
import { drawRows, type BatchTask } from './batch-work.ts';
import type { ImageReader } from './image-reader.ts';

/** One batch of evaluation views. */
export interface EvaluationBatch {
  /** [images.length, size, size, 3]; overwritten when the next batch is asked for. */
  readonly views: Float32Array;
  /** Indices into the packed files: a part of those asked for; the last batch may be shorter. */
  readonly images: Uint32Array;
  /** Place of its first image among those asked for. */
  readonly first: number;
}

/** Draws evaluation views in the calling thread. */
export function* evaluationBatches(
  reader: ImageReader,
  indices: Uint32Array,
  size: number,
  batch: number,
  normalization: Normalization | undefined,
): Generator<EvaluationBatch, void, undefined> {
  const task: BatchTask = { kind: 'evaluation', size, normalization };
  const length = size * size * 3;
  const views = new Float32Array(Math.min(batch, indices.length) * length);
  for (let first = 0; first < indices.length; first += batch) {
    const images = indices.subarray(first, first + batch);
    drawRows(task, reader, images, 0, 0, images.length, views);
    yield { views: views.subarray(0, images.length * length), images, first };
  }
}
