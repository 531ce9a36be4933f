/** @file The crop of SimCLR's random resized crop: which rectangle of the image a view shows. */
import type { Random } from '#shared/random.ts';
import type { Crop } from './image.ts';

const narrowest = 3 / 4;
const widest = 4 / 3;
const lowestLog = Math.log(narrowest);
const highestLog = Math.log(widest);
const attempts = 100; // as the authors' code; torchvision gives up after 10

/**
 * Draws a crop whose area is uniform in [`smallestShare`, 1] of the image's and whose aspect ratio (width / height) is
 * log-uniform in [3/4, 4/3], redrawing what does not fit; after 100 misses the largest central crop with an aspect ratio
 * in that range, as torchvision.
 * @param into - receives the crop, so that drawing allocates nothing; also returned.
 */
export function drawCrop(random: Random, height: number, width: number, smallestShare: number, into: Crop): Crop {
  const area = height * width;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const target = area * random.uniform(smallestShare, 1);
    const aspect = Math.exp(random.uniform(lowestLog, highestLog));
    const cropWidth = Math.round(Math.sqrt(target * aspect));
    const cropHeight = Math.round(Math.sqrt(target / aspect));
    if (cropWidth > 0 && cropWidth <= width && cropHeight > 0 && cropHeight <= height) {
      into.top = random.integer(height - cropHeight + 1);
      into.left = random.integer(width - cropWidth + 1);
      into.height = cropHeight;
      into.width = cropWidth;
      return into;
    }
  }
  return centralCrop(height, width, into);
}

/** The largest central rectangle whose aspect ratio lies in [3/4, 4/3]. */
export function centralCrop(height: number, width: number, into: Crop): Crop {
  const aspect = width / height;
  into.width = aspect > widest ? Math.round(height * widest) : width;
  into.height = aspect < narrowest ? Math.round(width / narrowest) : height;
  into.top = Math.floor((height - into.height) / 2);
  into.left = Math.floor((width - into.width) / 2);
  return into;
}
