/** @file The one fixed view of an image that evaluation and monitoring use. */
import type { Crop, StoredImage } from './image.ts';
import { workspaceFor } from './workspace.ts';

/**
 * The central square that evaluation shows: 0.875 of the shorter side for views above 32 px, all of it at 32 px or less,
 * where nothing is lost for square images.
 */
export function evaluationCrop(height: number, width: number, size: number, into: Crop): Crop {
  const share = size > 32 ? 0.875 : 1;
  const side = Math.max(1, Math.round(share * Math.min(height, width)));
  into.height = side;
  into.width = side;
  into.top = Math.ceil((height - side) / 2); // rounded as in the authors' code
  into.left = Math.ceil((width - side) / 2);
  return into;
}

/**
 * Draws the evaluation view, resized bicubically as in the authors' code.
 * @param out - receives size x size x 3 values in [0, 1] from `outOffset` on.
 */
export function drawEvaluationView(image: StoredImage, size: number, out: Float32Array, outOffset: number): void {
  const { resizer, crop, pixels } = workspaceFor(size);
  evaluationCrop(image.height, image.width, size, crop);
  resizer.resize(image, crop, 'bicubic', pixels);
  out.set(pixels, outOffset);
}
