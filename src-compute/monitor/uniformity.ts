/** @file How evenly embeddings spread over the sphere (Wang & Isola, ICML 2020). */

/**
 * ln of the mean over pairs of different rows of exp(-2 |a - b|^2): 0 when all rows are equal, towards -4 when they fill a
 * sphere of many dimensions. NaN for fewer than two rows.
 * @param rows - of unit length, count x width, row-major.
 */
export function uniformity(rows: Float32Array, width: number): number {
  const count = rows.length / width;
  let sum = 0;
  for (let i = 1; i < count; i++) {
    for (let j = 0; j < i; j++) {
      let cosine = 0;
      for (let at = 0; at < width; at++) cosine += (rows[i * width + at] as number) * (rows[j * width + at] as number);
      sum += Math.exp(4 * Math.min(cosine, 1) - 4); // |a - b|^2 = 2 - 2 cosine
    }
  }
  return Math.log(sum / ((count * (count - 1)) / 2));
}
