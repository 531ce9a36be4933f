/** @file What predictions are worth: accuracy, per class, and who is taken for whom. */

export interface Accuracy {
  /** Share of right predictions. */
  top1: number;
  /** Share within each class; 0 where the split holds no image of it (its row of the confusion matrix is then empty). */
  perClass: number[];
  /** confusion[actual][predicted], counts. */
  confusion: number[][];
}

/** Compares predictions with the truth. Equally long, each value a class. */
export function measureAccuracy(predicted: Int32Array, actual: Int32Array, classes: number): Accuracy {
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  let right = 0;
  actual.forEach((truth, at) => {
    const guess = predicted[at] as number;
    const row = confusion[truth] as number[];
    row[guess] = (row[guess] ?? 0) + 1;
    if (guess === truth) right++;
  });
  const perClass = confusion.map((row, truth) => {
    const count = row.reduce((sum, each) => sum + each, 0);
    return count === 0 ? 0 : (row[truth] ?? 0) / count;
  });
  return { top1: right / actual.length, perClass, confusion };
}
