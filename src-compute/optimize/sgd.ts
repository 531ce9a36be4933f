/** @file Stochastic gradient descent with momentum and coupled weight decay, as PyTorch's SGD. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { Optimizer, type Update } from './optimizer.ts';

/** v <- m v + (g + wd w); w <- w - lr v. */
export class Sgd extends Optimizer {
  protected override updated({ w, gradient, learningRate, decayed, slot }: Update): Tensor {
    const { momentum, weightDecay } = this.settings;
    const velocity = slot('momentum');
    const direction = decayed && weightDecay > 0 ? tf.add(gradient, tf.mul(w, weightDecay)) : gradient;
    velocity.assign(tf.add(tf.mul(velocity, momentum), direction));
    return tf.sub(w, tf.mul(velocity, learningRate));
  }
}
