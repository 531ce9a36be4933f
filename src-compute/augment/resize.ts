/** @file Crop and resize in one pass over the stored bytes: what feeds every view. */
import type { Crop, Interpolation, StoredImage } from './image.ts';
import { fillTaps, makeTaps } from './interpolation-weights.ts';

/**
 * Brings crops to one square size. Holds its buffers, so that resizing allocates nothing; they do not depend on how large
 * the images are: only the four source rows in use are kept, already resampled along x.
 */
export class Resizer {
  readonly size: number;
  readonly #x;
  readonly #y;
  /** Four rows of size x 3, in 0..255. Source row r is kept in place r % 4. */
  readonly #rows: Float32Array;
  readonly #kept = new Int32Array(4);

  constructor(size: number) {
    this.size = size;
    this.#x = makeTaps(size);
    this.#y = makeTaps(size);
    this.#rows = new Float32Array(4 * size * 3);
  }

  /**
   * Resizes `crop` of `image` to size x size, without looking outside the crop. See [Note: interpolation].
   * @param out - receives size x size x 3 values, clipped to [0, 1].
   */
  resize(image: StoredImage, crop: Crop, interpolation: Interpolation, out: Float32Array): void {
    const { size } = this;
    const { indices, weights } = this.#y;
    const rows = this.#rows;
    const stride = size * 3;
    fillTaps(this.#x, crop.width, size, interpolation);
    fillTaps(this.#y, crop.height, size, interpolation);
    this.#kept.fill(-1);
    for (let y = 0; y < size; y++) {
      const at = 4 * y;
      for (let t = at; t < at + 4; t++) if (weights[t] !== 0) this.#keepRow(image, crop, indices[t] as number);
      const w0 = (weights[at] as number) / 255;
      const w1 = (weights[at + 1] as number) / 255;
      const w2 = (weights[at + 2] as number) / 255;
      const w3 = (weights[at + 3] as number) / 255;
      const r0 = ((indices[at] as number) & 3) * stride;
      const r1 = ((indices[at + 1] as number) & 3) * stride;
      const r2 = ((indices[at + 2] as number) & 3) * stride;
      const r3 = ((indices[at + 3] as number) & 3) * stride;
      const target = y * stride;
      for (let i = 0; i < stride; i++) {
        const value =
          w0 * (rows[r0 + i] as number) +
          w1 * (rows[r1 + i] as number) +
          w2 * (rows[r2 + i] as number) +
          w3 * (rows[r3 + i] as number);
        out[target + i] = value < 0 ? 0 : value > 1 ? 1 : value;
      }
    }
  }

  /** Makes sure that row `row` of the crop is among the kept ones, resampled along x. */
  #keepRow(image: StoredImage, crop: Crop, row: number): void {
    const place = row & 3;
    if (this.#kept[place] === row) return;
    this.#kept[place] = row;
    const { indices, weights } = this.#x;
    const { pixels } = image;
    const rows = this.#rows;
    const start = ((crop.top + row) * image.width + crop.left) * 3;
    let target = place * this.size * 3;
    for (let at = 0; at < 4 * this.size; at += 4) {
      const w0 = weights[at] as number;
      const w1 = weights[at + 1] as number;
      const w2 = weights[at + 2] as number;
      const w3 = weights[at + 3] as number;
      const p0 = start + 3 * (indices[at] as number);
      const p1 = start + 3 * (indices[at + 1] as number);
      const p2 = start + 3 * (indices[at + 2] as number);
      const p3 = start + 3 * (indices[at + 3] as number);
      rows[target] =
        w0 * (pixels[p0] as number) +
        w1 * (pixels[p1] as number) +
        w2 * (pixels[p2] as number) +
        w3 * (pixels[p3] as number);
      rows[target + 1] =
        w0 * (pixels[p0 + 1] as number) +
        w1 * (pixels[p1 + 1] as number) +
        w2 * (pixels[p2 + 1] as number) +
        w3 * (pixels[p3 + 1] as number);
      rows[target + 2] =
        w0 * (pixels[p0 + 2] as number) +
        w1 * (pixels[p1 + 2] as number) +
        w2 * (pixels[p2 + 2] as number) +
        w3 * (pixels[p3 + 2] as number);
      target += 3;
    }
  }
}
