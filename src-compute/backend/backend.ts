/** @file What a backend must do itself; everything else is plain TensorFlow.js. */
import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { BackendName } from '#shared/run.ts';

/** Output of batch normalisation over the current batch. */
export interface BatchNormOutput<Input extends Tensor> {
  /** Normalised, scaled and shifted; the shape of the input. */
  y: Input;
  /** Batch mean of each channel [C]; carries no gradient. */
  mean: Tensor1D;
  /** Batch variance of each channel [C], with Bessel's correction as running statistics use it; carries no gradient. */
  variance: Tensor1D;
}

/**
 * The narrow interface behind which a backend stands. Every function is differentiable by TensorFlow.js' tape unless it
 * says otherwise, leaks no tensor inside `tidy`, and is held to one conformance suite of values and gradients.
 * Images are NHWC float32, filters HWIO.
 */
export interface Backend {
  readonly name: BackendName;
  /** What the maths runs on, such as `cpu` or `cuda:0`. */
  readonly device: string;
  readonly version: string;
  readonly threads: number;

  /** Convolution with symmetric zero padding, as PyTorch pads. x [N,H,W,C], filter [K,K,C,O] -> [N,H',W',O]. */
  conv2d(x: Tensor4D, filter: Tensor4D, stride: number, padding: number): Tensor4D;

  /**
   * Batch normalisation by the statistics of the batch, optionally followed by ReLU.
   * x [N,H,W,C] or [N,C]; gamma and beta [C]. Normalises by the biased variance plus epsilon.
   */
  batchNorm<Input extends Tensor2D | Tensor4D>(
    x: Input,
    gamma: Tensor1D,
    beta: Tensor1D,
    epsilon: number,
    relu: boolean,
  ): BatchNormOutput<Input>;

  /** Batch normalisation by given statistics (evaluation), optionally followed by ReLU. Gradient not needed. */
  batchNormInference<Input extends Tensor2D | Tensor4D>(
    x: Input,
    gamma: Tensor1D,
    beta: Tensor1D,
    mean: Tensor1D,
    variance: Tensor1D,
    epsilon: number,
    relu: boolean,
  ): Input;

  /** max(x, 0). */
  relu<Input extends Tensor>(x: Input): Input;

  /** max(a + b, 0): the end of a residual block. Same shapes. */
  addRelu(a: Tensor4D, b: Tensor4D): Tensor4D;

  /** 3x3 max-pooling, stride 2, padding 1, as in the ImageNet stem. [N,H,W,C] -> [N,ceil(H/2),ceil(W/2),C]. */
  maxPool(x: Tensor4D): Tensor4D;

  /** Mean over height and width. [N,H,W,C] -> [N,C]. */
  globalAveragePool(x: Tensor4D): Tensor2D;

  /** a [M,K] times b [K,N] -> [M,N], either transposed first. */
  matMul(a: Tensor2D, b: Tensor2D, transposeA: boolean, transposeB: boolean): Tensor2D;

  /** Frees what the backend holds; nothing may be called after. */
  dispose(): void;
}
