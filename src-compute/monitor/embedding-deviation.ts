/** @file Whether embeddings still differ from one another. */

/**
 * Mean over features of the deviation over rows, times sqrt(width): near 1 for unit rows spread evenly over the sphere, 0
 * when all rows are equal.
 * @param rows - of unit length, count x width, row-major.
 */
export function embeddingDeviation(rows: Float32Array, width: number): number {
  const count = rows.length / width;
  let sum = 0;
  for (let feature = 0; feature < width; feature++) {
    let mean = 0;
    for (let at = feature; at < rows.length; at += width) mean += (rows[at] as number) / count;
    let squares = 0;
    for (let at = feature; at < rows.length; at += width) squares += ((rows[at] as number) - mean) ** 2;
    sum += Math.sqrt(squares / count);
  }
  return (sum / width) * Math.sqrt(width);
}
