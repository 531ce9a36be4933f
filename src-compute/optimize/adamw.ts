/** @file AdamW (Loshchilov & Hutter 2019): Adam with decoupled weight decay. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { NamedValues, Weights } from '../model/weights.ts';
import { Optimizer, type Update } from './optimizer.ts';

/** Decay of the second moment, as in Kingma & Ba 2015. */
const beta2 = 0.999;
/** Keeps the division finite, as in Kingma & Ba 2015. */
const epsilon = 1e-8;
/** Where a checkpoint keeps the count of steps, which the bias correction needs. */
const stepSlot = 'step';

/** m, v: moving averages of g and g^2; w <- w - lr (m^ / (sqrt(v^) + eps) + wd w). beta1 is the configured momentum. */
export class AdamW extends Optimizer {
  #step = 0;

  override apply(weights: Weights, gradients: Readonly<Record<string, Tensor>>, learningRate: number): void {
    this.#step++;
    super.apply(weights, gradients, learningRate);
  }

  protected override updated({ w, gradient, learningRate, decayed, slot }: Update): Tensor {
    const { momentum: beta1, weightDecay } = this.settings;
    const first = slot('firstMoment');
    const second = slot('secondMoment');
    first.assign(tf.add(tf.mul(first, beta1), tf.mul(gradient, 1 - beta1)));
    second.assign(tf.add(tf.mul(second, beta2), tf.mul(tf.square(gradient), 1 - beta2)));
    const denominator = tf.add(tf.sqrt(tf.div(second, 1 - beta2 ** this.#step)), epsilon);
    const step = tf.div(tf.div(first, 1 - beta1 ** this.#step), denominator);
    const update = decayed && weightDecay > 0 ? tf.add(step, tf.mul(w, weightDecay)) : step;
    return tf.sub(w, tf.mul(update, learningRate));
  }

  override async read(): Promise<NamedValues> {
    return { ...(await super.read()), [stepSlot]: { shape: [1], values: Float32Array.of(this.#step) } };
  }

  override load({ [stepSlot]: step, ...moments }: NamedValues): void {
    this.#step = step?.values[0] ?? 0;
    super.load(moments);
  }
}
