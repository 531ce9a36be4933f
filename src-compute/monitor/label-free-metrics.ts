/** @file The label-free metrics of two views of the same images, together. */
import { unitRows } from '../evaluate/unit-rows.ts';
import { alignment } from './alignment.ts';
import { effectiveRank } from './effective-rank.ts';
import { uniformity } from './uniformity.ts';

/** Metrics that need no labels; names as in the recorded metrics. */
export interface LabelFreeMetrics {
  alignment: number;
  uniformity: number;
  effectiveRank: number;
}

/**
 * Bounds what uniformity and effective rank look at: work grows with the square of the rows, and for the rank with the cube
 * of the narrower side. Under a second on one core, whatever the width.
 */
function mostRows(width: number): number {
  return width <= 512 ? 1000 : 500;
}

/**
 * Measures how features h of two augmented views of the same images lie on the sphere. Runs on typed arrays alone.
 * Uniformity and effective rank are those of the first views, of at most 1,000 rows (500 where features are wider than 512)
 * taken evenly from all; the rank cannot exceed their number.
 * @param first - h of the first views, count x width, row-major, of any length: rows are made unit length here.
 * @param second - h of the second views, in the same order.
 */
export function measureLabelFree(first: Float32Array, second: Float32Array, width: number): LabelFreeMetrics {
  const a = unitRows(first, width);
  const b = unitRows(second, width);
  const some = evenRows(a, width, mostRows(width));
  return {
    alignment: alignment(a, b, width),
    uniformity: uniformity(some, width),
    effectiveRank: a.every(Number.isFinite) ? effectiveRank(some, width) : NaN,
  };
}

/** At most `most` rows, evenly spaced, for a split may be sorted by class. */
function evenRows(rows: Float32Array, width: number, most: number): Float32Array {
  const count = rows.length / width;
  if (count <= most) return rows;
  const kept = new Float32Array(most * width);
  for (let at = 0; at < most; at++) {
    const row = Math.floor((at * count) / most);
    kept.set(rows.subarray(row * width, (row + 1) * width), at * width);
  }
  return kept;
}
