/** @file Convolution with symmetric zero padding, by its definition. */
import { add, at, zeros, type NumberArray } from './array.ts';

export interface ConvolutionCase {
  x: NumberArray;
  filter: NumberArray;
  stride: number;
  padding: number;
}

function outputShape({ x, filter, stride, padding }: ConvolutionCase): number[] {
  const [images, height, width] = x.shape as [number, number, number];
  const [kernel, , , channels] = filter.shape as [number, number, number, number];
  const out = (size: number): number => Math.floor((size + 2 * padding - kernel) / stride) + 1;
  return [images, out(height), out(width), channels];
}

/** Calls back with the indices of each product in the sum that defines the convolution. */
function eachProduct(of: ConvolutionCase, visit: (x: number, filter: number, y: number) => void): void {
  const [images, height, width, inputs] = of.x.shape as [number, number, number, number];
  const [, outHeight, outWidth, outputs] = outputShape(of) as [number, number, number, number];
  const kernel = of.filter.shape[0] as number;
  for (let n = 0; n < images; n++) {
    for (let row = 0; row < outHeight; row++) {
      for (let column = 0; column < outWidth; column++) {
        for (let i = 0; i < kernel; i++) {
          for (let j = 0; j < kernel; j++) {
            const h = row * of.stride + i - of.padding;
            const w = column * of.stride + j - of.padding;
            if (h < 0 || h >= height || w < 0 || w >= width) continue;
            for (let input = 0; input < inputs; input++) {
              for (let output = 0; output < outputs; output++) {
                visit(
                  ((n * height + h) * width + w) * inputs + input,
                  ((i * kernel + j) * inputs + input) * outputs + output,
                  ((n * outHeight + row) * outWidth + column) * outputs + output,
                );
              }
            }
          }
        }
      }
    }
  }
}

export function convolution(of: ConvolutionCase): NumberArray {
  const y = zeros(outputShape(of));
  eachProduct(of, (x, filter, out) => {
    add(y, out, at(of.x, x) * at(of.filter, filter));
  });
  return y;
}

export function convolutionGradients(of: ConvolutionCase, dy: NumberArray): { x: NumberArray; filter: NumberArray } {
  const dx = zeros(of.x.shape);
  const dfilter = zeros(of.filter.shape);
  eachProduct(of, (x, filter, out) => {
    add(dx, x, at(of.filter, filter) * at(dy, out));
    add(dfilter, filter, at(of.x, x) * at(dy, out));
  });
  return { x: dx, filter: dfilter };
}
