/** @file Features with classes, made up: one cloud a class. */
import type { LabelledFeatures } from '#compute/evaluate/features.ts';
import { Random } from '#shared/random.ts';

/** Rows around one centre a class; the nearer to 0 the spread, the easier. */
export function madeUpFeatures(
  count: number,
  width: number,
  classes: number,
  spread: number,
  seed = 0,
): LabelledFeatures {
  const centres = new Random(99);
  const centre = Float32Array.from({ length: classes * width }, () => centres.normal());
  const random = new Random(seed, 1);
  const labels = Int32Array.from({ length: count }, () => random.integer(classes));
  const features = Float32Array.from({ length: count * width }, (_, at) => {
    const label = labels[Math.floor(at / width)] ?? 0;
    return (centre[label * width + (at % width)] ?? 0) + spread * random.normal();
  });
  return { features, width, labels };
}
