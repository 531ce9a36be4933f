/** @file Mean and deviation of the training images' pixels. */

/** Mean and population standard deviation per channel, of values in [0, 1]. */
export interface ChannelStatistics {
  mean: [number, number, number];
  std: [number, number, number];
}

/** Counts every value of every channel: exact for any number of images, and one addition a pixel. */
export class PixelHistogram {
  readonly #counts = new Float64Array(3 * 256);
  #pixels = 0;

  /** Counts an image's pixels, H x W x 3. */
  add(pixels: Uint8Array): void {
    const counts = this.#counts;
    for (let at = 0; at + 2 < pixels.length; at += 3) {
      // Within bounds: a pixel's three values lie before the end, a value is below 256.
      (counts[pixels[at] as number] as number)++;
      (counts[256 + (pixels[at + 1] as number)] as number)++;
      (counts[512 + (pixels[at + 2] as number)] as number)++;
    }
    this.#pixels += pixels.length / 3;
  }

  statistics(): ChannelStatistics {
    const [red, green, blue] = [this.#channel(0), this.#channel(1), this.#channel(2)];
    return { mean: [red.mean, green.mean, blue.mean], std: [red.std, green.std, blue.std] };
  }

  #channel(channel: number): { mean: number; std: number } {
    const counts = this.#counts.subarray(channel * 256, channel * 256 + 256);
    const all = Math.max(1, this.#pixels);
    const mean = counts.reduce((sum, count, value) => sum + count * value, 0) / all;
    const variance = counts.reduce((sum, count, value) => sum + count * (value - mean) ** 2, 0) / all;
    return { mean: mean / 255, std: Math.sqrt(variance) / 255 };
  }
}
