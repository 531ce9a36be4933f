/** @file What is drawn for a batch: the one place that says which rows hold which view, for threads and tests alike. */
import { drawEvaluationView } from '../augment/evaluation-view.ts';
import { normalize, type Normalization } from '../augment/normalize.ts';
import { drawView } from '../augment/draw-view.ts';
import type { Configuration } from '#shared/configuration/schema.ts';
import { Random, Stream } from '#shared/random.ts';
import type { ImageReader } from './image-reader.ts';

/** How images become rows of a batch. Plain data, so that it reaches threads unchanged. */
export type BatchTask = {
  /** Side of the square views, in pixels. */
  readonly size: number;
  readonly normalization: Normalization | undefined;
} & (
  | {
      /** Two augmented views of each of N images: image i's are rows i and i + N. */
      readonly kind: 'pairs';
      readonly seed: number;
      readonly augmentation: Configuration['augmentation'];
    }
  | {
      /** The evaluation view of each image. */
      readonly kind: 'evaluation';
    }
);

/** Rows that each image takes. */
export function rowsPerImage(task: BatchTask): 1 | 2 {
  return task.kind === 'pairs' ? 2 : 1;
}

/**
 * Draws the views of images `from` to `to` (exclusive) of a batch.
 * @param images - the batch's images, as indices into the reader.
 * @param out - the whole batch, [rows, size, size, 3].
 */
export function drawRows(
  task: BatchTask,
  reader: ImageReader,
  images: Uint32Array,
  epoch: number,
  from: number,
  to: number,
  out: Float32Array,
): void {
  const { size, normalization } = task;
  const length = size * size * 3;
  for (let at = from; at < to; at++) {
    const index = images[at] as number; // from and to lie within the batch
    const image = reader.readImage(index);
    for (let view = 0; view < rowsPerImage(task); view++) {
      const offset = (view * images.length + at) * length;
      if (task.kind === 'pairs') {
        const random = new Random(task.seed, Stream.view, epoch, index, view);
        drawView(image, size, task.augmentation, random, out, offset);
      } else {
        drawEvaluationView(image, size, out, offset);
      }
      if (normalization !== undefined) normalize(out, offset, length, normalization);
    }
  }
}
