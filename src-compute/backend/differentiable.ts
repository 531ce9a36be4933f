/** @file Operations with gradients of their own, on TensorFlow.js' tape, each gradient computed only when asked for. */
import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';

/** What TensorFlow.js' engine offers to its own operations; stable in the pinned version. */
interface TapeEngine {
  runKernelFunc(call: {
    forwardFunc: (backend: unknown, save: (tensors: Tensor[]) => void) => Tensor | Tensor[];
    backwardsFunc: (dy: Tensor | Tensor[], saved: Tensor[]) => Record<string, () => Tensor>;
    inputs: NamedTensorMap;
  }): Tensor | Tensor[];
}

/** A forward function with the gradient of each input. */
export interface DifferentiableOperation<Input extends string> {
  inputs: Record<Input, Tensor>;
  /** Computes the output; what it passes to `save` comes back in `gradients`. */
  forward: (save: (...tensors: Tensor[]) => void) => Tensor;
  /** For the output's gradient, a function for each input's; they are called at most once, in any order. */
  gradients: (dy: Tensor, saved: readonly Tensor[]) => Record<Input, () => Tensor>;
}

/** Runs an operation so that the tape knows its gradients. Returns the output of `forward`. */
export function differentiable<Input extends string>(operation: DifferentiableOperation<Input>): Tensor {
  const engine = tf.engine() as unknown as TapeEngine;
  const output = engine.runKernelFunc({
    forwardFunc: (_backend, save) =>
      operation.forward((...tensors) => {
        save(tensors);
      }),
    backwardsFunc: (dy, saved) => operation.gradients(dy as Tensor, saved),
    inputs: operation.inputs,
  });
  return output as Tensor;
}

/** A value computed once, at the first call. For gradients that come out of one operation together. */
export function once<Value>(compute: () => Value): () => Value {
  let value: { computed: Value } | undefined;
  return () => (value ??= { computed: compute() }).computed;
}
