/** @file Images as evaluation sees them, batch by batch, in the order asked for. */
import type { Normalization } from '../augment/normalize.ts';
import { makeRing } from './batch-ring.ts';
import { drawRows, type BatchTask } from './batch-work.ts';
import { DrawThreads, threadCount } from './draw-threads.ts';
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

/** Draws evaluation views in the calling thread. Best for small images. */
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

/**
 * The same batches, drawn ahead on threads. Leaving the loop early ends the threads.
 * @param workers - 0: chosen for this machine.
 * @throws UserError where images can't be read.
 */
export async function* threadedEvaluationBatches(
  datasetFolder: string,
  indices: Uint32Array,
  size: number,
  batch: number,
  normalization: Normalization | undefined,
  workers = 0,
): AsyncGenerator<EvaluationBatch, void, undefined> {
  if (indices.length === 0) return;
  const task: BatchTask = { kind: 'evaluation', size, normalization };
  let toDraw = 0;
  const threads = new DrawThreads(
    makeRing(task, Math.min(batch, indices.length), 3),
    threadCount(workers),
    datasetFolder,
    () => {
      if (toDraw >= indices.length) return undefined;
      const images = indices.subarray(toDraw, toDraw + batch);
      toDraw += images.length;
      return { images, epoch: 0 };
    },
  );
  try {
    for (let first = 0; first < indices.length; first += batch) {
      const taken = await threads.take();
      if (taken === undefined) return;
      const images = indices.subarray(first, first + batch);
      yield { views: taken.slot.views.subarray(0, images.length * size * size * 3), images, first };
      threads.release(taken.job);
    }
  } finally {
    await threads.close();
  }
}
