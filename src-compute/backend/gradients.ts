/**
 * @file Backpropagation over TensorFlow.js' tape that frees as it goes.
 *
 * [Note: freeing while backpropagating] TensorFlow.js keeps every saved activation and every intermediate gradient until
 * the whole backward pass is done. A convolutional network's activations are nearly all of its memory, so that doubles
 * the peak and leaves nothing warm in the cache. Here each tape node gives back what it saved, and the gradient of its
 * output, as soon as it has been passed.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensorMap, Scalar, Tensor } from '@tensorflow/tfjs-core';

/** One recorded operation, as TensorFlow.js' engine keeps it. */
interface TapeNode {
  kernelName: string;
  inputs: NamedTensorMap;
  outputs: Tensor[];
  saved: Tensor[];
  gradient?: (dys: (Tensor | undefined)[]) => Record<string, () => Tensor>;
}

/** The parts of TensorFlow.js' engine (version pinned) that record the tape. */
interface TapeEngine {
  state: { activeTape: TapeNode[] | null };
  startTape(): void;
  endTape(): void;
}

/** A scalar with its gradient with respect to each variable, by name. */
export interface ValueAndGradients {
  value: Scalar;
  gradients: Record<string, Tensor>;
}

/**
 * Computes a scalar and its gradients. The caller disposes both (or runs this in `tidy`).
 * @param forward - computes the scalar from the variables; run in `tidy`.
 * @param variables - what to differentiate by; each must take part.
 * @throws Error naming a variable that does not take part.
 */
export function valueAndGradients(
  forward: () => Scalar,
  variables: Readonly<Record<string, Tensor>>,
): ValueAndGradients {
  const { value, tape } = record(forward);
  try {
    const sources = new Set(Object.values(variables).map((variable) => variable.id));
    const gradients = backpropagate(tape, value, sources);
    return { value, gradients: collect(variables, gradients) };
  } finally {
    for (const node of tape) dispose(node.saved);
  }
}

function record(forward: () => Scalar): { value: Scalar; tape: TapeNode[] } {
  const engine = tf.engine() as unknown as TapeEngine;
  engine.startTape();
  try {
    const value = tf.tidy(forward);
    return { value, tape: engine.state.activeTape ?? [] };
  } catch (error) {
    for (const node of engine.state.activeTape ?? []) dispose(node.saved);
    throw error;
  } finally {
    engine.endTape();
    engine.state.activeTape = null;
  }
}

/** Marks the tensors that depend on a source. */
function dependents(tape: readonly TapeNode[], sources: ReadonlySet<number>): Set<number> {
  const dependent = new Set(sources);
  for (const node of tape) {
    if (Object.values(node.inputs).some((input) => dependent.has(input.id))) {
      for (const output of node.outputs) dependent.add(output.id);
    }
  }
  return dependent;
}

function backpropagate(tape: readonly TapeNode[], value: Scalar, sources: ReadonlySet<number>): Map<number, Tensor> {
  const wanted = dependents(tape, sources);
  const gradients = new Map<number, Tensor>([[value.id, tf.onesLike(value)]]);
  for (const node of tape.toReversed()) {
    const dys = node.outputs.map((output) => gradients.get(output.id));
    if (dys.some((dy) => dy !== undefined)) {
      for (const [id, dx] of inputGradients(node, dys, wanted)) accumulate(gradients, id, dx);
      for (const output of node.outputs) {
        if (sources.has(output.id)) continue;
        gradients.get(output.id)?.dispose();
        gradients.delete(output.id);
      }
    }
    dispose(node.saved);
  }
  return gradients;
}

/** The gradients of a node's inputs that lead to a source, each a tensor of its own. */
function inputGradients(node: TapeNode, dys: (Tensor | undefined)[], wanted: ReadonlySet<number>): [number, Tensor][] {
  const names = Object.keys(node.inputs).filter((name) => wanted.has((node.inputs[name] as Tensor).id));
  if (names.length === 0) return [];
  if (node.gradient === undefined) throw new Error(`No gradient is known for ${node.kernelName}.`);
  const gradient = node.gradient;
  const results = tf.tidy(() => {
    const functions = gradient(dys);
    const seen = new Set(dys.map((dy) => dy?.id));
    return names.map((name) => {
      const result = (functions[name] as () => Tensor)();
      // A gradient handed through, or to two inputs, gets a handle each, so that every handle is freed once.
      const own = seen.has(result.id) ? tf.clone(result) : result;
      seen.add(own.id);
      return own;
    });
  });
  return names.map((name, at) => [(node.inputs[name] as Tensor).id, results[at] as Tensor]);
}

function accumulate(gradients: Map<number, Tensor>, id: number, dx: Tensor): void {
  const before = gradients.get(id);
  if (before === undefined) {
    gradients.set(id, dx);
    return;
  }
  gradients.set(id, tf.add(before, dx));
  dispose([before, dx]);
}

function collect(variables: Readonly<Record<string, Tensor>>, gradients: Map<number, Tensor>): Record<string, Tensor> {
  const entries = Object.entries(variables).map(([name, variable]) => {
    const gradient = gradients.get(variable.id);
    if (gradient === undefined) throw new Error(`${name} takes no part in the value.`);
    return [name, gradient] as const;
  });
  return Object.fromEntries(entries);
}

function dispose(tensors: readonly Tensor[]): void {
  for (const tensor of tensors) tensor.dispose();
}
