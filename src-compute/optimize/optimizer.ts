/** @file What every optimiser shares: going through the weights, its state by name, and what is left out of decay. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { Configuration } from '#shared/configuration/schema.ts';
import type { NamedValues, Weights } from '../model/weights.ts';

/** One weight at one step. */
export interface Update {
  /** The weight as it is. */
  w: Tensor;
  gradient: Tensor;
  learningRate: number;
  /** Whether it takes part in weight decay, and in LARS' trust scaling. */
  decayed: boolean;
  /** A moving average of the weight's shape, zeros at first, to be assigned to. */
  slot: (purpose: string) => Variable;
}

/** Applies gradients to weights, keeping moving averages by weight name. */
export abstract class Optimizer {
  protected readonly settings: Configuration['optimizer'];
  readonly #slots = new Map<string, Variable>();

  constructor(settings: Configuration['optimizer']) {
    this.settings = settings;
  }

  /** The weight after a step. Runs in `tidy`. */
  protected abstract updated(update: Update): Tensor;

  /** One step. Gradients are by weight name and still belong to the caller. */
  apply(weights: Weights, gradients: Readonly<Record<string, Tensor>>, learningRate: number): void {
    const excludes = this.settings.decayExclusions === 'biasAndNorm';
    for (const [name, gradient] of Object.entries(gradients)) {
      const w = weights.get(name);
      const decayed = !excludes || weights.kindOf(name) === 'kernel';
      tf.tidy(() => {
        const slot = (purpose: string): Variable => this.#slot(`${purpose}/${name}`, w);
        weights.assign(name, this.updated({ w, gradient, learningRate, decayed, slot }));
      });
    }
  }

  /** A copy of the state, by slot name, for a checkpoint. */
  async read(): Promise<NamedValues> {
    const entries = [...this.#slots].map(async ([key, variable]) => {
      return [
        key,
        { shape: Array.from<number>(variable.shape), values: (await variable.data()) as Float32Array },
      ] as const;
    });
    return Object.fromEntries(await Promise.all(entries));
  }

  /** Takes over a state read before. */
  load(state: NamedValues): void {
    this.dispose();
    for (const [key, { shape, values }] of Object.entries(state)) {
      const made = tf.tidy(() => tf.variable(tf.tensor(values, shape, 'float32'), false));
      this.#slots.set(key, made);
    }
  }

  dispose(): void {
    for (const variable of this.#slots.values()) variable.dispose();
    this.#slots.clear();
  }

  #slot(key: string, like: Tensor): Variable {
    const known = this.#slots.get(key);
    if (known !== undefined) return known;
    const made = tf.variable(tf.zerosLike(like), false);
    this.#slots.set(key, made);
    return made;
  }
}
