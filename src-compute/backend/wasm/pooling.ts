/** @file Max-pooling and global average pooling on the wasm kernels. */
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { differentiable } from '../differentiable.ts';
import type { WasmHeap } from './heap.ts';
import type { Kernels } from './kernels.ts';

/** Pooling on the kernels' heap. */
export class Pooling {
  readonly #kernels: Kernels;
  readonly #heap: WasmHeap;

  constructor(kernels: Kernels, heap: WasmHeap) {
    this.#kernels = kernels;
    this.#heap = heap;
  }

  /** As {@link Backend.maxPool}. */
  max(x: Tensor4D): Tensor4D {
    const heap = this.#heap;
    const [images, height, width, channels] = x.shape;
    return differentiable({
      inputs: { x },
      forward: (save) => {
        const y = heap.tensor([images, Math.ceil(height / 2), Math.ceil(width / 2), channels]);
        this.#kernels.maxPool(heap.address(x), heap.address(y), images, height, width, channels);
        save(x, y);
        return y;
      },
      gradients: (dy, [x, y]) => ({
        x: () => {
          const dx = heap.tensor([images, height, width, channels]);
          const addresses = [x as Tensor, y as Tensor, dy, dx].map((tensor) => heap.address(tensor));
          const [xAt, yAt, dyAt, dxAt] = addresses as [number, number, number, number];
          this.#kernels.maxPoolGradient(xAt, yAt, dyAt, dxAt, images, height, width, channels);
          return dx;
        },
      }),
    }) as Tensor4D;
  }

  /** As {@link Backend.globalAveragePool}. */
  average(x: Tensor4D): Tensor2D {
    const heap = this.#heap;
    const [images, height, width, channels] = x.shape;
    return differentiable({
      inputs: { x },
      forward: () => {
        const y = heap.tensor([images, channels]);
        this.#kernels.averagePool(heap.address(x), heap.address(y), images, height * width, channels);
        return y;
      },
      gradients: (dy) => ({
        x: () => {
          const dx = heap.tensor([images, height, width, channels]);
          this.#kernels.averagePoolGradient(heap.address(dy), heap.address(dx), images, height * width, channels);
          return dx;
        },
      }),
    }) as Tensor2D;
  }
}
