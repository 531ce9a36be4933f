/** @file Frozen features with their classes: what every protocol is fitted on and judged by. */
import { UserError } from '#shared/errors.ts';
import { Random, Stream } from '#shared/random.ts';

/** Features of the images of one split, row by row, with their classes. */
export interface LabelledFeatures {
  /** count x width, row-major. */
  features: Float32Array;
  width: number;
  /** Class of each row; -1 where an image has none. */
  labels: Int32Array;
}

/** The named rows, copied, in that order. */
export function pickRows(split: LabelledFeatures, rows: ArrayLike<number>): LabelledFeatures {
  const { features, width, labels } = split;
  const picked = new Float32Array(rows.length * width);
  const pickedLabels = new Int32Array(rows.length);
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] as number;
    picked.set(features.subarray(row * width, (row + 1) * width), at * width);
    pickedLabels[at] = labels[row] as number;
  }
  return { features: picked, width, labels: pickedLabels };
}

/** The rows that have a class. Returns the same object where all of them have. */
export function labelledRows(split: LabelledFeatures): LabelledFeatures {
  if (split.labels.every((label) => label >= 0)) return split;
  return pickRows(
    split,
    Array.from(split.labels.keys()).filter((row) => (split.labels[row] as number) >= 0),
  );
}

/** Holds out a seeded share of a split, at least one row of each part where there are two. */
export function holdOut(
  split: LabelledFeatures,
  share: number,
  seed: number,
): { kept: LabelledFeatures; heldOut: LabelledFeatures } {
  const order = new Random(seed, Stream.split).shuffle(Int32Array.from(split.labels.keys()));
  const count = Math.max(1, Math.round(order.length * share));
  return {
    kept: pickRows(split, order.subarray(count).sort()),
    heldOut: pickRows(split, order.subarray(0, count).sort()),
  };
}

/**
 * Refuses a split that no classifier can be fitted on or judged by.
 * @param name - how a message calls the split, such as `training`.
 * @param classes - how many classes there are: labels lie below.
 * @param leastClasses - how many different classes the split must hold.
 * @throws UserError
 */
export function requireLabels(split: LabelledFeatures, name: string, classes: number, leastClasses: number): void {
  if (split.features.length !== split.labels.length * split.width) {
    const rows = split.features.length / split.width;
    throw new RangeError(`${split.labels.length} labels for ${rows} rows of ${name} features`);
  }
  const seen = new Set(split.labels);
  seen.delete(-1);
  if (seen.size === 0) {
    throw new UserError(
      `No image of the ${name} split has a label, so features can't be judged by kNN or a linear probe.`,
      'Evaluate on a dataset with class labels; without labels, go by the alignment, uniformity and effective rank.',
    );
  }
  if (seen.size < leastClasses) {
    throw new UserError(
      `All labelled images of the ${name} split belong to one class, so there is nothing to tell apart.`,
      'Evaluate on a dataset with at least two classes.',
    );
  }
  const highest = Math.max(...seen);
  if (highest >= classes) throw new RangeError(`label ${highest} in the ${name} split, but ${classes} classes`);
}

/**
 * Refuses features that an encoder which diverged has made.
 * @throws UserError
 */
export function requireFinite(split: LabelledFeatures, name: string): void {
  for (const value of split.features) {
    if (Number.isFinite(value)) continue;
    throw new UserError(
      `The ${name} features hold values that are not finite (NaN or infinity).`,
      'The encoder has diverged: evaluate an earlier checkpoint, or train again with a lower learning rate.',
      'diverged',
    );
  }
}
