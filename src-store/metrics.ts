/** @file The metrics of runs: samples in narrow rows, and beside each series a summary kept in the same transaction. */
import type { MetricSample } from '#shared/metrics.ts';
import type { MetricSummary } from '#shared/run.ts';
import type { Query, ReadableDatabase, WritableDatabase, Command } from './database/handles.ts';

/** One sample of a series. `time` is seconds of training so far. A value that is no number is NaN; minus zero comes back as 0. */
export interface SeriesPoint {
  step: number;
  time: number;
  value: number;
}

/** A series' row. Not-a-number is NULL in the file. */
interface SummaryRow {
  series: number;
  samples: number;
  step: number;
  last: number | null;
  min: number | null;
  max: number | null;
}

const notANumber = (value: number | null): number => value ?? Number.NaN;

/** A summary as it is read. */
export function summaryOf(row: Omit<SummaryRow, 'series' | 'samples'>): MetricSummary {
  return { last: notANumber(row.last), min: notANumber(row.min), max: notANumber(row.max), step: row.step };
}

/** Reads metrics. */
export class MetricReader {
  readonly #series: Query<{ step: number; time: number; value: number | null }>;
  readonly #summaries: Query<SummaryRow & { metric: string }>;

  constructor(database: ReadableDatabase) {
    this.#series = database.query(`
      SELECT step, time, value FROM metric_samples
      WHERE series = (SELECT series FROM metric_summaries WHERE run = ? AND metric = ?) AND step BETWEEN ? AND ?
      ORDER BY step`);
    this.#summaries = database.query(
      'SELECT series, metric, samples, step, last, min, max FROM metric_summaries WHERE run = ? ORDER BY metric',
    );
  }

  /** A series in the order of steps; empty where the run has none. Steps `from` to `to`, both included. */
  series(run: string, metric: string, from = 0, to = Number.MAX_SAFE_INTEGER): SeriesPoint[] {
    return this.#series.all(run, metric, from, to).map((row) => ({ ...row, value: notANumber(row.value) }));
  }

  /** The names of a run's metrics with last value, extremes (not-a-number left out) and last step. */
  summaries(run: string): Record<string, MetricSummary> {
    return Object.fromEntries(this.#summaries.all(run).map((row) => [row.metric, summaryOf(row)]));
  }
}

/** Reads and writes metrics. */
export class MetricWriter extends MetricReader {
  readonly #database: WritableDatabase;
  readonly #open: Query<SummaryRow>;
  readonly #insert: Command;
  readonly #store: Command;
  readonly #recompute: Command;
  readonly #truncate: Command;
  readonly #seriesAfter: Query<{ series: number }>;
  readonly #dropEmpty: Command;

  constructor(database: WritableDatabase) {
    super(database);
    this.#database = database;
    this.#open = database.returning(`
      INSERT INTO metric_summaries (run, metric, samples, step) VALUES (?, ?, 0, -1)
      ON CONFLICT (run, metric) DO UPDATE SET samples = samples
      RETURNING series, samples, step, last, min, max`);
    this.#insert = database.command(`
      INSERT INTO metric_samples (series, step, time, value) VALUES (?, ?, ?, ?)
      ON CONFLICT (series, step) DO UPDATE SET time = excluded.time, value = excluded.value`);
    this.#store = database.command(`
      UPDATE metric_summaries SET samples = $samples, step = $step, last = $last, min = $min, max = $max
      WHERE series = $series`);
    this.#recompute = database.command(`
      UPDATE metric_summaries SET (samples, step, min, max, last) = (
        SELECT count(*), coalesce(max(step), -1), min(value), max(value),
          (SELECT value FROM metric_samples WHERE series = $series ORDER BY step DESC LIMIT 1)
        FROM metric_samples WHERE series = $series)
      WHERE series = $series`);
    this.#seriesAfter = database.query('SELECT series FROM metric_summaries WHERE run = ? AND step > ?');
    this.#truncate = database.command('DELETE FROM metric_samples WHERE series = ? AND step > ?');
    this.#dropEmpty = database.command('DELETE FROM metric_summaries WHERE run = ? AND samples = 0');
  }

  /**
   * Appends samples, and brings the summaries up to date, in one transaction. A step that a series already has takes
   * the new value: a batch sent twice changes nothing.
   */
  append(run: string, samples: readonly MetricSample[]): void {
    if (samples.length === 0) return;
    this.#database.transaction(() => {
      for (const [metric, points] of Map.groupBy(samples, (sample) => sample.metric)) {
        this.#appendSeries(run, metric, points);
      }
    });
  }

  /** Deletes every sample after a step, as if the run had never got further, and sums up anew. */
  truncateAfter(run: string, step: number): void {
    this.#database.transaction(() => {
      for (const { series } of this.#seriesAfter.all(run, step)) {
        this.#truncate.run(series, step);
        this.#recompute.run({ series });
      }
      this.#dropEmpty.run(run);
    });
  }

  #appendSeries(run: string, metric: string, points: readonly SeriesPoint[]): void {
    const summary = this.#open.get(run, metric);
    if (summary === undefined) throw new Error('An upsert gave no row back.');
    let rewritten = false;
    for (const { step, time, value } of points) {
      this.#insert.run(summary.series, step, time, value);
      if (step <= summary.step) {
        rewritten = true; // The old value may have been an extreme.
        continue;
      }
      summary.samples++;
      summary.step = step;
      summary.last = Number.isNaN(value) ? null : value;
      if (summary.last === null) continue;
      summary.min = Math.min(summary.min ?? value, value);
      summary.max = Math.max(summary.max ?? value, value);
    }
    if (rewritten) this.#recompute.run({ series: summary.series });
    else this.#store.run({ ...summary });
  }
}
