/** @file Reads the files that make.py wrote. */
import { readFileSync } from 'node:fs';
import { decodeTensors } from '#compute/model/safetensors.ts';
import type { NamedValues, WeightValues } from '#compute/model/weights.ts';
import type { WeightRanges } from './golden-weights.ts';

/** Settings of a network and its batch; see make.py. */
export interface ModelCase extends WeightRanges {
  name: string;
  architecture: 'resnet8' | 'resnet18' | 'resnet50';
  stem: 'cifar' | 'imagenet';
  hidden_widths: number[];
  output_width: number;
  batch_norm: boolean;
  temperature: number;
  pairs: number;
  side: number;
  /** Tensors of more elements are kept as this many evenly spaced ones. */
  sample: number;
  /** Shape of every result, PyTorch's layout. */
  shapes: Record<string, number[]>;
  singleAgainstDouble: number;
}

/** Settings of an optimiser's trajectory. */
export interface TrajectoryCase {
  name: string;
  optimizer: 'lars' | 'sgd' | 'adamw';
  weight_decay: number;
  momentum: number;
  exclusions: 'biasAndNorm' | 'none';
  lars_eta: number;
  lars_variant: 'google' | 'lightly';
}

/** Settings and tensors of one golden file. */
export function readGolden<Settings>(name: string): { settings: Settings; tensors: NamedValues } {
  const file = (extension: string): Buffer => readFileSync(new URL(`${name}.${extension}`, import.meta.url));
  return {
    settings: JSON.parse(file('json').toString()) as Settings,
    tensors: decodeTensors(new Uint8Array(file('safetensors'))).tensors,
  };
}

/** Elements floor(k size / count) of a tensor, or all of them where there are no more than `count`. */
export function sampled({ values }: WeightValues, count: number): Float32Array {
  if (values.length <= count) return values;
  return Float32Array.from({ length: count }, (_, k) => values[Math.floor((k * values.length) / count)] as number);
}
