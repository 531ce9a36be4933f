/** @file Owns the ring and its threads: hands out jobs in order, waits for them, and ends without leaving anything behind. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { UserError } from '#shared/errors.ts';
import { Control, publishedForever, SlotControl, slotField, type BatchRing, type RingSlot } from './batch-ring.ts';
import type { DrawThreadData, DrawThreadMessage } from './draw-thread.ts';

/** One batch to draw. */
export interface DrawJob {
  readonly images: Uint32Array;
  readonly epoch: number;
}

/** Threads for a configuration's `workers`: itself, or for 0 all cores but the one that drives the device. */
export function threadCount(workers: number): number {
  return workers > 0 ? workers : Math.min(16, Math.max(1, availableParallelism() - 1));
}

/** Draws jobs on threads, ahead of need, as far as the ring has room. */
export class DrawThreads {
  readonly #ring: BatchRing;
  readonly #nextJob: () => DrawJob | undefined;
  readonly #threads: Worker[];
  /** The job in each slot, published or taken; -1 where the slot is free. */
  readonly #jobIn: number[];
  #published = 0;
  #taken = 0;
  #failure: Error | undefined;
  #closed: Promise<void> | undefined;
  /** Wakes the pending `take`, if there is one. */
  #wake: (() => void) | undefined;

  /**
   * @param nextJob - called in order, when a slot is free; undefined where there are no more.
   */
  constructor(ring: BatchRing, threads: number, datasetFolder: string, nextJob: () => DrawJob | undefined) {
    this.#ring = ring;
    this.#nextJob = nextJob;
    this.#jobIn = ring.slots.map(() => -1);
    const workerData: DrawThreadData = { ring, datasetFolder };
    this.#threads = Array.from({ length: threads }, () => this.#start(workerData));
    this.#publish();
  }

  /**
   * Waits for the next job, in order.
   * @returns the slot it lies in, and its number for `release`; undefined after the last job.
   * @throws UserError where a thread could not read or draw; Error once closed, or while all slots are held.
   */
  async take(): Promise<{ slot: RingSlot; job: number } | undefined> {
    if (this.#wake !== undefined) throw new Error('One batch is already being waited for.');
    this.#throwFailure();
    const job = this.#taken;
    if (job === this.#published) {
      if (this.#jobIn[job % this.#jobIn.length] === -1) return undefined;
      throw new Error('Release an earlier batch before asking for another.');
    }
    this.#taken++;
    while (!this.#isDrawn(job)) await this.#someNews();
    const slot = this.#ring.slots[job % this.#ring.slots.length];
    if (slot === undefined) throw new Error(`Job ${job} has no slot.`);
    return { slot, job };
  }

  /** Gives a job's slot back, to be drawn into again; more than once does no harm. */
  release(job: number): void {
    const at = job % this.#jobIn.length;
    if (this.#jobIn[at] !== job) return; // given back already
    this.#jobIn[at] = -1;
    if (this.#closed === undefined && this.#failure === undefined) this.#publish();
  }

  /** Ends the threads; a pending `take` is rejected. Safe to call twice. */
  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  async #end(): Promise<void> {
    this.#failure ??= new Error('The batches are closed.');
    const { control } = this.#ring;
    Atomics.store(control, Control.closing, 1);
    Atomics.store(control, Control.published, publishedForever);
    Atomics.notify(control, Control.published);
    this.#wake?.();
    await Promise.all(this.#threads.map((thread) => thread.terminate()));
  }

  /** Publishes jobs into free slots. */
  #publish(): void {
    const { control, slots } = this.#ring;
    for (;;) {
      const at = this.#published % slots.length;
      const slot = slots[at];
      if (slot === undefined || this.#jobIn[at] !== -1) return;
      const job = this.#nextJob();
      if (job === undefined) return;
      this.#jobIn[at] = this.#published;
      slot.images.set(job.images);
      Atomics.store(control, slotField(at, SlotControl.imagesInJob), job.images.length);
      Atomics.store(control, slotField(at, SlotControl.epoch), job.epoch);
      Atomics.store(control, slotField(at, SlotControl.chunksDone), 0);
      this.#published++;
      Atomics.store(control, Control.published, this.#published);
      Atomics.notify(control, Control.published);
    }
  }

  #isDrawn(job: number): boolean {
    this.#throwFailure();
    if (job >= this.#published) return false;
    const done = Atomics.load(this.#ring.control, slotField(job % this.#ring.slots.length, SlotControl.chunksDone));
    return done === this.#ring.chunksPerJob;
  }

  /** Waits until a thread reports, keeping the process alive meanwhile and only then. */
  async #someNews(): Promise<void> {
    for (const thread of this.#threads) thread.ref();
    await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#wake = undefined;
    for (const thread of this.#threads) thread.unref();
  }

  #start(workerData: DrawThreadData): Worker {
    const thread = new Worker(new URL('./draw-thread.ts', import.meta.url), { workerData });
    thread.on('message', (message: DrawThreadMessage) => {
      if (message.type === 'failed') this.#fail(new UserError(message.message, message.hint, message.kind));
      else this.#wake?.();
    });
    thread.on('error', (error) => {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    });
    thread.on('exit', (code) => {
      this.#fail(new Error(`A thread that draws views ended by itself (code ${code}).`));
    });
    thread.unref();
    return thread;
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#wake?.();
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }
}
