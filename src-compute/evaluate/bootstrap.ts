/** @file How sure an accuracy is: the bootstrap's percentile interval over test images. */
import { Random, Stream } from '#shared/random.ts';

export interface Interval {
  low: number;
  high: number;
}

/**
 * The 95 % percentile interval of a share of right predictions, by resampling the images with replacement.
 * @param right - 1 where an image's prediction is right, else 0.
 * @param samples - how many resamples; 2,000 give ends that are themselves sure to about a tenth of the interval.
 */
export function bootstrapInterval(right: Uint8Array, samples: number, seed: number): Interval {
  const random = new Random(seed, Stream.bootstrap);
  const shares = Float64Array.from({ length: samples }, () => {
    let count = 0;
    right.forEach(() => (count += right[random.integer(right.length)] as number));
    return count / right.length;
  }).sort();
  return { low: percentile(shares, 0.025), high: percentile(shares, 0.975) };
}

/** Linear between the two nearest of sorted values. */
function percentile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const low = sorted[Math.floor(at)] ?? NaN;
  const high = sorted[Math.ceil(at)] ?? NaN;
  return low + (high - low) * (at - Math.floor(at));
}
