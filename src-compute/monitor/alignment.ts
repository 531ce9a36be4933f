/** @file How near the two views of an image lie (Wang & Isola, ICML 2020). */

/** Mean squared distance of paired rows: from 0 to 4 for rows of unit length. Each count x width, row-major. */
export function alignment(first: Float32Array, second: Float32Array, width: number): number {
  let squares = 0;
  for (let at = 0; at < first.length; at++) squares += ((first[at] as number) - (second[at] as number)) ** 2;
  return squares / (first.length / width);
}
