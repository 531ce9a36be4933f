/** @file Features scaled to mean 0 and deviation 1 by the images a classifier is fitted on. */
import type { LabelledFeatures } from './features.ts';

export interface Standardisation {
  /** Of each feature. */
  mean: Float64Array;
  /** 1 / deviation; 0 for a feature that does not vary, which thereby drops out. */
  scale: Float64Array;
}

/** A deviation below this share of the mean is rounding, not information. */
const leastRelativeDeviation = 1e-6;

/** Mean and deviation of each feature over all parts. */
export function fitStandardisation(parts: readonly LabelledFeatures[]): Standardisation {
  const width = parts[0]?.width ?? 0;
  const count = parts.reduce((sum, part) => sum + part.labels.length, 0);
  const mean = new Float64Array(width);
  forEachValue(parts, (feature, value) => (mean[feature] = (mean[feature] as number) + value / count));
  const variance = new Float64Array(width);
  forEachValue(parts, (feature, value) => {
    variance[feature] = (variance[feature] as number) + (value - (mean[feature] as number)) ** 2 / count;
  });
  const scale = variance.map((each, feature) => {
    const deviation = Math.sqrt(each);
    return deviation > leastRelativeDeviation * Math.abs(mean[feature] as number) ? 1 / deviation : 0;
  });
  return { mean, scale };
}

/** Standardises rows [first, last) of a part into a new array. */
export function standardisedRows(
  part: LabelledFeatures,
  first: number,
  last: number,
  { mean, scale }: Standardisation,
): Float32Array {
  const { features, width } = part;
  const rows = new Float32Array((last - first) * width);
  for (let row = 0; row < last - first; row++) {
    for (let feature = 0; feature < width; feature++) {
      const value = features[(first + row) * width + feature] as number;
      rows[row * width + feature] = (value - (mean[feature] as number)) * (scale[feature] as number);
    }
  }
  return rows;
}

function forEachValue(parts: readonly LabelledFeatures[], visit: (feature: number, value: number) => void): void {
  for (const { features, width } of parts) {
    for (let start = 0; start < features.length; start += width) {
      for (let feature = 0; feature < width; feature++) visit(feature, features[start + feature] as number);
    }
  }
}
