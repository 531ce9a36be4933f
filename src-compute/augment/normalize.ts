/** @file Normalisation by the dataset's mean and deviation: the last operation, where a run asks for it. */

/** Per channel R, G, B, of pixels in [0, 1]. */
export interface Normalization {
  mean: readonly [number, number, number];
  std: readonly [number, number, number];
}

/** A channel that never varies is only centred. */
const smallestDeviation = 1e-6;

/** (x - mean) / std per channel, in place, for `length` values (a multiple of 3) from `offset` on. */
export function normalize(pixels: Float32Array, offset: number, length: number, { mean, std }: Normalization): void {
  for (let channel = 0; channel < 3; channel++) {
    const centre = mean[channel] as number;
    const deviation = std[channel] as number;
    const scale = deviation > smallestDeviation ? 1 / deviation : 1;
    for (let i = offset + channel; i < offset + length; i += 3) {
      pixels[i] = ((pixels[i] as number) - centre) * scale;
    }
  }
}
