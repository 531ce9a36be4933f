/** @file What a report is written from: plain data, gathered by whoever owns the library. */
import type { Dataset } from '#shared/dataset.ts';
import type { MetricName } from '#shared/metrics.ts';
import type { Picture } from '#shared/compute-protocol.ts';
import type { RunView } from '#shared/run.ts';

/** A metric's samples in the order of steps; the three arrays are equally long. Values may be NaN or infinite. */
export interface ReportSeries {
  steps: ArrayLike<number>;
  /** Seconds of training. */
  times: ArrayLike<number>;
  values: ArrayLike<number>;
}

/** An image and two of its augmented views. */
export interface ViewPair {
  original: Picture;
  first: Picture;
  second: Picture;
}

export interface ReportInput {
  /** With its evaluations, environment, diagnosis and failure. */
  run: RunView;
  /** Null where the dataset has been removed. */
  dataset: Dataset | null;
  series: Partial<Record<MetricName, ReportSeries>>;
  /** May be empty. */
  pairs: readonly ViewPair[];
  generatedAt: Date;
  /** The studio's version. */
  version: string;
}
