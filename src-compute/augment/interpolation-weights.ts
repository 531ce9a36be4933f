/** @file Which source samples make an output sample, and by how much, along one axis. */
import type { Interpolation } from './image.ts';

/** Taps of one axis: output sample i is the sum of weights[4i + t] * source[indices[4i + t]] over t = 0..3. */
export interface Taps {
  indices: Int32Array;
  weights: Float64Array;
}

/** Taps for up to `size` output samples, to be filled. */
export function makeTaps(size: number): Taps {
  return { indices: new Int32Array(4 * size), weights: new Float64Array(4 * size) };
}

/**
 * [Note: interpolation] Output sample i sits at (i + 0.5) * length / size - 0.5 in the source (half-pixel centres). Bicubic
 * is Keys' kernel with a = -0.5 over the four nearest samples, bilinear the triangle over two. Nothing is antialiased: the
 * kernel is not stretched when shrinking. Samples outside the source are left out and the remaining weights divided by
 * their sum. This is `tf.image.resize` of TensorFlow 2 (bicubic: but for its table of 1,024 offsets), which the authors'
 * code calls, and, where nothing shrinks, also Pillow's `resize`. torchvision without antialiasing has a = -0.75 instead.
 */
export function fillTaps(taps: Taps, length: number, size: number, interpolation: Interpolation): void {
  const { indices, weights } = taps;
  const scale = length / size;
  for (let i = 0; i < size; i++) {
    const position = (i + 0.5) * scale - 0.5;
    const base = Math.floor(position);
    const d = position - base;
    const at = 4 * i;
    let sum = 0;
    for (let t = 0; t < 4; t++) {
      const source = base - 1 + t;
      const distance = Math.abs(d + 1 - t);
      const inside = source >= 0 && source < length;
      const weight = inside ? (interpolation === 'bicubic' ? keys(distance) : triangle(distance)) : 0;
      indices[at + t] = inside ? source : source < 0 ? 0 : length - 1;
      weights[at + t] = weight;
      sum += weight;
    }
    for (let t = at; t < at + 4; t++) weights[t] = (weights[t] as number) / sum;
  }
}

/** Keys' cubic convolution kernel with a = -0.5. */
function keys(x: number): number {
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  if (x < 2) return ((-0.5 * x + 2.5) * x - 4) * x + 2;
  return 0;
}

function triangle(x: number): number {
  return x < 1 ? 1 - x : 0;
}
