/** @file What every version of CIFAR-10 has in common. */

/** The classes, in the order of their labels. */
export const cifar10Classes = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
] as const;

export const cifar10Licence =
  'None stated by its authors. Cite: A. Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009.';

/** Side of an image in pixels, and bytes of its R, G and B. */
export const cifarSide = 32;
export const cifarBytes = cifarSide * cifarSide * 3;

/** The files of a version, in the order of their images. */
export interface BatchFile {
  name: string;
  file: string;
  split: 'train' | 'test';
}
