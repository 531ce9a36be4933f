/** @file Frozen features with their classes: what every protocol is fitted on and judged by. */
import { UserError } from '#shared/errors.ts';

/** Features of the images of one split, row by row, with their classes. */
export interface LabelledFeatures {
  /** count x width, row-major. */
  features: Float32Array;
  width: number;
  /** Class of each row; -1 where an image has none. */
  labels: Int32Array;
}

/** The rows that have a class. Returns the same object where all of them have. */
export function labelledRows(split: LabelledFeatures): LabelledFeatures {
  const { features, width, labels } = split;
  const count = labels.reduce((sum, label) => sum + (label >= 0 ? 1 : 0), 0);
  if (count === labels.length) return split;
  const kept: LabelledFeatures = { features: new Float32Array(count * width), width, labels: new Int32Array(count) };
  let next = 0;
  labels.forEach((label, row) => {
    if (label < 0) return;
    kept.features.set(features.subarray(row * width, (row + 1) * width), next * width);
    kept.labels[next++] = label;
  });
  return kept;
}

/** One split after another. Widths must agree. */
export function joinFeatures(first: LabelledFeatures, second: LabelledFeatures): LabelledFeatures {
  if (second.labels.length === 0) return first;
  const features = new Float32Array(first.features.length + second.features.length);
  features.set(first.features);
  features.set(second.features, first.features.length);
  const labels = new Int32Array(first.labels.length + second.labels.length);
  labels.set(first.labels);
  labels.set(second.labels, first.labels.length);
  return { features, width: first.width, labels };
}

/**
 * Refuses a split that no classifier can be fitted on or judged by.
 * @param name - how a message calls the split, such as `training`.
 * @param leastClasses - how many different classes it must hold.
 * @throws UserError
 */
export function requireLabels(split: LabelledFeatures, name: string, classes: number, leastClasses: number): void {
  if (split.features.length !== split.labels.length * split.width) {
    throw new RangeError(
      `${split.labels.length} labels for ${split.features.length / split.width} rows of ${name} features`,
    );
  }
  const seen = new Set(split.labels);
  seen.delete(-1);
  if (seen.size === 0) {
    throw new UserError(
      `No image of the ${name} split has a label, so features can't be judged by kNN or a linear probe.`,
      'Evaluate on a dataset with class labels; runs on unlabelled images are watched by the label-free metrics.',
    );
  }
  if (seen.size < leastClasses) {
    throw new UserError(
      `All labelled images of the ${name} split belong to a single class, so there is nothing to tell apart.`,
      'Evaluate on a dataset with at least two classes.',
    );
  }
  const highest = Math.max(...seen);
  if (highest >= classes) throw new RangeError(`label ${highest} in the ${name} split, but ${classes} classes`);
  if (!split.features.every(Number.isFinite)) {
    throw new UserError(
      `The ${name} features hold values that are not finite (NaN or infinity).`,
      'The encoder has diverged: evaluate an earlier checkpoint, or train again with a lower learning rate.',
      'diverged',
    );
  }
}
