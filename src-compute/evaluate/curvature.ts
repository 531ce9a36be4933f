/** @file The probe's curvature, roughly: directions in which features vary most, to make L-BFGS converge fast. */
import { Random, Stream } from '#shared/random.ts';

/** Multiplies features' covariance with directions: from and to count x width, row-major. */
export type CovarianceProduct = (directions: Float32Array) => Promise<Float32Array>;

/** Directions kept. Pixels and features alike have most of their variance in fewer. */
const mostDirections = 64;
/** Orthogonal iterations; the preconditioner need not be exact. */
const rounds = 3;

/** The leading eigenvectors of a covariance matrix, nearly, with their eigenvalues and the mean of all others. */
export interface Curvature {
  /** count x width, orthonormal rows. */
  directions: Float64Array;
  values: Float64Array;
  rest: number;
  width: number;
}

/** Orthogonal iteration from random directions. Features are standardised, so that variances sum to `trace`. */
export async function findCurvature(times: CovarianceProduct, width: number, trace: number): Promise<Curvature> {
  const count = Math.min(width, mostDirections);
  const random = new Random(Stream.initialWeights, width);
  let directions = Float64Array.from({ length: count * width }, () => random.normal());
  for (let round = 0; round < rounds; round++) {
    orthonormalise(directions, width);
    directions = Float64Array.from(await times(Float32Array.from(directions)));
  }
  orthonormalise(directions, width);
  const product = await times(Float32Array.from(directions));
  const values = Float64Array.from({ length: count }, (_, row) => {
    let sum = 0;
    for (let at = row * width; at < (row + 1) * width; at++)
      sum += (directions[at] as number) * (product[at] as number);
    return Math.max(0, sum);
  });
  const left = trace - values.reduce((sum, value) => sum + value, 0);
  return { directions, values, rest: width > count ? Math.max(0, left) / (width - count) : 0, width };
}

/**
 * Divides a gradient, in place, by the curvature that logistic regression has where all classes are equally likely: the
 * covariance divided by the number of classes, plus lambda. Layout as a classifier: width x classes, then biases.
 */
export function divideByCurvature(gradient: Float64Array, classes: number, lambda: number, curvature: Curvature): void {
  const { directions, values, rest, width } = curvature;
  const plain = 1 / (rest / classes + lambda);
  const biasAt = width * classes;
  const projection = new Float64Array(values.length * classes);
  values.forEach((value, row) => {
    const weight = 1 / (value / classes + lambda) - plain;
    for (let at = 0; at < width; at++) {
      const component = weight * (directions[row * width + at] as number);
      for (let each = 0; each < classes; each++) {
        const target = row * classes + each;
        projection[target] = (projection[target] as number) + component * (gradient[at * classes + each] as number);
      }
    }
  });
  for (let at = 0; at < gradient.length; at++) {
    gradient[at] = (gradient[at] as number) * (at < biasAt ? plain : classes);
  }
  values.forEach((_, row) => {
    for (let at = 0; at < width; at++) {
      const component = directions[row * width + at] as number;
      for (let each = 0; each < classes; each++) {
        const target = at * classes + each;
        gradient[target] = (gradient[target] as number) + component * (projection[row * classes + each] as number);
      }
    }
  });
}

/** Gram-Schmidt, row after row; a row that is a sum of earlier ones becomes zero. */
function orthonormalise(rows: Float64Array, width: number): void {
  for (let start = 0; start < rows.length; start += width) {
    const row = rows.subarray(start, start + width);
    const before = norm(row);
    for (let earlier = 0; earlier < start; earlier += width) {
      let share = 0;
      for (let at = 0; at < width; at++) share += (rows[earlier + at] as number) * (row[at] as number);
      for (let at = 0; at < width; at++) row[at] = (row[at] as number) - share * (rows[earlier + at] as number);
    }
    const length = norm(row);
    const scale = length > 1e-6 * before ? 1 / length : 0;
    for (let at = 0; at < width; at++) row[at] = (row[at] as number) * scale;
  }
}

function norm(row: Float64Array): number {
  let squares = 0;
  for (const value of row) squares += value * value;
  return Math.sqrt(squares);
}
