/** @file The weights of a network by name: trainable variables, running statistics, and how a run's bytes are hashed. */
import { createHash } from 'node:crypto';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Variable } from '@tensorflow/tfjs-core';

/** One weight as plain numbers, float32. */
export interface WeightValues {
  shape: number[];
  values: Float32Array;
}

/** Weights by name, as plain numbers. */
export type NamedValues = Record<string, WeightValues>;

/** What a weight is for: decides decay, scaling and whether it is trained. */
export type WeightKind = 'kernel' | 'bias' | 'gamma' | 'beta' | 'runningMean' | 'runningVariance';

interface Weight {
  kind: WeightKind;
  variable: Variable;
}

/** A network's weights: made once by name, then looked up. Names are torchvision's. */
export class Weights {
  readonly #weights = new Map<string, Weight>();

  /** Adds a weight. @throws Error where the name is taken. */
  add(name: string, kind: WeightKind, { shape, values }: WeightValues): void {
    if (this.#weights.has(name)) throw new Error(`There are two weights called ${name}.`);
    const trained = kind !== 'runningMean' && kind !== 'runningVariance';
    const variable = tf.tidy(() => tf.variable(tf.tensor(values, shape, 'float32'), trained));
    this.#weights.set(name, { kind, variable });
  }

  /** The variable of a name. @throws Error where there is none. */
  get(name: string): Variable {
    return this.#weight(name).variable;
  }

  kindOf(name: string): WeightKind {
    return this.#weight(name).kind;
  }

  has(name: string): boolean {
    return this.#weights.has(name);
  }

  /** Trainable variables by name, in the order they were added. */
  trainable(): Record<string, Variable> {
    const entries = [...this.#weights].filter(([, weight]) => weight.variable.trainable);
    return Object.fromEntries(entries.map(([name, weight]) => [name, weight.variable]));
  }

  /** Sets a weight's value; the shape must be the same. The given tensor still belongs to the caller. */
  assign(name: string, value: Tensor): void {
    this.#weight(name).variable.assign(value);
  }

  /** Number of trained values. */
  parameterCount(): number {
    return Object.values(this.trainable()).reduce((sum, variable) => sum + variable.size, 0);
  }

  /** Copies every weight, running statistics too. */
  async read(): Promise<NamedValues> {
    const entries = [...this.#weights].map(async ([name, { variable }]) => {
      return [
        name,
        { shape: Array.from<number>(variable.shape), values: (await variable.data()) as Float32Array },
      ] as const;
    });
    return Object.fromEntries(await Promise.all(entries));
  }

  /** Takes over values. @throws Error naming the first weight that is missing, unknown or of another shape. */
  load(values: NamedValues): void {
    const unknown = Object.keys(values).find((name) => !this.#weights.has(name));
    if (unknown !== undefined) throw new Error(`This network has no weight called ${unknown}.`);
    for (const [name, { variable }] of this.#weights) {
      const given = values[name];
      if (given === undefined) throw new Error(`The weight ${name} is missing.`);
      if (!tf.util.arraysEqual(given.shape, variable.shape)) {
        throw new Error(`${name} has the shape ${given.shape.join('x')} instead of ${variable.shape.join('x')}.`);
      }
      tf.tidy(() => {
        variable.assign(tf.tensor(given.values, given.shape, 'float32'));
      });
    }
  }

  dispose(): void {
    for (const { variable } of this.#weights.values()) variable.dispose();
    this.#weights.clear();
  }

  #weight(name: string): Weight {
    const weight = this.#weights.get(name);
    if (weight === undefined) throw new Error(`This network has no weight called ${name}.`);
    return weight;
  }
}

/** SHA-256 of weights: per tensor in name order its name, its shape (such as `3x3x16x32`) and its float32 bytes. */
export function weightsSha256(weights: NamedValues): string {
  const hash = createHash('sha256');
  for (const name of Object.keys(weights).sort()) {
    const { shape, values } = weights[name] as WeightValues; // its own key
    hash.update(name).update(shape.join('x'));
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.digest('hex');
}
