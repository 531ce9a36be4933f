/** @file The stream of training batches: pairs of augmented views, drawn ahead on threads, the same for any number of them. */
import type { Configuration } from '#shared/configuration/schema.ts';
import type { Dataset } from '#shared/dataset.ts';
import type { Normalization } from '../augment/normalize.ts';
import { makeRing, ringBytes } from './batch-ring.ts';
import type { BatchTask } from './batch-work.ts';
import { DrawThreads, threadCount, type DrawJob } from './draw-threads.ts';
import { epochOrder, stepsPerEpoch } from './epoch-order.ts';
import type { ImageIndex } from './image-reader.ts';

/** Slots of the ring: one in use, two being drawn. */
const depth = 3;

/** What decides the batches of a run. */
export interface ViewPipelineOptions {
  /** Holds the packed images. */
  datasetFolder: string;
  dataset: Pick<Dataset, 'imageSize' | 'mean' | 'std'>;
  configuration: Pick<Configuration, 'seed' | 'epochs' | 'batchSize' | 'augmentation' | 'normalization' | 'workers'>;
  /** The training images, as `selectImages` gives them. */
  images: Uint32Array;
  /** Of the reader, where the batches should carry their classes. */
  labels?: ImageIndex['labels'];
  /** First batch to give; default the very first. `step` counts within the epoch; both from 0. */
  start?: { epoch: number; step: number };
}

/** One batch: N images, 2N views. */
export interface ViewBatch {
  /**
   * [2N, size, size, 3] in [0, 1], or normalised; rows i and i + N are views of image i. Lies on shared memory and is
   * overwritten after `release`: keep it until the device has its own copy.
   */
  readonly views: Float32Array<SharedArrayBuffer>;
  /** The N images, as indices into the packed files. */
  readonly images: Uint32Array;
  /** Class of each image, or -1; absent unless labels were given. */
  readonly labels?: Int32Array;
  /** Both from 0; `step` counts within the epoch. */
  readonly epoch: number;
  readonly step: number;
  /** How long the caller waited for this batch, in milliseconds. */
  readonly waitMs: number;
  /** Gives the memory back. Needed soon: three batches make the ring. */
  release(): void;
}

/** How views are normalised under a configuration. */
export function normalizationOf(
  normalization: Configuration['normalization'],
  dataset: Pick<Dataset, 'mean' | 'std'>,
): Normalization | undefined {
  return normalization === 'dataset' ? { mean: dataset.mean, std: dataset.std } : undefined;
}

/** Bytes of shared memory that a pipeline will take: part of a run's memory estimate. */
export function viewPipelineBytes(options: Pick<ViewPipelineOptions, 'dataset' | 'configuration'>): number {
  return ringBytes(taskOf(options), options.configuration.batchSize, depth);
}

/** Draws the batches of a run, in order, from any step on. */
export class ViewPipeline {
  readonly stepsPerEpoch: number;
  /** Threads that draw. */
  readonly workers: number;
  readonly #options: ViewPipelineOptions;
  readonly #threads: DrawThreads;
  #order: { epoch: number; images: Uint32Array } | undefined;
  /** Steps since the run's first, of the next batch to publish and to give. */
  #toDraw: number;
  #toGive: number;

  /** @throws UserError where no batch fits into the images, or the ring not into memory. */
  constructor(options: ViewPipelineOptions) {
    const { configuration, images, start } = options;
    this.#options = options;
    this.stepsPerEpoch = stepsPerEpoch(images.length, configuration.batchSize);
    this.workers = threadCount(configuration.workers);
    this.#toDraw = start === undefined ? 0 : start.epoch * this.stepsPerEpoch + start.step;
    this.#toGive = this.#toDraw;
    const ring = makeRing(taskOf(options), configuration.batchSize, depth);
    this.#threads = new DrawThreads(ring, this.workers, options.datasetFolder, () => this.#nextJob());
  }

  /**
   * The next batch; in a healthy run it is there already.
   * @throws UserError where images can't be read; Error after the last epoch or once closed.
   */
  async next(): Promise<ViewBatch> {
    const asked = performance.now();
    const taken = await this.#threads.take();
    if (taken === undefined) throw new Error('The run has no more batches.');
    const { slot, job } = taken;
    const { labels } = this.#options;
    const images = slot.images.slice();
    const at = this.#toGive++;
    return {
      views: slot.views,
      images,
      ...(labels === undefined ? {} : { labels: Int32Array.from(images, (image) => labels[image] ?? -1) }),
      epoch: Math.floor(at / this.stepsPerEpoch),
      step: at % this.stepsPerEpoch,
      waitMs: performance.now() - asked,
      release: () => {
        this.#threads.release(job);
      },
    };
  }

  /** Ends the threads. A pending `next` is rejected. */
  close(): Promise<void> {
    return this.#threads.close();
  }

  #nextJob(): DrawJob | undefined {
    const { configuration, images } = this.#options;
    const epoch = Math.floor(this.#toDraw / this.stepsPerEpoch);
    if (epoch >= configuration.epochs) return undefined;
    if (this.#order?.epoch !== epoch) this.#order = { epoch, images: epochOrder(configuration.seed, epoch, images) };
    const from = (this.#toDraw % this.stepsPerEpoch) * configuration.batchSize;
    this.#toDraw++;
    return { epoch, images: this.#order.images.subarray(from, from + configuration.batchSize) };
  }
}

function taskOf({ dataset, configuration }: Pick<ViewPipelineOptions, 'dataset' | 'configuration'>): BatchTask {
  return {
    kind: 'pairs',
    size: dataset.imageSize,
    normalization: normalizationOf(configuration.normalization, dataset),
    seed: configuration.seed,
    augmentation: configuration.augmentation,
  };
}
