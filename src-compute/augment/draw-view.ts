/** @file One augmented view of an image: SimCLR's composition of random operations, in the paper's order. */
import type { Configuration } from '#shared/configuration/schema.ts';
import type { Random } from '#shared/random.ts';
import { jitterColors } from './color-jitter.ts';
import { flip } from './flip.ts';
import { toGrayscale } from './grayscale.ts';
import type { StoredImage } from './image.ts';
import { drawCrop } from './random-crop.ts';
import { workspaceFor } from './workspace.ts';

/**
 * Draws one view: crop and resize, flip, colour jitter, grayscale, blur (arXiv 2002.05709, appendix A).
 * @param size - side of the square view in pixels.
 * @param random - the view's own stream, `new Random(seed, Stream.view, epoch, imageIndex, view)`: the result depends on
 *   it, the image, the size and the parameters, and on nothing else.
 * @param out - receives size x size x 3 values in [0, 1] from `outOffset` on; may lie on shared memory.
 */
export function drawView(
  image: StoredImage,
  size: number,
  parameters: Configuration['augmentation'],
  random: Random,
  out: Float32Array,
  outOffset: number,
): void {
  const { resizer, blur, crop, pixels } = workspaceFor(size);
  drawCrop(random, image.height, image.width, parameters.cropScaleMin, crop);
  resizer.resize(image, crop, parameters.interpolation, pixels);
  if (random.chance(parameters.flipProbability)) flip(pixels, size);
  if (random.chance(parameters.colorProbability)) {
    jitterColors(pixels, parameters.colorStrength, parameters.brightness, random);
  }
  if (random.chance(parameters.grayscaleProbability)) toGrayscale(pixels);
  if (random.chance(parameters.blurProbability)) blur.blur(pixels, random.uniform(0.1, 2));
  out.set(pixels, outOffset);
}
