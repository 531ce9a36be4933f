/** @file Gaussian blur: separable, with the kernel of the authors' code. */

/** Taps on each side of the middle one: the kernel is about a tenth of the side (23 taps at 224 px, 3 at 32). */
export function blurRadius(size: number): number {
  return Math.floor(Math.floor(size / 10) / 2);
}

/** Below this share of the middle tap, a weight is lost in float32 anyway. */
const negligible = 2 ** -24;

/** Blurs square images of one size. Holds its buffers, so that blurring allocates nothing. */
export class Blur {
  readonly size: number;
  readonly #radius: number;
  /** Index 0 the middle; followed by zeros, for taps are added three pairs at a time. */
  readonly #weights: Float64Array;
  /** The image between the two passes, and one row of zeros for what lies outside. */
  readonly #between: Float32Array;
  /** One row with zero pixels on either side. */
  readonly #padded: Float32Array;
  /** The row being summed. */
  readonly #sums: Float64Array;

  constructor(size: number) {
    this.size = size;
    this.#radius = blurRadius(size);
    this.#weights = new Float64Array(this.#radius + 4);
    this.#between = new Float32Array((size + 1) * size * 3);
    this.#padded = new Float32Array((size + 2 * this.#margin) * 3);
    this.#sums = new Float64Array(size * 3);
  }

  /**
   * Blurs size x size x 3 pixels in place. Outside the image there is zero (TensorFlow's SAME padding), so that borders
   * darken as in the authors' code; torchvision reflects instead.
   * @param sigma - deviation in pixels, greater than 0.
   */
  blur(pixels: Float32Array, sigma: number): void {
    const radius = this.#fillWeights(sigma);
    if (radius === 0) return;
    this.#blurRows(pixels, radius);
    this.#blurColumns(pixels, radius);
  }

  get #margin(): number {
    return this.#radius + 2;
  }

  /** Fills the weights and returns how far they reach. */
  #fillWeights(sigma: number): number {
    const weights = this.#weights;
    let sum = 1;
    let radius = 0;
    weights.fill(0);
    weights[0] = 1;
    for (let k = 1; k <= this.#radius; k++) {
      const weight = Math.exp((-k * k) / (2 * sigma * sigma));
      if (weight < negligible) break;
      weights[k] = weight;
      sum += 2 * weight;
      radius = k;
    }
    for (let k = 0; k <= radius; k++) weights[k] = (weights[k] as number) / sum;
    return radius;
  }

  /** Blurs along x, from `pixels` into `between`. */
  #blurRows(pixels: Float32Array, radius: number): void {
    const padded = this.#padded;
    const stride = this.size * 3;
    const middle = this.#margin * 3;
    for (let row = 0; row < this.size; row++) {
      const start = row * stride;
      for (let i = 0; i < stride; i++) padded[middle + i] = pixels[start + i] as number;
      this.#weighMiddle(padded, middle);
      for (let k = 1; k <= radius; k += 3) {
        const step = 3 * k;
        const [a, b] = [middle - step, middle + step];
        this.#weighPairs(padded, k, a, b, a - 3, b + 3, a - 6, b + 6);
      }
      for (let i = 0; i < stride; i++) this.#between[start + i] = this.#sums[i] as number;
    }
  }

  /** Blurs along y, from `between` back into `pixels`. */
  #blurColumns(pixels: Float32Array, radius: number): void {
    const { size } = this;
    const stride = size * 3;
    for (let row = 0; row < size; row++) {
      const start = row * stride;
      this.#weighMiddle(this.#between, start);
      for (let k = 1; k <= radius; k += 3) {
        this.#weighPairs(
          this.#between,
          k,
          this.#rowAt(row - k),
          this.#rowAt(row + k),
          this.#rowAt(row - k - 1),
          this.#rowAt(row + k + 1),
          this.#rowAt(row - k - 2),
          this.#rowAt(row + k + 2),
        );
      }
      for (let i = 0; i < stride; i++) pixels[start + i] = this.#sums[i] as number;
    }
  }

  /** Where a row starts in `between`; rows outside the image are the row of zeros. */
  #rowAt(row: number): number {
    return (row < 0 || row >= this.size ? this.size : row) * this.size * 3;
  }

  #weighMiddle(source: Float32Array, start: number): void {
    const sums = this.#sums;
    const weight = this.#weights[0] as number;
    for (let i = 0; i < sums.length; i++) sums[i] = weight * (source[start + i] as number);
  }

  /** Adds to the sums three pairs of taps, k, k + 1 and k + 2 pixels away, which start at the given places. */
  #weighPairs(
    source: Float32Array,
    k: number,
    a0: number,
    b0: number,
    a1: number,
    b1: number,
    a2: number,
    b2: number,
  ): void {
    const sums = this.#sums;
    const w0 = this.#weights[k] as number;
    const w1 = this.#weights[k + 1] as number;
    const w2 = this.#weights[k + 2] as number;
    for (let i = 0; i < sums.length; i++) {
      sums[i] =
        (sums[i] as number) +
        w0 * ((source[a0 + i] as number) + (source[b0 + i] as number)) +
        w1 * ((source[a1 + i] as number) + (source[b1 + i] as number)) +
        w2 * ((source[a2 + i] as number) + (source[b2 + i] as number));
    }
  }
}
