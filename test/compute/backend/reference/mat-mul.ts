/** @file Matrix products by their definition. */
import { add, at, zeros, type NumberArray } from './array.ts';

export function transposed(a: NumberArray): NumberArray {
  const [rows, columns] = a.shape as [number, number];
  const result = zeros([columns, rows]);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) add(result, column * rows + row, at(a, row * columns + column));
  }
  return result;
}

export function matMul(a: NumberArray, b: NumberArray): NumberArray {
  const [rows, inner] = a.shape as [number, number];
  const columns = b.shape[1] as number;
  const result = zeros([rows, columns]);
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < inner; k++) {
      for (let column = 0; column < columns; column++) {
        add(result, row * columns + column, at(a, row * inner + k) * at(b, k * columns + column));
      }
    }
  }
  return result;
}
