/** @file k nearest neighbours by cosine, weighted by exp(cosine / temperature). */
import * as tf from '@tensorflow/tfjs-core';
import type { KnnSettings } from '#shared/evaluation.ts';
import { breathe } from './breathing.ts';
import type { LabelledFeatures } from './features.ts';
import { NearestNeighbours } from './nearest-neighbours.ts';
import { timesMatrix } from './product.ts';
import { unitRows } from './unit-rows.ts';

/** Values of one block of known features on the device: 64 MB. */
const blockValues = 2 ** 24;
/** Similarities computed at a time: 16 MB. */
const similarityValues = 2 ** 22;

export interface KnnInput {
  /** What is known, in one or more parts, as if joined. Every row has a class. */
  known: readonly LabelledFeatures[];
  /** count x width, row-major. */
  queries: Float32Array;
  classes: number;
  settings: Pick<KnnSettings, 'k' | 'temperature'>;
  signal?: AbortSignal;
  /** Told the share done, from 0 to 1. */
  onProgress?: (share: number) => void;
}

/** The class of each query by its neighbours' vote; of equal votes the lower class wins. Chunking changes no result. */
export async function predictByNeighbours(input: KnnInput): Promise<Int32Array> {
  const { known, classes, signal, onProgress } = input;
  const width = known[0]?.width ?? 1;
  const labels = Int32Array.from(known.flatMap((part) => Array.from(part.labels)));
  const queryCount = input.queries.length / width;
  const k = Math.min(input.settings.k, labels.length);
  const nearest = new NearestNeighbours(queryCount, k);
  const queries = unitRows(input.queries, width);

  let partStart = 0;
  for (const part of known) {
    const step = Math.max(1, Math.floor(blockValues / width));
    for (let first = 0; first < part.labels.length; first += step) {
      const last = Math.min(first + step, part.labels.length);
      const block = unitRows(part.features.subarray(first * width, last * width), width);
      await offerBlock(nearest, queries, block, width, partStart + first, signal);
      onProgress?.((partStart + last) / labels.length);
    }
    partStart += part.labels.length;
  }
  return vote(nearest, queryCount, labels, classes, input.settings.temperature);
}

/** Compares every query with one block of known features. */
async function offerBlock(
  nearest: NearestNeighbours,
  queries: Float32Array,
  block: Float32Array,
  width: number,
  firstItem: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const blockRows = block.length / width;
  // Transposed once: a matMul with a transpose flag is ten times slower on wasm.
  const columns = tf.tidy(() => tf.transpose<tf.Tensor2D>(tf.tensor2d(block, [blockRows, width])));
  try {
    const queryStep = Math.max(1, Math.floor(similarityValues / blockRows));
    for (let first = 0; first * width < queries.length; first += queryStep) {
      await breathe(signal);
      const chunk = queries.subarray(first * width, (first + queryStep) * width);
      const rows = chunk.length / width;
      const similarities = timesMatrix(chunk, columns);
      for (let row = 0; row < rows; row++) {
        nearest.offer(first + row, similarities, row * blockRows, blockRows, firstItem);
      }
    }
  } finally {
    columns.dispose();
  }
}

function vote(
  nearest: NearestNeighbours,
  queries: number,
  labels: Int32Array,
  classes: number,
  temperature: number,
): Int32Array {
  const { k, similarities, items } = nearest;
  const votes = new Float64Array(classes);
  return Int32Array.from({ length: queries }, (_, query) => {
    votes.fill(0);
    // Relative to the nearest, so that no temperature over- or underflows.
    let highest = -Infinity;
    for (let at = query * k; at < (query + 1) * k; at++) highest = Math.max(highest, similarities[at] as number);
    for (let at = query * k; at < (query + 1) * k; at++) {
      const label = labels[items[at] as number];
      if (label === undefined) continue;
      votes[label] = (votes[label] as number) + Math.exp(((similarities[at] as number) - highest) / temperature);
    }
    return votes.indexOf(Math.max(...votes));
  });
}
