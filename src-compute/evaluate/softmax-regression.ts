/** @file Multinomial logistic regression: its logits, and the objective that L-BFGS minimises. */
import * as tf from '@tensorflow/tfjs-core';
import { breathe } from './breathing.ts';
import type { LabelledFeatures } from './features.ts';
import { matrixTimes, timesGram, timesMatrix } from './product.ts';
import { standardisedRows, type Standardisation } from './standardisation.ts';

/** Values of one block of features on the device: 64 MB. */
const blockValues = 2 ** 24;

interface Block {
  /** rows x width, standardised. */
  x: tf.Tensor2D;
  labels: Int32Array;
}

/**
 * Standardised features on the device, with the maths of a linear classifier over them. A classifier is one vector:
 * weights (width x classes, row-major), then biases (classes). The matrix products run on the backend in float32,
 * everything else here in float64. No product needs a transpose flag, which wasm computes ten times slower.
 */
export class SoftmaxRegression {
  readonly classes: number;
  readonly width: number;
  readonly count: number;
  readonly #blocks: Block[] = [];
  readonly #signal: AbortSignal | undefined;

  constructor(
    parts: readonly LabelledFeatures[],
    standardisation: Standardisation,
    classes: number,
    signal: AbortSignal | undefined,
  ) {
    this.classes = classes;
    this.width = parts[0]?.width ?? 0;
    this.count = parts.reduce((sum, part) => sum + part.labels.length, 0);
    this.#signal = signal;
    const step = Math.max(1, Math.floor(blockValues / this.width));
    for (const part of parts) {
      for (let first = 0; first < part.labels.length; first += step) {
        const last = Math.min(first + step, part.labels.length);
        const rows = standardisedRows(part, first, last, standardisation);
        const x = tf.tensor2d(rows, [last - first, this.width]);
        this.#blocks.push({ x, labels: part.labels.subarray(first, last) });
      }
    }
  }

  /** A classifier of zeros: every class equally likely. */
  start(): Float64Array {
    return new Float64Array((this.width + 1) * this.classes);
  }

  /** Mean cross-entropy + lambda/2 |weights|^2 (biases are free), with the gradient of it. */
  async objective(lambda: number, classifier: Float64Array, gradient: Float64Array): Promise<number> {
    const { classes, width, count } = this;
    gradient.fill(0);
    let loss = 0;
    const biasAt = width * classes;
    for (const { x, labels } of this.#blocks) {
      await breathe(this.#signal);
      const logits = this.#logits(x, classifier);
      const residual = new Float32Array(labels.length * classes); // classes x rows: (softmax - one-hot), transposed
      loss += crossEntropy(logits, labels, classes, residual, gradient, biasAt) / count;
      const product = timesMatrix(residual, x); // classes x width
      for (let feature = 0; feature < width; feature++) {
        for (let each = 0; each < classes; each++) {
          const at = feature * classes + each;
          gradient[at] = (gradient[at] as number) + (product[each * width + feature] as number);
        }
      }
    }
    let squares = 0;
    for (let at = 0; at < gradient.length; at++) {
      const weight = at < biasAt ? (classifier[at] as number) : 0;
      squares += weight * weight;
      gradient[at] = (gradient[at] as number) / count + lambda * weight;
    }
    return loss + (lambda / 2) * squares;
  }

  /** The most likely class of each row, with the mean cross-entropy. */
  async predict(classifier: Float64Array): Promise<{ predicted: Int32Array; crossEntropy: number }> {
    const { classes } = this;
    const predicted = new Int32Array(this.count);
    let loss = 0;
    let start = 0;
    for (const { x, labels } of this.#blocks) {
      await breathe(this.#signal);
      const logits = this.#logits(x, classifier);
      for (let row = 0; row < labels.length; row++) {
        let best = 0;
        for (let each = 1; each < classes; each++) {
          if ((logits[row * classes + each] as number) > (logits[row * classes + best] as number)) best = each;
        }
        predicted[start + row] = best;
      }
      loss += crossEntropy(logits, labels, classes);
      start += labels.length;
    }
    return { predicted, crossEntropy: loss / this.count };
  }

  /** Directions (count x width) times the features' covariance. */
  async covarianceTimes(directions: Float32Array): Promise<Float32Array> {
    const product = new Float64Array(directions.length);
    for (const { x } of this.#blocks) {
      await breathe(this.#signal);
      const part = timesGram(directions, x);
      part.forEach((value, at) => (product[at] = (product[at] as number) + value / this.count));
    }
    return Float32Array.from(product);
  }

  dispose(): void {
    for (const { x } of this.#blocks) x.dispose();
    this.#blocks.length = 0;
  }

  /** rows x classes, row-major, biases included. */
  #logits(x: tf.Tensor2D, classifier: Float64Array): Float32Array {
    const { classes, width } = this;
    const weights = Float32Array.from(classifier.subarray(0, width * classes));
    const logits = matrixTimes(x, weights);
    for (let at = 0; at < logits.length; at++) {
      logits[at] = (logits[at] as number) + (classifier[width * classes + (at % classes)] as number);
    }
    return logits;
  }
}

/**
 * Sum over rows of -ln softmax(logits)[label].
 * @param residual - receives softmax - one-hot, transposed: classes x rows.
 * @param gradient - its entries from `biasAt` on are raised by the residual's sum over rows.
 */
function crossEntropy(
  logits: Float32Array,
  labels: Int32Array,
  classes: number,
  residual?: Float32Array,
  gradient?: Float64Array,
  biasAt = 0,
): number {
  const rows = labels.length;
  const exponentials = new Float64Array(classes);
  let loss = 0;
  for (let row = 0; row < rows; row++) {
    const start = row * classes;
    let highest = -Infinity;
    for (let each = 0; each < classes; each++) highest = Math.max(highest, logits[start + each] as number);
    let sum = 0;
    for (let each = 0; each < classes; each++) {
      sum += exponentials[each] = Math.exp((logits[start + each] as number) - highest);
    }
    const label = labels[row] as number;
    loss += Math.log(sum) + highest - (logits[start + label] as number);
    if (residual === undefined || gradient === undefined) continue;
    for (let each = 0; each < classes; each++) {
      const rest = (exponentials[each] as number) / sum - (each === label ? 1 : 0);
      residual[each * rows + row] = rest;
      gradient[biasAt + each] = (gradient[biasAt + each] as number) + rest;
    }
  }
  return loss;
}
