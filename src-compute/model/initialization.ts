/** @file First values of weights, seeded by name so that adding a layer changes no other. */
import { createHash } from 'node:crypto';
import { Random, Stream } from '#shared/random.ts';
import type { WeightValues } from './weights.ts';

/** Draws first values for named weights. */
export class Initializer {
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** He et al. 2015, normal, by the fan out (kernel area x output channels), as torchvision's ResNets. HWIO. */
  convolution(name: string, shape: [number, number, number, number]): WeightValues {
    const [height, width, , output] = shape;
    return this.#normal(name, shape, Math.sqrt(2 / (height * width * output)));
  }

  /** He et al. 2015, normal, by the fan in. [in, out]. */
  dense(name: string, shape: [number, number]): WeightValues {
    return this.#normal(name, shape, Math.sqrt(2 / shape[0]));
  }

  #normal(name: string, shape: number[], deviation: number): WeightValues {
    const random = new Random(
      this.#seed,
      Stream.initialWeights,
      createHash('sha256').update(name).digest().readInt32LE(),
    );
    const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
    for (let i = 0; i < values.length; i++) values[i] = deviation * random.normal();
    return { shape, values };
  }
}

/** A vector of one value, such as the ones of gamma. */
export function constant(length: number, value: number): WeightValues {
  return { shape: [length], values: new Float32Array(length).fill(value) };
}
