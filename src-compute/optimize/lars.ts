/** @file LARS (You et al. 2017), in the variant of the paper's authors and in that of lightly and solo-learn. */
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { Configuration } from '#shared/configuration/schema.ts';
import type { NamedValues, Weights } from '../model/weights.ts';
import { isDecayed, Slots, type Optimizer } from './optimizer.ts';

/**
 * google:  trust = eta |w| / |g + wd w|;         v <- m v + lr trust (g + wd w); w <- w - v.
 * lightly: trust = eta |w| / (|g| + wd |w|);     v <- m v + trust (g + wd w);    w <- w - lr v.
 * Weights left out of decay get neither decay nor trust. Where |w| or the gradient's norm is 0, the trust is 1; lightly
 * then leaves out the decay as well.
 */
export class Lars implements Optimizer {
  readonly #slots = new Slots();
  readonly #settings: Configuration['optimizer'];

  constructor(settings: Configuration['optimizer']) {
    this.#settings = settings;
  }

  apply(weights: Weights, gradients: Readonly<Record<string, Tensor>>, learningRate: number): void {
    const { momentum, larsVariant, decayExclusions } = this.#settings;
    for (const [name, gradient] of Object.entries(gradients)) {
      const w = weights.get(name);
      const velocity = this.#slots.get('momentum', name, w);
      tf.tidy(() => {
        const scaled = isDecayed(weights.kindOf(name), decayExclusions) ? this.#scaled(w, gradient) : gradient;
        const inside = larsVariant === 'google';
        velocity.assign(tf.add(tf.mul(velocity, momentum), inside ? tf.mul(scaled, learningRate) : scaled));
        weights.assign(name, tf.sub(w, inside ? velocity : tf.mul(velocity, learningRate)));
      });
    }
  }

  /** trust (g + wd w), or what a variant makes of a norm of 0. */
  #scaled(w: Tensor, gradient: Tensor): Tensor {
    const { weightDecay, larsEta, larsVariant } = this.#settings;
    const decayed = tf.add(gradient, tf.mul(w, weightDecay));
    const wNorm = norm(w);
    const google = larsVariant === 'google';
    const gNorm = norm(google ? decayed : gradient);
    const denominator = google ? gNorm : tf.add(gNorm, tf.mul(wNorm, weightDecay));
    const bothPositive = tf.logicalAnd(tf.greater(wNorm, 0), tf.greater(gNorm, 0));
    const scaled = tf.mul(decayed, tf.divNoNan(tf.mul(wNorm, larsEta), denominator));
    return tf.where(bothPositive, scaled, google ? decayed : gradient);
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

function norm(x: Tensor): Scalar {
  return tf.sqrt(tf.sum(tf.square(x)));
}
