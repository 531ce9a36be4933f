/** @file 3x3 max-pooling (stride 2, padding 1) and the mean over height and width, by their definitions. */
import { add, at, zeros, type NumberArray } from './array.ts';

/** For each output, the index of the largest input of its window. */
function largest(x: NumberArray): { shape: number[]; indices: number[] } {
  const [images, height, width, channels] = x.shape as [number, number, number, number];
  const shape = [images, Math.ceil(height / 2), Math.ceil(width / 2), channels];
  const indices: number[] = [];
  for (let n = 0; n < images; n++) {
    for (let row = 0; row < Math.ceil(height / 2); row++) {
      for (let column = 0; column < Math.ceil(width / 2); column++) {
        for (let c = 0; c < channels; c++) {
          let best = -1;
          for (let h = 2 * row - 1; h <= 2 * row + 1; h++) {
            for (let w = 2 * column - 1; w <= 2 * column + 1; w++) {
              if (h < 0 || h >= height || w < 0 || w >= width) continue;
              const index = ((n * height + h) * width + w) * channels + c;
              if (best < 0 || at(x, index) > at(x, best)) best = index;
            }
          }
          indices.push(best);
        }
      }
    }
  }
  return { shape, indices };
}

export function maxPool(x: NumberArray): NumberArray {
  const { shape, indices } = largest(x);
  return { shape, values: Float64Array.from(indices, (index) => at(x, index)) };
}

export function maxPoolGradient(x: NumberArray, dy: NumberArray): NumberArray {
  const dx = zeros(x.shape);
  largest(x).indices.forEach((index, out) => {
    add(dx, index, at(dy, out));
  });
  return dx;
}

function eachPixel(x: NumberArray, visit: (x: number, y: number, pixels: number) => void): void {
  const [images, height, width, channels] = x.shape as [number, number, number, number];
  const pixels = height * width;
  for (let n = 0; n < images; n++) {
    for (let pixel = 0; pixel < pixels; pixel++) {
      for (let c = 0; c < channels; c++) visit((n * pixels + pixel) * channels + c, n * channels + c, pixels);
    }
  }
}

export function averagePool(x: NumberArray): NumberArray {
  const y = zeros([x.shape[0] as number, x.shape[3] as number]);
  eachPixel(x, (from, to, pixels) => {
    add(y, to, at(x, from) / pixels);
  });
  return y;
}

export function averagePoolGradient(x: NumberArray, dy: NumberArray): NumberArray {
  const dx = zeros(x.shape);
  eachPixel(x, (from, to, pixels) => {
    add(dx, from, at(dy, to) / pixels);
  });
  return dx;
}
