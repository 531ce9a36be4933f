/** @file AdamW (Loshchilov & Hutter 2019): Adam with decoupled weight decay. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Configuration } from '#shared/configuration/schema.ts';
import type { NamedValues, Weights } from '../model/weights.ts';
import { isDecayed, Slots, type Optimizer } from './optimizer.ts';

/** Decay of the second moment, as in Kingma & Ba 2015. */
const beta2 = 0.999;
/** Keeps the division finite, as in Kingma & Ba 2015. */
const epsilon = 1e-8;
/** The slot that counts steps, for the bias correction. */
const stepSlot = 'step';

/** m, v: moving averages of g and g^2; w <- w - lr (m^ / (sqrt(v^) + eps) + wd w). beta1 is the configured momentum. */
export class AdamW implements Optimizer {
  readonly #slots = new Slots();
  readonly #settings: Configuration['optimizer'];
  #step = 0;

  constructor(settings: Configuration['optimizer']) {
    this.#settings = settings;
  }

  apply(weights: Weights, gradients: Readonly<Record<string, Tensor>>, learningRate: number): void {
    const { momentum: beta1, weightDecay, decayExclusions } = this.#settings;
    this.#step++;
    const firstCorrection = 1 - beta1 ** this.#step;
    const secondCorrection = 1 - beta2 ** this.#step;
    for (const [name, gradient] of Object.entries(gradients)) {
      const w = weights.get(name);
      const first = this.#slots.get('firstMoment', name, w);
      const second = this.#slots.get('secondMoment', name, w);
      tf.tidy(() => {
        first.assign(tf.add(tf.mul(first, beta1), tf.mul(gradient, 1 - beta1)));
        second.assign(tf.add(tf.mul(second, beta2), tf.mul(tf.square(gradient), 1 - beta2)));
        const denominator = tf.add(tf.sqrt(tf.div(second, secondCorrection)), epsilon);
        const step = tf.div(tf.div(first, firstCorrection), denominator);
        const decayed = weightDecay > 0 && isDecayed(weights.kindOf(name), decayExclusions);
        const update = decayed ? tf.add(step, tf.mul(w, weightDecay)) : step;
        weights.assign(name, tf.sub(w, tf.mul(update, learningRate)));
      });
    }
  }

  async read(): Promise<NamedValues> {
    return { ...(await this.#slots.read()), [stepSlot]: { shape: [1], values: Float32Array.of(this.#step) } };
  }

  load({ [stepSlot]: step, ...moments }: NamedValues): void {
    this.#step = step?.values[0] ?? 0;
    this.#slots.load(moments);
  }

  dispose(): void {
    this.#slots.dispose();
  }
}
