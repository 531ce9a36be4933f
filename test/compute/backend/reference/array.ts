/** @file Plain arrays in float64, for references that are slow and easy to check by eye. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { Random } from '#shared/random.ts';

/** Values in row-major order. */
export interface NumberArray {
  shape: readonly number[];
  values: Float64Array;
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

export function zeros(shape: readonly number[]): NumberArray {
  return { shape, values: new Float64Array(sizeOf(shape)) };
}

/** Normal values, rounded to float32 so that a backend sees the very same numbers. */
export function normal(shape: readonly number[], seed: number, mean = 0, deviation = 1): NumberArray {
  const random = new Random(seed);
  return {
    shape,
    values: Float64Array.from({ length: sizeOf(shape) }, () => Math.fround(mean + deviation * random.normal())),
  };
}

/** The float32 tensor of an array, of whatever rank the caller knows it to have. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the rank is the caller's knowledge
export function toTensor<Kind extends Tensor>(array: NumberArray): Kind {
  return tf.tensor(Float32Array.from(array.values), [...array.shape], 'float32') as Kind;
}

export function map(array: NumberArray, change: (value: number, at: number) => number): NumberArray {
  return { shape: array.shape, values: array.values.map(change) };
}

/** The element at an index within bounds. */
export function at(array: NumberArray, index: number): number {
  return array.values[index] as number;
}

export function add(array: NumberArray, index: number, value: number): void {
  array.values[index] = at(array, index) + value;
}

/** Largest difference, relative to the largest value of the reference. */
export function relativeError(actual: ArrayLike<number>, expected: NumberArray): number {
  if (actual.length !== expected.values.length) return Infinity;
  let difference = 0;
  let largest = 0;
  expected.values.forEach((value, index) => {
    const error = Math.abs((actual[index] as number) - value);
    difference = Number.isNaN(error) ? Infinity : Math.max(difference, error);
    largest = Math.max(largest, Math.abs(value));
  });
  return difference === 0 ? 0 : difference / Math.max(largest, 1e-30);
}
