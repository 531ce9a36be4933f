/** @file ReLU, alone and at the end of a residual block, on the wasm kernels. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { differentiable, once } from '../differentiable.ts';
import type { WasmHeap } from './heap.ts';
import type { Kernels } from './kernels.ts';

/** Activations on the kernels' heap. */
export class Activation {
  readonly #kernels: Kernels;
  readonly #heap: WasmHeap;

  constructor(kernels: Kernels, heap: WasmHeap) {
    this.#kernels = kernels;
    this.#heap = heap;
  }

  /** As {@link Backend.relu}. */
  relu<Input extends Tensor>(x: Input): Input {
    const heap = this.#heap;
    return differentiable({
      inputs: { x },
      forward: (save) => {
        const y = heap.tensor(x.shape);
        this.#kernels.relu(heap.address(x), heap.address(y), x.size);
        save(y);
        return y;
      },
      gradients: (dy, [y]) => ({ x: () => this.#gradient(dy, y as Tensor) }),
    }) as Input;
  }

  /** As {@link Backend.addRelu}. */
  addRelu(a: Tensor4D, b: Tensor4D): Tensor4D {
    const heap = this.#heap;
    if (!tf.util.arraysEqual(a.shape, b.shape)) {
      throw new Error(`A residual block adds equal shapes, not [${a.shape.join()}] and [${b.shape.join()}].`);
    }
    return differentiable({
      inputs: { a, b },
      forward: (save) => {
        const y = heap.tensor(a.shape);
        this.#kernels.addRelu(heap.address(a), heap.address(b), heap.address(y), a.size);
        save(y);
        return y;
      },
      gradients: (dy, [y]) => {
        const shared = once(() => this.#gradient(dy, y as Tensor));
        // A handle each, since whoever adds gradients up frees them one by one.
        return { a: shared, b: () => tf.clone(shared()) };
      },
    }) as Tensor4D;
  }

  #gradient(dy: Tensor, y: Tensor): Tensor {
    const dx = this.#heap.tensor(y.shape);
    this.#kernels.reluGradient(this.#heap.address(y), this.#heap.address(dy), this.#heap.address(dx), y.size);
    return dx;
  }
}
