import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadWasm } from '#compute/backend/wasm/load.ts';
import { pickRows, type LabelledFeatures } from '#compute/evaluate/features.ts';
import { predictByNeighbours } from '#compute/evaluate/knn.ts';
import { NearestNeighbours } from '#compute/evaluate/nearest-neighbours.ts';
import { Random } from '#shared/random.ts';
import { leakedTensors } from '../../support/leaks.ts';
import { madeUpFeatures } from './made-up-features.ts';

/** The definition, in float64: every similarity, sorted, the k largest vote. */
function slowKnn(known: LabelledFeatures, queries: LabelledFeatures, classes: number, k: number, temperature: number) {
  const { width } = known;
  const row = ({ features }: LabelledFeatures, at: number) =>
    Array.from(features.subarray(at * width, (at + 1) * width));
  const length = (values: number[]) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  return Array.from(queries.labels, (_, query) => {
    const q = row(queries, query);
    const similar = Array.from(known.labels, (label, at) => {
      const x = row(known, at);
      const cosine = x.reduce((sum, value, index) => sum + value * (q[index] ?? 0), 0) / (length(x) * length(q));
      return { label, cosine };
    });
    const votes = new Array<number>(classes).fill(0);
    for (const { label, cosine } of similar.sort((a, b) => b.cosine - a.cosine).slice(0, k)) {
      votes[label] = (votes[label] ?? 0) + Math.exp(cosine / temperature);
    }
    return votes.indexOf(Math.max(...votes));
  });
}

describe.each(['cpu', 'wasm'])('kNN on %s', (backend) => {
  beforeAll(async () => {
    if (backend === 'wasm') await loadWasm();
    else await tf.setBackend('cpu');
  });

  const known = madeUpFeatures(400, 12, 5, 1.5, 1);
  const queries = madeUpFeatures(90, 12, 5, 1.5, 2);

  it.each([
    { k: 1, temperature: 0.1 },
    { k: 20, temperature: 0.1 },
    { k: 200, temperature: 0.07 },
    { k: 50, temperature: 100 },
  ])('predicts what the definition does, k $k and T $temperature', async (settings) => {
    const predicted = await predictByNeighbours({ known: [known], queries: queries.features, classes: 5, settings });
    expect([...predicted]).toEqual(slowKnn(known, queries, 5, settings.k, settings.temperature));
  });

  it('takes parts as one set', async () => {
    const settings = { k: 30, temperature: 0.1 };
    const rows = Array.from(known.labels.keys());
    const parts = [pickRows(known, rows.slice(0, 137)), pickRows(known, rows.slice(137))];
    const whole = await predictByNeighbours({ known: [known], queries: queries.features, classes: 5, settings });
    const joined = await predictByNeighbours({ known: parts, queries: queries.features, classes: 5, settings });
    expect(joined).toEqual(whole);
  });

  it('lets all known images vote where k is larger than their number', async () => {
    const few = pickRows(known, [0, 1, 2, 3, 4, 5]);
    const settings = { k: 200, temperature: 0.1 };
    const predicted = await predictByNeighbours({ known: [few], queries: queries.features, classes: 5, settings });
    expect([...predicted]).toEqual(slowKnn(few, queries, 5, 6, 0.1));
  });

  it('follows the nearest neighbour at a temperature near zero', async () => {
    const input = { known: [known], queries: queries.features, classes: 5 };
    const cold = await predictByNeighbours({ ...input, settings: { k: 50, temperature: 1e-5 } });
    const nearest = await predictByNeighbours({ ...input, settings: { k: 1, temperature: 1 } });
    expect(cold).toEqual(nearest);
  });

  it('leaves no tensor behind, nor when stopped', async () => {
    const input = { known: [known], queries: queries.features, classes: 5, settings: { k: 5, temperature: 0.1 } };
    expect(await leakedTensors(() => predictByNeighbours(input))).toBe(0);
    const signal = AbortSignal.abort(new Error('stopped'));
    const stopped = () => expect(predictByNeighbours({ ...input, signal })).rejects.toThrow('stopped');
    expect(await leakedTensors(stopped)).toBe(0);
  });
});

describe('the nearest neighbours', () => {
  it('are the k largest whatever the portions, the earlier of equals', () => {
    const random = new Random(4);
    const row = Float32Array.from({ length: 1000 }, () => random.integer(60) / 60);
    const sorted = Array.from(row.keys()).sort((a, b) => (row[b] ?? 0) - (row[a] ?? 0) || a - b);
    for (const portion of [1, 7, 1000]) {
      const nearest = new NearestNeighbours(1, 40);
      for (let first = 0; first < row.length; first += portion) {
        nearest.offer(0, row, first, Math.min(portion, row.length - first), first);
      }
      expect([...nearest.items].sort((a, b) => a - b)).toEqual(sorted.slice(0, 40).sort((a, b) => a - b));
    }
  });
});
