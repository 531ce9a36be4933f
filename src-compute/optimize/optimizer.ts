/** @file What every optimiser shares: its state by name, and which weights are left out of decay and trust scaling. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { NamedValues, WeightKind, Weights } from '../model/weights.ts';

/** Applies gradients to weights. */
export interface Optimizer {
  /** One step. Gradients are by weight name and still belong to the caller. */
  apply(weights: Weights, gradients: Readonly<Record<string, Tensor>>, learningRate: number): void;
  /** A copy of the state, by slot name, for a checkpoint. */
  read(): Promise<NamedValues>;
  /** Takes over a state read before. */
  load(state: NamedValues): void;
  dispose(): void;
}

/** Whether a weight takes part in weight decay (and in LARS' trust scaling): kernels only, unless nothing is excluded. */
export function isDecayed(kind: WeightKind, exclusions: 'biasAndNorm' | 'none'): boolean {
  return kind === 'kernel' || exclusions === 'none';
}

/** Moving averages of an optimiser, one for each weight and purpose, made of zeros when first asked for. */
export class Slots {
  readonly #variables = new Map<string, Variable>();

  /** The slot of a weight; shape as the weight's. */
  get(purpose: string, name: string, like: Tensor): Variable {
    const key = `${purpose}/${name}`;
    const known = this.#variables.get(key);
    if (known !== undefined) return known;
    const made = tf.tidy(() => tf.variable(tf.zerosLike(like), false));
    this.#variables.set(key, made);
    return made;
  }

  async read(): Promise<NamedValues> {
    const entries = [...this.#variables].map(async ([key, variable]) => {
      return [
        key,
        { shape: Array.from<number>(variable.shape), values: (await variable.data()) as Float32Array },
      ] as const;
    });
    return Object.fromEntries(await Promise.all(entries));
  }

  load(state: NamedValues): void {
    this.dispose();
    for (const [key, { shape, values }] of Object.entries(state)) {
      const made = tf.tidy(() => tf.variable(tf.tensor(values, shape, 'float32'), false));
      this.#variables.set(key, made);
    }
  }

  dispose(): void {
    for (const variable of this.#variables.values()) variable.dispose();
    this.#variables.clear();
  }
}
