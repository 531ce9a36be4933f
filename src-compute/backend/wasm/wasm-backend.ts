/**
 * @file SimCLR's operations on WebAssembly: no Python, no compiler, one thread.
 *
 * Plain TensorFlow.js operations run beside them. Safe, with right gradients and reasonable speed: add, sub, mul, div,
 * neg, square, sqrt, rsqrt, exp, log, abs, maximum, minimum, sum, mean, max, softmax, logSoftmax, matMul of matrices,
 * transpose, reshape, concat, slice, split, stack, pad, tile, where, cast, clipByValue, equal, greater, logicalAnd,
 * oneHot, argMax, topk, eye, range, fill, and gather without a gradient.
 * To be avoided: the gradient of gather (UnsortedSegmentSum is missing: multiply by a mask or a one-hot matrix instead),
 * tf.conv2d (no filter gradient), depthwise convolutions, tf.maxPool (wrong gradient where a maximum is negative),
 * tf.batchNorm and tf.moments (50 times slower than ours), image.transform with fill mode 'reflect' (wrong).
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { UserError } from '#shared/errors.ts';
import type { Backend, BatchNormOutput } from '../backend.ts';
import { Activation } from './activation.ts';
import { BatchNorm } from './batch-norm.ts';
import { Convolution } from './convolution.ts';
import { WasmHeap } from './heap.ts';
import { loadKernels } from './kernels.ts';
import { loadWasm, unloadWasm, wasmVersion } from './load.ts';
import { overrideKernels } from './overrides.ts';
import { Pooling } from './pooling.ts';

class WasmBackend implements Backend {
  readonly name = 'wasm';
  readonly device = 'cpu';
  readonly version = wasmVersion;
  readonly threads = 1;
  readonly #convolution: Convolution;
  readonly #batchNorm: BatchNorm;
  readonly #activation: Activation;
  readonly #pooling: Pooling;
  readonly #release: () => void;

  constructor(parts: {
    convolution: Convolution;
    batchNorm: BatchNorm;
    activation: Activation;
    pooling: Pooling;
    release: () => void;
  }) {
    this.#convolution = parts.convolution;
    this.#batchNorm = parts.batchNorm;
    this.#activation = parts.activation;
    this.#pooling = parts.pooling;
    this.#release = parts.release;
  }

  conv2d(x: Tensor4D, filter: Tensor4D, stride: number, padding: number): Tensor4D {
    return this.#convolution.run(x, filter, stride, padding);
  }

  batchNorm<Input extends Tensor2D | Tensor4D>(
    x: Input,
    gamma: Tensor1D,
    beta: Tensor1D,
    epsilon: number,
    relu: boolean,
  ): BatchNormOutput<Input> {
    return this.#batchNorm.train(x, gamma, beta, epsilon, relu);
  }

  batchNormInference<Input extends Tensor2D | Tensor4D>(
    x: Input,
    gamma: Tensor1D,
    beta: Tensor1D,
    mean: Tensor1D,
    variance: Tensor1D,
    epsilon: number,
    relu: boolean,
  ): Input {
    return this.#batchNorm.infer(x, gamma, beta, mean, variance, epsilon, relu);
  }

  relu<Input extends Tensor>(x: Input): Input {
    return this.#activation.relu(x);
  }

  addRelu(a: Tensor4D, b: Tensor4D): Tensor4D {
    return this.#activation.addRelu(a, b);
  }

  maxPool(x: Tensor4D): Tensor4D {
    return this.#pooling.max(x);
  }

  globalAveragePool(x: Tensor4D): Tensor2D {
    return this.#pooling.average(x);
  }

  matMul(a: Tensor2D, b: Tensor2D, transposeA: boolean, transposeB: boolean): Tensor2D {
    return tf.matMul(a, b, transposeA, transposeB);
  }

  dispose(): void {
    this.#release();
  }
}

/**
 * Starts the wasm backend and makes it TensorFlow.js' current one.
 * @param options.threads - 1: the kernels run on one thread.
 * @throws UserError where it does not start, or of kind `usage` for another number of threads.
 */
export async function createWasmBackend(options: { threads: number }): Promise<Backend> {
  if (options.threads !== 1) {
    throw new UserError(`The wasm backend computes on 1 thread, not ${options.threads}.`, 'Ask for 1 thread.', 'usage');
  }
  const wasm = await loadWasm();
  const heap = new WasmHeap(wasm);
  const kernels = loadKernels(wasm.wasm.asm.memory);
  const restoreKernels = overrideKernels(wasm, kernels, heap);
  return new WasmBackend({
    convolution: new Convolution(kernels, heap),
    batchNorm: new BatchNorm(kernels, heap),
    activation: new Activation(kernels, heap),
    pooling: new Pooling(kernels, heap),
    release: () => {
      restoreKernels();
      heap.dispose();
      unloadWasm();
    },
  });
}
