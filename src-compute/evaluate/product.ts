/** @file Matrix products on the current backend between arrays that live in JavaScript and matrices that stay there. */
import * as tf from '@tensorflow/tfjs-core';

/**
 * [Note: reading inside tidy] `tidy` looks for tensors in whatever its function returns, element by element: returning a
 * typed array from it takes seconds a million values. So the product is read after its tidy, and disposed by hand.
 */
function read(product: tf.Tensor2D): Float32Array {
  try {
    return product.dataSync<'float32'>();
  } finally {
    product.dispose();
  }
}

/** values [rows, K] times matrix [K, columns], row-major. */
export function timesMatrix(values: Float32Array, matrix: tf.Tensor2D): Float32Array {
  const inner = matrix.shape[0];
  return read(tf.tidy(() => tf.matMul(tf.tensor2d(values, [values.length / inner, inner]), matrix)));
}

/** matrix [rows, K] times values [K, columns], row-major. */
export function matrixTimes(matrix: tf.Tensor2D, values: Float32Array): Float32Array {
  const inner = matrix.shape[1];
  return read(tf.tidy(() => tf.matMul(matrix, tf.tensor2d(values, [inner, values.length / inner]))));
}

/** values [rows, K] times matrix^T [K, N] times matrix [N, K], row-major. */
export function timesGram(values: Float32Array, matrix: tf.Tensor2D): Float32Array {
  const width = matrix.shape[1];
  return read(
    tf.tidy(() => {
      const columns = tf.transpose<tf.Tensor2D>(tf.tensor2d(values, [values.length / width, width]));
      return tf.matMul(tf.transpose<tf.Tensor2D>(tf.matMul(matrix, columns)), matrix);
    }),
  );
}
