/** @file Reads the golden files of the augmentation, made by test/golden/augment/make.py. */
import { readFileSync } from 'node:fs';
import type { Interpolation } from '#compute/augment/image.ts';

interface Place {
  offset: number;
  shape: number[];
  type: 'uint8' | 'uint16';
}

/** Parameters of all operations together; a case has those of its own. */
export interface GoldenParameters {
  top: number;
  left: number;
  height: number;
  width: number;
  size: number;
  interpolation: Interpolation;
  factor: number;
  delta: number;
  turn: number;
  sigma: number;
}

export interface GoldenCase {
  operation: string;
  image: string;
  parameters: GoldenParameters;
  reference: 'float' | 'pillow';
  output: Place;
}

const folder = new URL('../../golden/augment/', import.meta.url);
const blob = readFileSync(new URL('golden.bin', folder));
const manifest = JSON.parse(readFileSync(new URL('golden.json', folder), 'utf8')) as {
  images: Record<string, Place>;
  cases: GoldenCase[];
};

export const goldenCases: readonly GoldenCase[] = manifest.cases;

/** An input picture as it would be stored. */
export function goldenImage(name: string): { pixels: Uint8Array; height: number; width: number } {
  const place = manifest.images[name];
  const [height, width] = place?.shape ?? [];
  if (place === undefined || height === undefined || width === undefined) throw new Error(`No golden image ${name}.`);
  return { pixels: new Uint8Array(blob.subarray(place.offset, place.offset + height * width * 3)), height, width };
}

/** The expected values, in [0, 1]. */
export function goldenOutput({ output }: GoldenCase): Float64Array {
  const length = output.shape.reduce((product, side) => product * side, 1);
  return Float64Array.from({ length }, (_, at) =>
    output.type === 'uint8'
      ? blob.readUInt8(output.offset + at) / 255
      : blob.readUInt16LE(output.offset + 2 * at) / 65535,
  );
}
