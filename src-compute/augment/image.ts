/** @file The image as augmentation sees it: stored bytes in, float pixels out. */

/** A stored image. */
export interface StoredImage {
  /** height x width x 3, RGB, row by row; may be longer than that (a reused buffer). */
  pixels: Uint8Array;
  height: number;
  width: number;
}

/** A rectangle within an image, in whole pixels. */
export interface Crop {
  top: number;
  left: number;
  height: number;
  width: number;
}

/** Luma weights of R, G, B as in TensorFlow's and torchvision's `rgb_to_grayscale`. */
export const luma = [0.2989, 0.587, 0.114] as const;

/** How a crop is brought to the training size. */
export type Interpolation = 'bicubic' | 'bilinear';
