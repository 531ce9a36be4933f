/** @file Stochastic gradient descent with momentum and coupled weight decay, as PyTorch's SGD. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Configuration } from '#shared/configuration/schema.ts';
import type { NamedValues, Weights } from '../model/weights.ts';
import { isDecayed, Slots, type Optimizer } from './optimizer.ts';

/** v <- m v + (g + wd w); w <- w - lr v. */
export class Sgd implements Optimizer {
  readonly #slots = new Slots();
  readonly #settings: Configuration['optimizer'];

  constructor(settings: Configuration['optimizer']) {
    this.#settings = settings;
  }

  apply(weights: Weights, gradients: Readonly<Record<string, Tensor>>, learningRate: number): void {
    const { momentum, weightDecay, decayExclusions } = this.#settings;
    for (const [name, gradient] of Object.entries(gradients)) {
      const w = weights.get(name);
      const velocity = this.#slots.get('momentum', name, w);
      tf.tidy(() => {
        const decayed = weightDecay > 0 && isDecayed(weights.kindOf(name), decayExclusions);
        const direction = decayed ? tf.add(gradient, tf.mul(w, weightDecay)) : gradient;
        velocity.assign(tf.add(tf.mul(velocity, momentum), direction));
        weights.assign(name, tf.sub(w, tf.mul(velocity, learningRate)));
      });
    }
  }

  read(): Promise<NamedValues> {
    return this.#slots.read();
  }

  load(state: NamedValues): void {
    this.#slots.load(state);
  }

  dispose(): void {
    this.#slots.dispose();
  }
}
