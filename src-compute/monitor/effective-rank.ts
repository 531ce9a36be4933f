/** @file How many directions an embedding uses: the effective rank of Roy & Vetterli (EUSIPCO 2007). */
import { symmetricEigenvalues } from './symmetric-eigenvalues.ts';

/**
 * exp of the entropy of the singular values, normalised to sum 1, of the centred rows: 1 when all lie on a line, the width
 * when every direction is used alike, 0 when all rows are equal. Float64 throughout, for in float32 the rounding of a
 * collapsed embedding would count as directions.
 * @param rows - count x width, row-major.
 */
export function effectiveRank(rows: Float32Array, width: number): number {
  const count = rows.length / width;
  const centred = centre(rows, width);
  const [gram, n] = count < width ? [gramOfRows(centred, width), count] : [gramOfColumns(centred, width), width];
  const values = symmetricEigenvalues(gram, n);
  const largest = values[n - 1] ?? 0;
  let squares = 0;
  for (const value of rows) squares += value * value;
  // Below the inputs' own float32 rounding there is no deviation at all.
  if (!(largest > squares * 2 ** -44)) return 0;
  const singular = values.map((value) => (value > largest * 1e-14 ? Math.sqrt(value) : 0));
  const sum = singular.reduce((total, value) => total + value, 0);
  const entropy = singular.reduce((total, value) => total - (value > 0 ? (value / sum) * Math.log(value / sum) : 0), 0);
  return Math.exp(entropy);
}

function centre(rows: Float32Array, width: number): Float64Array {
  const mean = new Float64Array(width);
  const count = rows.length / width;
  rows.forEach((value, at) => (mean[at % width] = (mean[at % width] as number) + value / count));
  return Float64Array.from(rows, (value, at) => value - (mean[at % width] as number));
}

/** rows^T rows: width x width. */
function gramOfColumns(rows: Float64Array, width: number): Float64Array {
  const gram = new Float64Array(width * width);
  for (let start = 0; start < rows.length; start += width) {
    for (let i = 0; i < width; i++) {
      const value = rows[start + i] as number;
      if (value === 0) continue;
      const target = i * width;
      for (let j = 0; j <= i; j++)
        gram[target + j] = (gram[target + j] as number) + value * (rows[start + j] as number);
    }
  }
  return gram;
}

/** rows rows^T: count x count, with the same eigenvalues apart from zeros. */
function gramOfRows(rows: Float64Array, width: number): Float64Array {
  const count = rows.length / width;
  const gram = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let at = 0; at < width; at++) sum += (rows[i * width + at] as number) * (rows[j * width + at] as number);
      gram[i * count + j] = sum;
    }
  }
  return gram;
}
