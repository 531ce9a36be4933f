/** @file Weights by the formula of formula.py, to the last bit, so that the golden files need not hold them. */
import type { NamedValues, WeightValues } from '#compute/model/weights.ts';
import { fromTorch, torchShape } from './torch-layout.ts';

/** MurmurHash3's finaliser. */
function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function fnv1a(text: string): number {
  return new TextEncoder().encode(text).reduce((code, byte) => Math.imul(code ^ byte, 0x01000193) >>> 0, 0x811c9dc5);
}

function uniform(name: string, shape: number[], low: number, high: number): WeightValues {
  const start = mix(fnv1a(name));
  const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
  for (let i = 0; i < values.length; i++) values[i] = low + (high - low) * (mix(start ^ i) / 4294967296);
  return { shape, values };
}

/** What a case says about its weights. */
export interface WeightRanges {
  gamma: readonly [number, number];
  /** Ends of names whose betas keep most pre-activations positive. */
  steady: readonly string[];
}

/** A weight in PyTorch's layout. */
function torchWeight(name: string, shape: number[], { gamma, steady }: WeightRanges): WeightValues {
  if (name.endsWith('running_var')) return uniform(name, shape, 0.5, 2);
  if (name.endsWith('running_mean')) return uniform(name, shape, -0.3, 0.3);
  if (shape.length > 1) {
    const bound = Math.sqrt(6 / shape.slice(1).reduce((a, b) => a * b, 1));
    return uniform(name, shape, -bound, bound);
  }
  if (name.endsWith('weight')) return uniform(name, shape, ...gamma);
  return steady.some((end) => name.endsWith(end)) ? uniform(name, shape, 0.6, 1.8) : uniform(name, shape, -0.5, 0.5);
}

/** Weights, in the studio's layout, for the names and shapes (also the studio's) of a network. */
export function goldenWeights(network: NamedValues, ranges: WeightRanges): NamedValues {
  const entries = Object.entries(network).map(([name, { shape }]) => {
    return [name, fromTorch(torchWeight(name, torchShape(shape), ranges))] as const;
  });
  return Object.fromEntries(entries);
}
