/** @file Watches the encoder at epoch ends: label-free metrics always, kNN where there are labels. */
import type { Configuration } from '#shared/configuration/schema.ts';
import type { Dataset } from '#shared/dataset.ts';
import type { MetricName } from '#shared/metrics.ts';
import { Random, Stream } from '#shared/random.ts';
import { drawRows } from '../data/batch-work.ts';
import type { ImageReader } from '../data/image-reader.ts';
import type { Selection } from '../data/select-images.ts';
import { normalizationOf } from '../data/view-pipeline.ts';
import { breathe } from '../evaluate/breathing.ts';
import { predictByNeighbours } from '../evaluate/knn.ts';
import type { Network } from '../model/network.ts';
import { measureLabelFree } from '../monitor/label-free-metrics.ts';
import { encodeImages } from './encode-images.ts';

/** Images whose two views are compared without labels. */
const labelFreeImages = 1000;
/** Most training images that vote in the monitor's kNN: enough to rank epochs, cheap enough for each of them. */
const bankImages = 10_000;
/** Images encoded at a time. */
const batch = 256;

/** What the monitor looks at. */
export interface MonitorInput {
  network: Network;
  configuration: Configuration;
  dataset: Dataset;
  reader: ImageReader;
  selection: Selection;
}

/** Measures an encoder in evaluation mode. The same images, and the same views of them, at every epoch. */
export class EpochMonitor {
  readonly #input: MonitorInput;
  readonly #bank: Uint32Array;
  readonly #queries: Uint32Array;
  readonly #pairs: Uint32Array;

  constructor(input: MonitorInput) {
    this.#input = input;
    const { selection, reader, configuration } = input;
    const random = new Random(configuration.seed, Stream.monitor);
    const labelled = (images: Uint32Array) => images.filter((image) => (reader.labels[image] ?? -1) >= 0);
    const pick = (images: Uint32Array, most: number) => random.shuffle(images.slice()).subarray(0, most).sort();
    this.#bank = pick(labelled(selection.train), bankImages);
    this.#queries = labelled(selection.validation);
    this.#pairs = pick(selection.validation.length > 1 ? selection.validation : selection.train, labelFreeImages);
  }

  /** Metrics at the end of an epoch (from 1). @throws the signal's reason where it is aborted. */
  async measure(epoch: number, signal: AbortSignal): Promise<Partial<Record<MetricName, number>>> {
    const { knnEveryEpochs } = this.#input.configuration.monitor;
    const knnIsDue = knnEveryEpochs > 0 && epoch % knnEveryEpochs === 0;
    const possible = this.#bank.length > 0 && this.#queries.length > 0;
    return {
      ...(await this.#labelFree(signal)),
      ...(knnIsDue && possible ? { knnTop1: await this.#knn(signal) } : {}),
    };
  }

  async #labelFree(signal: AbortSignal): Promise<Partial<Record<MetricName, number>>> {
    const { network, configuration, dataset, reader } = this.#input;
    const width = network.encoder.outputWidth;
    const side = dataset.imageSize;
    const count = this.#pairs.length;
    const first = new Float32Array(count * width);
    const second = new Float32Array(count * width);
    const normalization = normalizationOf(configuration.normalization, dataset);
    const { seed, augmentation } = configuration;
    for (let from = 0; from < count; from += batch) {
      await breathe(signal);
      const images = this.#pairs.subarray(from, from + batch);
      const views = new Float32Array(2 * images.length * side * side * 3);
      // Epoch -1: views that training never draws.
      drawRows(
        { kind: 'pairs', size: side, normalization, seed, augmentation },
        reader,
        images,
        -1,
        0,
        images.length,
        views,
      );
      const h = await network.embed(views, [2 * images.length, side, side, 3]);
      first.set(h.subarray(0, images.length * width), from * width);
      second.set(h.subarray(images.length * width), from * width);
    }
    const { alignment, uniformity, effectiveRank } = measureLabelFree(first, second, width);
    return { alignment, uniformity, effectiveRank };
  }

  async #knn(signal: AbortSignal): Promise<number> {
    const { reader, dataset, configuration, network } = this.#input;
    const labelsOf = (images: Uint32Array) => Int32Array.from(images, (image) => reader.labels[image] ?? -1);
    const bank = await this.#encode(this.#bank, signal);
    const truth = labelsOf(this.#queries);
    const predicted = await predictByNeighbours({
      known: [{ features: bank, width: network.encoder.outputWidth, labels: labelsOf(this.#bank) }],
      queries: await this.#encode(this.#queries, signal),
      classes: dataset.classes.length,
      settings: { k: configuration.monitor.knnK, temperature: configuration.monitor.knnTemperature },
      signal,
    });
    return predicted.reduce((right, label, at) => right + (label === truth[at] ? 1 : 0), 0) / truth.length;
  }

  #encode(images: Uint32Array, signal: AbortSignal): Promise<Float32Array> {
    const { network, reader, dataset, configuration } = this.#input;
    return encodeImages(network, reader, images, dataset, configuration, { signal });
  }
}
