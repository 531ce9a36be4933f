/** @file Encoder f and projection head g together: what a run trains. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Configuration } from '#shared/configuration/schema.ts';
import type { Backend } from '../backend/backend.ts';
import { Initializer } from './initialization.ts';
import type { Mode } from './layers.ts';
import { addProjection, planProjection, projectionHead, type ProjectionPlan } from './projection-head.ts';
import { addResnet, planResnet, resnet, type ResnetPlan } from './resnet.ts';
import { Weights } from './weights.ts';

/** An encoder with its projection head on a backend. */
export class Network {
  readonly weights = new Weights();
  readonly encoder: ResnetPlan;
  readonly projection: ProjectionPlan;
  readonly #backend: Backend;

  /** Builds the network with first values drawn from the configuration's seed. */
  constructor(backend: Backend, configuration: Configuration, imageSize: number) {
    this.#backend = backend;
    this.encoder = planResnet(configuration.encoder, imageSize);
    this.projection = planProjection(configuration.projection, this.encoder.outputWidth);
    const initializer = new Initializer(configuration.seed);
    addResnet(this.weights, initializer, this.encoder);
    addProjection(this.weights, initializer, this.projection);
  }

  /** h = f(x). x [N,H,W,3] -> [N,encoder.outputWidth]. */
  encode(x: Tensor4D, mode: Mode): Tensor2D {
    return resnet({ backend: this.#backend, weights: this.weights, mode }, this.encoder, x);
  }

  /** z = g(h). */
  project(h: Tensor2D, mode: Mode): Tensor2D {
    return projectionHead({ backend: this.#backend, weights: this.weights, mode }, this.projection, h);
  }

  /** h of images in evaluation mode, as plain numbers. views [N,S,S,3]. */
  async embed(views: Float32Array, shape: [number, number, number, number]): Promise<Float32Array> {
    const h = tf.tidy(() => this.encode(tf.tensor4d(views, shape), 'evaluation'));
    try {
      return (await h.data()) as Float32Array;
    } finally {
      h.dispose();
    }
  }

  dispose(): void {
    this.weights.dispose();
  }
}
