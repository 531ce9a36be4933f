/** @file Rows of unit length, for cosine similarities. */

/** Copies rows, each divided by its Euclidean length; a row of zeros stays zero. count x width, row-major. */
export function unitRows(values: Float32Array, width: number): Float32Array {
  const unit = new Float32Array(values.length);
  for (let start = 0; start < values.length; start += width) {
    let squares = 0;
    for (let at = start; at < start + width; at++) squares += (values[at] as number) ** 2;
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
    for (let at = start; at < start + width; at++) unit[at] = (values[at] as number) * scale;
  }
  return unit;
}
