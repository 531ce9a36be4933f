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
  readonly #weights: Float64Array;
  /** The image between the two passes. */
  readonly #between: Float32Array;
  /** One row with `radius` zero pixels on either side, so that the inner loop needs no bounds. */
  readonly #padded: Float32Array;

  constructor(size: number) {
    this.size = size;
    this.#radius = blurRadius(size);
    this.#weights = new Float64Array(this.#radius + 1);
    this.#between = new Float32Array(size * size * 3);
    this.#padded = new Float32Array((size + 2 * this.#radius) * 3);
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

  /** Fills the weights (index 0 the middle) and returns how far they reach. */
  #fillWeights(sigma: number): number {
    const weights = this.#weights;
    let sum = 1;
    let radius = 0;
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
    const weights = this.#weights;
    const between = this.#between;
    const padded = this.#padded;
    const stride = this.size * 3;
    const margin = this.#radius * 3;
    const middle = weights[0] as number;
    for (let row = 0; row < this.size; row++) {
      const start = row * stride;
      for (let i = 0; i < stride; i++) padded[margin + i] = pixels[start + i] as number;
      for (let i = 0; i < stride; i++) {
        const at = margin + i;
        let sum = middle * (padded[at] as number);
        for (let k = 1, left = at - 3, right = at + 3; k <= radius; k++, left -= 3, right += 3) {
          sum += (weights[k] as number) * ((padded[left] as number) + (padded[right] as number));
        }
        between[start + i] = sum;
      }
    }
  }

  /** Blurs along y, from `between` back into `pixels`. */
  #blurColumns(pixels: Float32Array, radius: number): void {
    const weights = this.#weights;
    const between = this.#between;
    const stride = this.size * 3;
    const last = this.size - 1;
    const middle = weights[0] as number;
    for (let row = 0; row <= last; row++) {
      const start = row * stride;
      // Rows beyond one border have no partner: the sums over pairs stop there, single rows follow.
      const pairs = Math.min(radius, row, last - row);
      const above = Math.min(radius, row);
      const below = Math.min(radius, last - row);
      for (let i = start; i < start + stride; i++) {
        let sum = middle * (between[i] as number);
        let up = i;
        let down = i;
        for (let k = 1; k <= pairs; k++) {
          up -= stride;
          down += stride;
          sum += (weights[k] as number) * ((between[up] as number) + (between[down] as number));
        }
        for (let k = pairs + 1; k <= above; k++) sum += (weights[k] as number) * (between[(up -= stride)] as number);
        for (let k = pairs + 1; k <= below; k++) sum += (weights[k] as number) * (between[(down += stride)] as number);
        pixels[i] = sum;
      }
    }
  }
}
