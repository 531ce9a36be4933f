/** @file Metrics: series, their summaries, and going back. */
import { describe, expect, test } from 'vitest';
import type { MetricSample } from '#shared/metrics.ts';
import { Random } from '#shared/random.ts';
import type { MetricSummary } from '#shared/run.ts';
import { newRun, sampleLibrary } from './support/sample-library.ts';

const loss = (step: number, value: number): MetricSample => ({ metric: 'loss', step, time: step / 10, value });

/** What a summary must say, told slowly. */
function slowSummary(points: readonly { step: number; value: number }[]): MetricSummary {
  const numbers = points.map((point) => point.value).filter((value) => !Number.isNaN(value));
  const last = points.toSorted((a, b) => a.step - b.step).at(-1);
  return {
    last: last?.value ?? Number.NaN,
    min: numbers.length === 0 ? Number.NaN : Math.min(...numbers),
    max: numbers.length === 0 ? Number.NaN : Math.max(...numbers),
    step: last?.step ?? -1,
  };
}

function libraryWithRun() {
  const library = sampleLibrary();
  return { library, run: library.runs.create(newRun('measured')) };
}

describe('a series', () => {
  test('comes back in the order of steps, whole or in part', () => {
    const { library, run } = libraryWithRun();
    library.metrics.append(run, [loss(3, 0.3), loss(1, 0.1), loss(2, 0.2)]);
    expect(library.metrics.series(run, 'loss').map((point) => point.step)).toEqual([1, 2, 3]);
    expect(library.metrics.series(run, 'loss', 2, 3)).toEqual([
      { step: 2, time: 0.2, value: 0.2 },
      { step: 3, time: 0.3, value: 0.3 },
    ]);
    expect(library.metrics.series(run, 'knnTop1')).toEqual([]);
    expect(library.metrics.series('nobody', 'loss')).toEqual([]);
  });

  test('keeps NaN, both infinities and the smallest numbers exactly', () => {
    const { library, run } = libraryWithRun();
    const values = [NaN, Infinity, -Infinity, Number.MIN_VALUE, Number.MAX_VALUE, 0.1 + 0.2, 2 ** 53];
    library.metrics.append(
      run,
      values.map((value, step) => loss(step, value)),
    );
    expect(library.metrics.series(run, 'loss').map((point) => point.value)).toEqual(values);
  });

  test('a batch sent twice is there once', () => {
    const { library, run } = libraryWithRun();
    const batch = [loss(0, 5), loss(1, 4), loss(2, 6)];
    library.metrics.append(run, batch);
    library.metrics.append(run, batch);
    expect(library.metrics.series(run, 'loss')).toHaveLength(3);
    expect(library.metrics.summaries(run)).toEqual({ loss: { last: 6, min: 4, max: 6, step: 2 } });
  });

  test('a batch that fails half-way leaves nothing', () => {
    const { library, run } = libraryWithRun();
    const broken = { metric: 'loss', step: 'x', time: 0, value: 0 } as unknown as MetricSample;
    expect(() => {
      library.metrics.append(run, [loss(0, 1), loss(1, 1), broken]);
    }).toThrow();
    expect(library.metrics.series(run, 'loss')).toEqual([]);
    expect(library.metrics.summaries(run)).toEqual({});
  });

  test('goes with its run', () => {
    const { library, run } = libraryWithRun();
    library.metrics.append(run, [loss(0, 1)]);
    library.runs.delete(run);
    library.purge(run);
    expect(library.metrics.series(run, 'loss')).toEqual([]);
    expect(library.metrics.summaries(run)).toEqual({});
  });
});

describe('a summary', () => {
  test('leaves NaN out of the extremes but tells it as the last value', () => {
    const { library, run } = libraryWithRun();
    library.metrics.append(run, [loss(0, NaN), loss(1, 2), loss(2, -1)]);
    expect(library.metrics.summaries(run).loss).toEqual({ last: -1, min: -1, max: 2, step: 2 });
    library.metrics.append(run, [loss(3, NaN)]);
    expect(library.metrics.summaries(run).loss).toEqual({ last: NaN, min: -1, max: 2, step: 3 });
  });

  test('of nothing but NaN is NaN', () => {
    const { library, run } = libraryWithRun();
    library.metrics.append(run, [loss(0, NaN)]);
    expect(library.runView(run).metrics.loss).toEqual({ last: NaN, min: NaN, max: NaN, step: 0 });
  });

  test('equals a slow one after any mixture of batches, repeats and rewinds', () => {
    for (let seed = 0; seed < 12; seed++) {
      const { library, run } = libraryWithRun();
      const random = new Random(seed);
      const expected = { loss: new Map<number, number>(), knnTop1: new Map<number, number>() };
      let step = 0;
      for (let round = 0; round < 30; round++) {
        if (random.chance(0.2)) {
          const after = random.integer(step + 3) - 2;
          library.metrics.truncateAfter(run, after);
          for (const series of Object.values(expected)) {
            for (const each of series.keys()) if (each > after) series.delete(each);
          }
          step = Math.max(0, Math.min(step, after + 1));
        }
        const batch: MetricSample[] = [];
        const start = random.chance(0.2) ? Math.max(0, step - 3) : step;
        step = Math.max(step, start + random.integer(6));
        for (let at = start; at < step; at++) {
          const metric = random.chance(0.3) ? 'knnTop1' : 'loss';
          const value = random.chance(0.1) ? Number.NaN : random.chance(0.05) ? Infinity : random.normal();
          batch.push({ metric, step: at, time: at, value });
          expected[metric].set(at, value);
        }
        library.metrics.append(run, random.chance(0.3) ? batch.toReversed() : batch);
      }
      const summaries = library.metrics.summaries(run);
      for (const metric of ['loss', 'knnTop1'] as const) {
        const points = [...expected[metric]].map(([at, value]) => ({ step: at, value }));
        expect(summaries[metric], `seed ${seed} ${metric}`).toEqual(
          points.length === 0 ? undefined : slowSummary(points),
        );
        const stored = library.metrics.series(run, metric).map((point) => ({ step: point.step, value: point.value }));
        expect(stored).toEqual(points.toSorted((a, b) => a.step - b.step));
      }
    }
  });
});

describe('going back to a checkpoint', () => {
  test('forgets samples and checkpoints after its step, and those alone', () => {
    const { library, run } = libraryWithRun();
    const other = library.runs.create(newRun('other'));
    for (const id of [run, other]) {
      library.metrics.append(id, [loss(9, 1), loss(10, 0.5), loss(11, 9)]);
      library.metrics.append(id, [{ metric: 'knnTop1', step: 11, time: 1, value: 0.4 }]);
      for (const step of [10, 20]) {
        const record = { epoch: 1, step, bytes: 1, weightsSha256: '', trainingSeconds: 0 };
        library.checkpoints.add(id, { id: `c${step}`, ...record });
      }
    }
    library.rewind(run, 10);
    expect(library.metrics.summaries(run)).toEqual({ loss: { last: 0.5, min: 0.5, max: 1, step: 10 } });
    expect(library.checkpoints.ofRun(run).map((each) => each.id)).toEqual(['c10']);
    expect(library.metrics.series(other, 'loss')).toHaveLength(3);
    expect(library.checkpoints.ofRun(other)).toHaveLength(2);
  });
});
