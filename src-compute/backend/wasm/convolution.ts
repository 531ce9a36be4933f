/** @file Convolution with symmetric padding on the wasm kernels, and its gradients. */
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { differentiable } from '../differentiable.ts';
import type { WasmHeap } from './heap.ts';
import type { Kernels } from './kernels.ts';
import { transposedProduct } from './mat-mul.ts';

/** The sizes of a convolution of square filters. */
interface Geometry {
  images: number;
  height: number;
  width: number;
  inputChannels: number;
  outHeight: number;
  outWidth: number;
  outputChannels: number;
  kernel: number;
  stride: number;
  padding: number;
}

function geometryOf(x: Tensor4D, filter: Tensor4D, stride: number, padding: number): Geometry {
  const [images, height, width, inputChannels] = x.shape;
  const [kernel, kernelWidth, filterChannels, outputChannels] = filter.shape;
  const outHeight = Math.floor((height + 2 * padding - kernel) / stride) + 1;
  const outWidth = Math.floor((width + 2 * padding - kernel) / stride) + 1;
  if (
    kernel !== kernelWidth ||
    filterChannels !== inputChannels ||
    padding >= kernel ||
    outHeight < 1 ||
    outWidth < 1
  ) {
    throw new Error(
      `No convolution of [${x.shape.join()}] with [${filter.shape.join()}], stride ${stride}, padding ${padding}.`,
    );
  }
  const sizes = { images, height, width, inputChannels, outHeight, outWidth, outputChannels, kernel, stride, padding };
  if (kernel > 1 || stride > 1) return sizes;
  // A 1x1 filter joins pixels to nothing: all of them are one long row.
  const pixels = images * height * width;
  return { ...sizes, images: 1, height: 1, width: pixels, outHeight: 1, outWidth: pixels };
}

/** `count` rounded up to a multiple of `step`. */
function roundUp(count: number, step: number): number {
  return Math.ceil(count / step) * step;
}

/**
 * How far dy must be padded before and after, so that every phase of pixels (see convolveInputGradient) finds its taps
 * inside.
 */
function gradientPadding(g: Geometry): { before: number; after: number } {
  let before = 0;
  let after = 0;
  for (let phase = 0; phase < g.stride; phase++) {
    const first = (phase + g.padding) % g.stride;
    if (first >= g.kernel) continue;
    const taps = Math.ceil((g.kernel - first) / g.stride);
    const reach = Math.floor((phase + g.padding) / g.stride);
    before = Math.max(before, taps - 1 - reach);
    after = Math.max(
      after,
      Math.ceil((g.height - phase) / g.stride) + reach - g.outHeight,
      Math.ceil((g.width - phase) / g.stride) + reach - g.outWidth,
    );
  }
  return { before, after };
}

/** Convolutions on the kernels' heap. */
export class Convolution {
  readonly #kernels: Kernels;
  readonly #heap: WasmHeap;

  constructor(kernels: Kernels, heap: WasmHeap) {
    this.#kernels = kernels;
    this.#heap = heap;
  }

  /** As {@link Backend.conv2d}. */
  run(x: Tensor4D, filter: Tensor4D, stride: number, padding: number): Tensor4D {
    const geometry = geometryOf(x, filter, stride, padding);
    return differentiable({
      inputs: { x, filter },
      forward: (save) => {
        save(x, filter);
        return this.#forward(x, filter, geometry, outputShape(x, filter, stride, padding));
      },
      gradients: (dy, [x, filter]) => ({
        x: () => this.#inputGradient(dy, x as Tensor, filter as Tensor, geometry),
        filter: () => this.#filterGradient(dy, x as Tensor, filter as Tensor, geometry),
      }),
    }) as Tensor4D;
  }

  #forward(x: Tensor, filter: Tensor, g: Geometry, shape: readonly number[]): Tensor {
    const y = this.#heap.tensor(shape);
    const [panels, padded] = this.#heap.scratch(
      g.kernel * g.kernel * g.inputChannels * roundUp(g.outputChannels, 8),
      g.padding > 0 ? (g.height + 2 * g.padding) * (g.width + 2 * g.padding) * g.inputChannels : 0,
    ) as [number, number];
    this.#kernels.packPanels(
      this.#heap.address(filter),
      panels,
      g.kernel,
      g.kernel,
      g.inputChannels,
      g.outputChannels,
      g.kernel * g.inputChannels * g.outputChannels,
      g.inputChannels * g.outputChannels,
      g.outputChannels,
      1,
    );
    this.#kernels.convolve(this.#heap.address(x), panels, this.#heap.address(y), padded, ...sizesOf(g));
    return y;
  }

  #inputGradient(dy: Tensor, x: Tensor, filter: Tensor, g: Geometry): Tensor {
    const dx = this.#heap.tensor(x.shape);
    const { before, after } = gradientPadding(g);
    const [panels, padded] = this.#heap.scratch(
      g.kernel * g.kernel * g.outputChannels * roundUp(g.inputChannels, 8),
      before + after > 0 ? (g.outHeight + before + after) * (g.outWidth + before + after) * g.outputChannels : 0,
    ) as [number, number];
    this.#kernels.convolveInputGradient(
      this.#heap.address(dy),
      this.#heap.address(filter),
      this.#heap.address(dx),
      panels,
      padded,
      ...sizesOf(g),
      before,
      after,
    );
    return dx;
  }

  #filterGradient(dy: Tensor, x: Tensor, filter: Tensor, g: Geometry): Tensor {
    const gradient = this.#heap.tensor(filter.shape);
    if (g.kernel === 1 && g.stride === 1) {
      transposedProduct(this.#kernels, this.#heap, x, dy, gradient, g.width, g.inputChannels, g.outputChannels);
      return gradient;
    }
    const wider = roundUp(g.outputChannels, 8);
    const [sums, padded, widened] = this.#heap.scratch(
      g.kernel * roundUp(g.kernel * g.inputChannels, 4) * wider,
      (g.height + 2 * g.padding) * (g.width + 2 * g.padding) * g.inputChannels + 4,
      g.outHeight * g.outWidth * wider,
    ) as [number, number, number];
    this.#kernels.convolutionFilterGradient(
      this.#heap.address(x),
      this.#heap.address(dy),
      this.#heap.address(gradient),
      sums,
      padded,
      widened,
      ...sizesOf(g),
    );
    return gradient;
  }
}

type Sizes = [number, number, number, number, number, number, number, number, number, number];

/** The sizes in the kernels' order of arguments. */
function sizesOf(g: Geometry): Sizes {
  return [
    g.images,
    g.height,
    g.width,
    g.inputChannels,
    g.outHeight,
    g.outWidth,
    g.outputChannels,
    g.kernel,
    g.stride,
    g.padding,
  ];
}

function outputShape(x: Tensor4D, filter: Tensor4D, stride: number, padding: number): number[] {
  const out = (size: number): number => Math.floor((size + 2 * padding - filter.shape[0]) / stride) + 1;
  return [x.shape[0], out(x.shape[1]), out(x.shape[2]), filter.shape[3]];
}
