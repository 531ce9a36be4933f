/** @file Brightness: the colour distortion that scales or shifts all channels alike. */

/** Multiplies by `factor` >= 0 and clips to [0, 1], in place: the authors' second version, and torchvision. */
export function scaleBrightness(pixels: Float32Array, factor: number): void {
  for (let i = 0; i < pixels.length; i++) {
    const value = factor * (pixels[i] as number);
    pixels[i] = value > 1 ? 1 : value;
  }
}

/** Adds `delta` and clips to [0, 1], in place: the authors' first version (`tf.image.adjust_brightness`). */
export function shiftBrightness(pixels: Float32Array, delta: number): void {
  for (let i = 0; i < pixels.length; i++) {
    const value = delta + (pixels[i] as number);
    pixels[i] = value < 0 ? 0 : value > 1 ? 1 : value;
  }
}
