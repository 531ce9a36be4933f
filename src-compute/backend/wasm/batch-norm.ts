/** @file Batch normalisation on the wasm kernels, and its gradient. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { BatchNormOutput } from '../backend.ts';
import { differentiable, once } from '../differentiable.ts';
import type { WasmHeap } from './heap.ts';
import type { Kernels } from './kernels.ts';

/** Batch normalisation on the kernels' heap. */
export class BatchNorm {
  readonly #kernels: Kernels;
  readonly #heap: WasmHeap;

  constructor(kernels: Kernels, heap: WasmHeap) {
    this.#kernels = kernels;
    this.#heap = heap;
  }

  /** As {@link Backend.batchNorm}. */
  train<Input extends Tensor2D | Tensor4D>(
    x: Input,
    gamma: Tensor1D,
    beta: Tensor1D,
    epsilon: number,
    relu: boolean,
  ): BatchNormOutput<Input> {
    const heap = this.#heap;
    const { rows, channels } = sizesOf(x, gamma, beta);
    let statistics: [Tensor, Tensor] | undefined;
    const y = differentiable({
      inputs: { x, gamma, beta },
      forward: (save) => {
        const y = heap.tensor(x.shape);
        const mean = heap.tensor([channels]);
        const variance = heap.tensor([channels]);
        const inverse = heap.tensor([channels]);
        this.#kernels.batchNorm(
          heap.address(x),
          heap.address(gamma),
          heap.address(beta),
          heap.address(y),
          heap.address(mean),
          heap.address(variance),
          heap.address(inverse),
          rows,
          channels,
          epsilon,
          Number(relu),
        );
        save(x, gamma, beta, mean, inverse);
        // The tape takes one output; these two outlive the scope of its computation here, and join the caller's below.
        statistics = [tf.keep(mean), tf.keep(variance)];
        return y;
      },
      gradients: (dy, saved) => {
        const compute = once(() => this.#gradient(dy, saved, rows, channels, relu));
        return { x: () => compute()[0], gamma: () => compute()[1], beta: () => compute()[2] };
      },
    }) as Input;
    const [mean, variance] = (statistics as unknown as [Tensor, Tensor]).map(handBack) as [Tensor1D, Tensor1D];
    return { y, mean, variance };
  }

  /** As {@link Backend.batchNormInference}. */
  infer<Input extends Tensor2D | Tensor4D>(
    x: Input,
    gamma: Tensor1D,
    beta: Tensor1D,
    mean: Tensor1D,
    variance: Tensor1D,
    epsilon: number,
    relu: boolean,
  ): Input {
    const heap = this.#heap;
    const { rows, channels } = sizesOf(x, gamma, beta, mean, variance);
    return tf.tidy(() => {
      const inverse = tf.rsqrt(tf.add(variance, epsilon));
      const y = heap.tensor(x.shape);
      this.#kernels.normalise(
        heap.address(x),
        heap.address(gamma),
        heap.address(beta),
        heap.address(mean),
        heap.address(inverse),
        heap.address(y),
        rows,
        channels,
        Number(relu),
      );
      return y as Input;
    });
  }

  #gradient(
    dy: Tensor,
    saved: readonly Tensor[],
    rows: number,
    channels: number,
    relu: boolean,
  ): [Tensor, Tensor, Tensor] {
    const heap = this.#heap;
    const [x, gamma, beta, mean, inverse] = saved as [Tensor, Tensor, Tensor, Tensor, Tensor];
    const dx = heap.tensor(x.shape);
    const dgamma = heap.tensor([channels]);
    const dbeta = heap.tensor([channels]);
    this.#kernels.batchNormGradient(
      heap.address(x),
      heap.address(dy),
      heap.address(gamma),
      heap.address(beta),
      heap.address(mean),
      heap.address(inverse),
      heap.address(dx),
      heap.address(dgamma),
      heap.address(dbeta),
      rows,
      channels,
      Number(relu),
    );
    return [dx, dgamma, dbeta];
  }
}

function sizesOf(x: Tensor, ...perChannel: readonly Tensor[]): { rows: number; channels: number } {
  const channels = x.shape.at(-1) ?? 0;
  if (perChannel.some((tensor) => tensor.size !== channels)) {
    throw new Error(`Batch normalisation of [${x.shape.join()}] needs ${channels} values a parameter.`);
  }
  return { rows: x.size / channels, channels };
}

/** A kept tensor as one of the current scope. */
function handBack(kept: Tensor): Tensor {
  const own = tf.clone(kept);
  kept.dispose();
  return own;
}
