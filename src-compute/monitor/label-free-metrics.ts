/** @file The label-free metrics of two views of the same images, together. */

/** Metrics that need no labels; names as in the recorded metrics. */
export interface LabelFreeMetrics {
  alignment: number;
  uniformity: number;
  effectiveRank: number;
  embeddingStd: number;
}

/**
 * Measures how features h of two augmented views of the same images lie on the sphere. Runs on typed arrays alone.
 * @param first - h of the first views, count x width, row-major, of any length: rows are made unit length here.
 * @param second - h of the second views, in the same order.
 */
export function measureLabelFree(first: Float32Array, second: Float32Array, width: number): LabelFreeMetrics {
  void first;
  void second;
  void width;
  throw new Error('not built yet');
}
