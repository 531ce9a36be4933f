/** @file The size at which a dataset's images are trained on, and the size at which they are stored. */

/** Width and height of an image as it is looked at, that is after its EXIF orientation. */
export interface ImageSize {
  height: number;
  width: number;
}

/** Sides that the dataset's record allows. */
export const trainingSizeRange = { min: 8, max: 1024 } as const;

const largestChosen = 224;
const largestCommon = 64;
const multiple = 8;

/**
 * The training size where the user gives none. Images that all have one small size (CIFAR, MNIST, Tiny ImageNet) keep
 * it. Others take ImageNet's 224, or less where at least half of them are smaller: the median short side, rounded down
 * to a multiple of 8 so that strides divide it.
 */
export function chooseTrainingSize(sizes: readonly ImageSize[]): number {
  const [first] = sizes;
  if (first === undefined) return trainingSizeRange.min;
  const alike = sizes.every(({ height, width }) => height === first.height && width === first.width);
  const common = Math.min(first.height, first.width);
  if (alike && Math.max(first.height, first.width) <= largestCommon) return Math.max(trainingSizeRange.min, common);
  const sides = Float64Array.from(sizes, ({ height, width }) => Math.min(height, width)).sort();
  const median = sides[Math.floor((sides.length - 1) / 2)] ?? common;
  const rounded = Math.floor(median / multiple) * multiple;
  return Math.min(largestChosen, Math.max(trainingSizeRange.min, rounded));
}

/**
 * The size at which an image is stored. The short side is 256/224 of the training size, as evaluation resizes before
 * its centre crop; smaller images stay as they are. The aspect ratio is kept.
 */
export function storedSize({ height, width }: ImageSize, trainingSize: number): ImageSize {
  const wanted = Math.ceil((trainingSize * 256) / 224);
  const short = Math.min(height, width);
  if (short <= wanted) return { height, width };
  const scale = wanted / short;
  return {
    height: height === short ? wanted : Math.round(height * scale),
    width: width === short ? wanted : Math.round(width * scale),
  };
}
