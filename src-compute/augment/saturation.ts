/** @file Saturation: the colour distortion that moves pixels away from, or towards, their own gray. */
import { luma } from './image.ts';

/**
 * Moves every value away from its pixel's luma by `factor` >= 0 (0 gives grayscale) and clips to [0, 1], in place: as
 * torchvision and Pillow (TensorFlow scales the S of HSV instead).
 */
export function adjustSaturation(pixels: Float32Array, factor: number): void {
  const rest = 1 - factor;
  const weightRed = rest * luma[0];
  const weightGreen = rest * luma[1];
  const weightBlue = rest * luma[2];
  for (let i = 0; i < pixels.length; i += 3) {
    const r = pixels[i] as number;
    const g = pixels[i + 1] as number;
    const b = pixels[i + 2] as number;
    const gray = weightRed * r + weightGreen * g + weightBlue * b;
    const red = factor * r + gray;
    const green = factor * g + gray;
    const blue = factor * b + gray;
    pixels[i] = red < 0 ? 0 : red > 1 ? 1 : red;
    pixels[i + 1] = green < 0 ? 0 : green > 1 ? 1 : green;
    pixels[i + 2] = blue < 0 ? 0 : blue > 1 ? 1 : blue;
  }
}
