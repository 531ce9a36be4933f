/** @file Grayscale: drops colour, so that an encoder can't match views by their colour histogram. */
import { luma } from './image.ts';

/** Replaces every pixel by its luma in all three channels, in place. */
export function toGrayscale(pixels: Float32Array): void {
  for (let i = 0; i < pixels.length; i += 3) {
    const gray =
      luma[0] * (pixels[i] as number) + luma[1] * (pixels[i + 1] as number) + luma[2] * (pixels[i + 2] as number);
    pixels[i] = gray;
    pixels[i + 1] = gray;
    pixels[i + 2] = gray;
  }
}
