/** @file Entry of a thread that draws views into the ring until told to stop; see [Note: batch ring]. */
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf, UserError, type FailureKind } from '#shared/errors.ts';
import { Control, SlotControl, slotField, type BatchRing } from './batch-ring.ts';
import { drawRows } from './batch-work.ts';
import { openImages } from './image-reader.ts';

/** What a thread is started with. */
export interface DrawThreadData {
  readonly ring: BatchRing;
  readonly datasetFolder: string;
}

/** From a thread to the ring's owner. */
export type DrawThreadMessage =
  | { readonly type: 'drawn'; readonly job: number }
  | { readonly type: 'failed'; readonly kind: FailureKind; readonly message: string; readonly hint: string };

const { ring, datasetFolder } = workerData as DrawThreadData;

function tell(message: DrawThreadMessage): void {
  parentPort?.postMessage(message);
}

/** Sleeps until a job is published. @returns false where the ring closes. */
function awaitJob(job: number): boolean {
  const { control } = ring;
  for (;;) {
    const published = Atomics.load(control, Control.published);
    if (Atomics.load(control, Control.closing) !== 0) return false;
    if (published > job) return true;
    Atomics.wait(control, Control.published, published);
  }
}

function drawUntilClosed(): void {
  const reader = openImages(datasetFolder);
  try {
    for (;;) {
      const ticket = Atomics.add(ring.control, Control.ticket, 1) >>> 0;
      const job = Math.floor(ticket / ring.chunksPerJob);
      if (!awaitJob(job)) return;
      const at = job % ring.slots.length;
      const slot = ring.slots[at];
      if (slot === undefined) throw new Error(`The ring has no slot ${at}.`);
      const count = Atomics.load(ring.control, slotField(at, SlotControl.imagesInJob));
      const epoch = Atomics.load(ring.control, slotField(at, SlotControl.epoch));
      const from = Math.min(count, (ticket % ring.chunksPerJob) * ring.chunkImages);
      const to = Math.min(count, from + ring.chunkImages);
      drawRows(ring.task, reader, slot.images.subarray(0, count), epoch, from, to, slot.views);
      const done = Atomics.add(ring.control, slotField(at, SlotControl.chunksDone), 1) + 1;
      if (done === ring.chunksPerJob) tell({ type: 'drawn', job });
    }
  } finally {
    reader.close();
  }
}

try {
  drawUntilClosed();
} catch (error) {
  const known = error instanceof UserError;
  tell({
    type: 'failed',
    kind: known ? error.kind : 'internal',
    message: messageOf(error),
    hint: known ? error.hint : '',
  });
}
