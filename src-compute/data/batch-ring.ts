/** @file The shared memory between the training loop and the threads that draw its batches. */
import { UserError } from '#shared/errors.ts';
import { rowsPerImage, type BatchTask } from './batch-work.ts';

/**
 * [Note: batch ring] Job j (0, 1, 2 …) is one batch; it is drawn into slot j modulo the number of slots. The owner writes
 * the job's images and epoch into a free slot and raises `published`. Threads take tickets from one counter: ticket t is
 * chunk t modulo `chunksPerJob` of job t / `chunksPerJob`, so that whoever is free takes the next chunk, in order, without
 * a lock. A thread whose job isn't published yet sleeps on `published`. The thread that finishes a job's last chunk says
 * so by a message. Which thread draws a chunk changes nothing: every view has its own random stream.
 */
export interface BatchRing {
  readonly task: BatchTask;
  /** Most images of a job. */
  readonly batchSize: number;
  readonly chunkImages: number;
  readonly chunksPerJob: number;
  readonly control: Int32Array;
  readonly slots: readonly RingSlot[];
}

export interface RingSlot {
  /** The images of the job, first `imagesInJob` of them. */
  readonly images: Uint32Array;
  /** [rows, size, size, 3]. */
  readonly views: Float32Array<SharedArrayBuffer>;
}

/** Places in `control`; each slot has three more after them. */
export const Control = { published: 0, ticket: 1, closing: 2, perSlot: 3 } as const;
export const SlotControl = { imagesInJob: 0, epoch: 1, chunksDone: 2, length: 3 } as const;

/** Raised `published` wakes every sleeping thread, which then sees `closing`. */
export const publishedForever = 2 ** 31 - 1;

/** Place in `control` of a slot's field. */
export function slotField(slot: number, field: number): number {
  return Control.perSlot + slot * SlotControl.length + field;
}

/** Bytes that a ring takes. */
export function ringBytes(task: BatchTask, batchSize: number, depth: number): number {
  return depth * batchSize * (rowsPerImage(task) * task.size * task.size * 3 * 4 + 4);
}

/** @throws UserError of kind memory where the machine can't give that much. */
export function makeRing(task: BatchTask, batchSize: number, depth: number): BatchRing {
  // About a millisecond of work: small enough to balance, large enough that tickets cost nothing.
  const chunkImages = Math.min(16, Math.max(1, Math.round(8192 / (task.size * task.size))));
  const values = batchSize * rowsPerImage(task) * task.size * task.size * 3;
  const slot = (): RingSlot => ({
    images: new Uint32Array(new SharedArrayBuffer(batchSize * 4)),
    views: new Float32Array(new SharedArrayBuffer(values * 4)),
  });
  try {
    return {
      task,
      batchSize,
      chunkImages,
      chunksPerJob: Math.ceil(batchSize / chunkImages),
      control: new Int32Array(new SharedArrayBuffer(slotField(depth, 0) * 4)),
      slots: Array.from({ length: depth }, slot),
    };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const needed = Math.ceil(ringBytes(task, batchSize, depth) / 2 ** 20);
    throw new UserError(
      `There is no memory for ${needed} MiB of augmented images.`,
      'Choose a smaller batch size.',
      'memory',
    );
  }
}
