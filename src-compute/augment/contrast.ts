/** @file Contrast: the colour distortion that moves pixels away from, or towards, the image's mean. */
import { luma } from './image.ts';

/**
 * Moves every value away from the mean of the grayscale image by `factor` >= 0 (0 gives a flat gray) and clips to [0, 1],
 * in place. One mean for all channels, as torchvision and Pillow; `tf.image.adjust_contrast` in the authors' code takes
 * each channel's own mean, which also weakens a colour cast. Ours is the one most published CIFAR results were made with.
 */
export function adjustContrast(pixels: Float32Array, factor: number): void {
  let red = 0;
  let green = 0;
  let blue = 0;
  for (let i = 0; i < pixels.length; i += 3) {
    red += pixels[i] as number;
    green += pixels[i + 1] as number;
    blue += pixels[i + 2] as number;
  }
  const mean = (luma[0] * red + luma[1] * green + luma[2] * blue) / (pixels.length / 3);
  const shift = (1 - factor) * mean;
  for (let i = 0; i < pixels.length; i++) {
    const value = factor * (pixels[i] as number) + shift;
    pixels[i] = value < 0 ? 0 : value > 1 ? 1 : value;
  }
}
