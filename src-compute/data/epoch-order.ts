/** @file In which order an epoch visits the training images, and how many steps that makes. */
import { UserError } from '#shared/errors.ts';
import { Random, Stream } from '#shared/random.ts';

/** The images in the order of an epoch (counted from 0): a new array, decided by seed and epoch alone. */
export function epochOrder(seed: number, epoch: number, images: Uint32Array): Uint32Array {
  return new Random(seed, Stream.epochOrder, epoch).shuffle(images.slice());
}

/**
 * Whole batches in an epoch; the images left over are dropped (others in each epoch), because NT-Xent depends on the
 * batch size.
 * @throws UserError where not even one batch fits.
 */
export function stepsPerEpoch(images: number, batchSize: number): number {
  if (batchSize > images) {
    throw new UserError(
      `A batch of ${batchSize} images is larger than the ${images} there are to train on.`,
      images < 2 ? 'Add more images.' : `Choose a batch size of at most ${images}.`,
      'usage',
    );
  }
  return Math.floor(images / batchSize);
}
