/** @file LARS (You et al. 2017), in the variant of the paper's authors and in that of lightly and solo-learn. */
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { Optimizer, type Update } from './optimizer.ts';

/**
 * google:  trust = eta |w| / |g + wd w|;         v <- m v + lr trust (g + wd w); w <- w - v.
 * lightly: trust = eta |w| / (|g| + wd |w|);     v <- m v + trust (g + wd w);    w <- w - lr v.
 * Weights left out of decay get neither decay nor trust. Where |w| or the gradient's norm is 0, the trust is 1; lightly
 * then leaves out the decay as well.
 */
export class Lars extends Optimizer {
  protected override updated({ w, gradient, learningRate, decayed, slot }: Update): Tensor {
    const { momentum, larsVariant } = this.settings;
    const velocity = slot('momentum');
    const scaled = decayed ? this.#scaled(w, gradient) : gradient;
    const rateInside = larsVariant === 'google';
    velocity.assign(tf.add(tf.mul(velocity, momentum), rateInside ? tf.mul(scaled, learningRate) : scaled));
    return tf.sub(w, rateInside ? velocity : tf.mul(velocity, learningRate));
  }

  /** trust (g + wd w), or what a variant makes of a norm of 0. */
  #scaled(w: Tensor, gradient: Tensor): Tensor {
    const { weightDecay, larsEta, larsVariant } = this.settings;
    const decayed = tf.add(gradient, tf.mul(w, weightDecay));
    const wNorm = norm(w);
    const google = larsVariant === 'google';
    const gNorm = norm(google ? decayed : gradient);
    const denominator = google ? gNorm : tf.add(gNorm, tf.mul(wNorm, weightDecay));
    const bothPositive = tf.logicalAnd(tf.greater(wNorm, 0), tf.greater(gNorm, 0));
    const scaled = tf.mul(decayed, tf.divNoNan(tf.mul(wNorm, larsEta), denominator));
    return tf.where(bothPositive, scaled, google ? decayed : gradient);
  }
}

function norm(x: Tensor): Scalar {
  return tf.sqrt(tf.sum(tf.square(x)));
}
