/** @file SimCLR's operations on TensorFlow, by the fused operations TensorFlow.js does not wrap. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Backend, BatchNormOutput } from '../backend.ts';
import { differentiable, once } from '../differentiable.ts';
import { Attributes, type OperationAttribute, type TensorflowKernelBackend } from './kernel-backend.ts';
import { loadTensorflow } from './load.ts';
import { planPadding } from './padding.ts';

const nhwc = 'NHWC';

class TensorflowBackend implements Backend {
  readonly name = 'tensorflow';
  readonly device: string;
  readonly version: string;
  readonly threads: number;
  readonly #kernels: TensorflowKernelBackend;
  readonly #attributes: Attributes;
  /** FusedBatchNormV3 wants running statistics; in training they are empty. */
  readonly #noStatistics: Tensor;

  constructor(kernels: TensorflowKernelBackend, device: string, threads: number) {
    this.#kernels = kernels;
    this.#attributes = new Attributes(kernels.binding);
    this.#noStatistics = tf.keep(tf.tensor1d([]));
    this.device = device;
    this.version = kernels.binding.TF_Version;
    this.threads = threads;
  }

  conv2d(x: Tensor4D, filter: Tensor4D, stride: number, padding: number): Tensor4D {
    const [, height, width] = x.shape;
    const { mode, pads } = planPadding(height, width, filter.shape[0], stride, padding);
    const attributes = this.#convolution(stride, mode);
    const padded = (image: Tensor): Tensor4D => (pads === null ? image : tf.pad(image, pads)) as Tensor4D;
    const run = (name: string, inputs: Tensor[]): Tensor => this.#kernels.executeSingleOutput(name, attributes, inputs);
    return differentiable({
      inputs: { x, filter },
      forward: (save) => {
        save(x, filter);
        return run('Conv2D', [padded(x), filter]);
      },
      gradients: (dy, [x, filter]) => ({
        x: () => {
          const { shape } = x as Tensor4D;
          if (pads === null) return run('Conv2DBackpropInput', [shapeTensor(shape), filter as Tensor, dy]);
          const paddedShape = shape.map((side, axis) => side + sum(pads[axis] as [number, number]));
          const dx = run('Conv2DBackpropInput', [shapeTensor(paddedShape), filter as Tensor, dy]);
          return tf.slice(dx, [0, padding, padding, 0], shape);
        },
        filter: () => run('Conv2DBackpropFilter', [padded(x as Tensor), shapeTensor((filter as Tensor).shape), dy]),
      }),
    }) as Tensor4D;
  }

  batchNorm<Input extends Tensor2D | Tensor4D>(
    x: Input,
    gamma: Tensor1D,
    beta: Tensor1D,
    epsilon: number,
    relu: boolean,
  ): BatchNormOutput<Input> {
    const attributes = this.#batchNormalisation(epsilon, true);
    let statistics: Tensor[] = [];
    const y = differentiable({
      inputs: { x, gamma, beta },
      forward: (save) => {
        const image = asImage(x);
        const [normalised, mean, variance, ...reserved] = this.#kernels.executeMultipleOutputs(
          'FusedBatchNormV3',
          [...attributes, this.#attributes.float('exponential_avg_factor', 1)],
          [image, gamma, beta, this.#noStatistics, this.#noStatistics],
          6,
        ) as [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];
        const output = relu
          ? this.#kernels.executeSingleOutput('Relu', [this.#attributes.float32Type('T')], [normalised])
          : normalised;
        statistics = [tf.keep(mean), tf.keep(variance)];
        save(image, gamma, ...reserved, ...(relu ? [output] : []));
        return tf.reshape(output, x.shape);
      },
      gradients: (dy, [image, gamma, first, second, third, output]) => {
        const compute = once(() => {
          const shaped = tf.reshape(dy, (image as Tensor).shape);
          const masked = output === undefined ? shaped : this.#reluGradient(shaped, output);
          const inputs = [masked, image, gamma, first, second, third] as Tensor[];
          return this.#kernels.executeMultipleOutputs('FusedBatchNormGradV3', attributes, inputs, 5);
        });
        return {
          x: () => tf.reshape(compute()[0] as Tensor, x.shape),
          gamma: () => compute()[1] as Tensor,
          beta: () => compute()[2] as Tensor,
        };
      },
    }) as Input;
    const [mean, variance] = statistics.map(released) as [Tensor1D, Tensor1D];
    return { y, mean, variance };
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
    return tf.tidy(() => {
      const [normalised] = this.#kernels.executeMultipleOutputs(
        'FusedBatchNormV3',
        [...this.#batchNormalisation(epsilon, false), this.#attributes.float('exponential_avg_factor', 1)],
        [asImage(x), gamma, beta, mean, variance],
        6,
      ) as [Tensor];
      return tf.reshape(relu ? tf.relu(normalised) : normalised, x.shape) as Input;
    });
  }

  relu<Input extends Tensor>(x: Input): Input {
    return differentiable({
      inputs: { x },
      forward: (save) => {
        const y = this.#kernels.executeSingleOutput('Relu', [this.#attributes.float32Type('T')], [x]);
        save(y);
        return y;
      },
      gradients: (dy, [y]) => ({ x: () => this.#reluGradient(dy, y as Tensor) }),
    }) as Input;
  }

  addRelu(a: Tensor4D, b: Tensor4D): Tensor4D {
    const type = [this.#attributes.float32Type('T')];
    return differentiable({
      inputs: { a, b },
      forward: (save) => {
        const y = this.#kernels.executeSingleOutput('Relu', type, [
          this.#kernels.executeSingleOutput('AddV2', type, [a, b]),
        ]);
        save(y);
        return y;
      },
      gradients: (dy, [y]) => {
        const masked = once(() => this.#reluGradient(dy, y as Tensor));
        return { a: masked, b: masked };
      },
    }) as Tensor4D;
  }

  maxPool(x: Tensor4D): Tensor4D {
    const a = this.#attributes;
    const attributes = [
      a.float32Type('T'),
      a.integers('ksize', [1, 3, 3, 1]),
      a.integers('strides', [1, 2, 2, 1]),
      a.string('padding', 'EXPLICIT'),
      a.integers('explicit_paddings', [0, 0, 1, 1, 1, 1, 0, 0]),
      a.string('data_format', nhwc),
    ];
    return differentiable({
      inputs: { x },
      forward: (save) => {
        const y = this.#kernels.executeSingleOutput('MaxPool', attributes, [x]);
        save(x, y);
        return y;
      },
      gradients: (dy, [x, y]) => ({
        x: () => this.#kernels.executeSingleOutput('MaxPoolGrad', attributes, [x as Tensor, y as Tensor, dy]),
      }),
    }) as Tensor4D;
  }

  globalAveragePool(x: Tensor4D): Tensor2D {
    return tf.mean(x, [1, 2]);
  }

  matMul(a: Tensor2D, b: Tensor2D, transposeA: boolean, transposeB: boolean): Tensor2D {
    return tf.matMul(a, b, transposeA, transposeB);
  }

  dispose(): void {
    this.#noStatistics.dispose();
  }

  #reluGradient(dy: Tensor, output: Tensor): Tensor {
    return this.#kernels.executeSingleOutput('ReluGrad', [this.#attributes.float32Type('T')], [dy, output]);
  }

  #convolution(stride: number, padding: 'SAME' | 'VALID'): OperationAttribute[] {
    const a = this.#attributes;
    return [
      a.float32Type('T'),
      a.integers('strides', [1, stride, stride, 1]),
      a.boolean('use_cudnn_on_gpu', true),
      a.string('padding', padding),
      a.string('data_format', nhwc),
      a.integers('dilations', [1, 1, 1, 1]),
    ];
  }

  #batchNormalisation(epsilon: number, training: boolean): OperationAttribute[] {
    const a = this.#attributes;
    return [
      a.float32Type('T'),
      a.float32Type('U'),
      a.float('epsilon', epsilon),
      a.string('data_format', nhwc),
      a.boolean('is_training', training),
    ];
  }
}

/** [N,C] as [N,1,1,C], which the fused operation takes. */
function asImage(x: Tensor): Tensor4D {
  return x.rank === 4 ? (x as Tensor4D) : tf.reshape(x, [x.shape[0], 1, 1, x.shape[1] as number]);
}

function sum([a, b]: [number, number]): number {
  return a + b;
}

/** A tensor that was kept beyond its scope, handed back to the current scope. */
function released(kept: Tensor): Tensor {
  const tracked = tf.clone(kept);
  kept.dispose();
  return tracked;
}

function shapeTensor(shape: readonly number[]): Tensor {
  return tf.tensor1d([...shape], 'int32');
}

/** Loads TensorFlow from a runtime folder of the cache. `threads` must be what the process' environment says. */
export async function createTensorflowBackend(options: {
  runtimeFolder: string;
  device: string;
  threads: number;
}): Promise<Backend> {
  return new TensorflowBackend(await loadTensorflow(options.runtimeFolder), options.device, options.threads);
}
