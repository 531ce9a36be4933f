/** @file Holds each operation to what Pillow and torchvision compute. */
import { describe, expect, it } from 'vitest';
import { scaleBrightness, shiftBrightness } from '#compute/augment/brightness.ts';
import { adjustContrast } from '#compute/augment/contrast.ts';
import { drawEvaluationView } from '#compute/augment/evaluation-view.ts';
import { flip } from '#compute/augment/flip.ts';
import { Blur } from '#compute/augment/gaussian-blur.ts';
import { toGrayscale } from '#compute/augment/grayscale.ts';
import { adjustHue } from '#compute/augment/hue.ts';
import { Resizer } from '#compute/augment/resize.ts';
import { adjustSaturation } from '#compute/augment/saturation.ts';
import { goldenCases, goldenImage, goldenOutput, type GoldenCase } from './golden-cases.ts';

const level = 1 / 255;

/** Of float references: the file's steps of 1/65535 and float32 on either side. A hundred times finer than a level. */
const floatTolerance = 4e-5;

/**
 * Of Pillow on uint8, in levels, beyond float32: what its own rounding may add.
 * - resize: the result after each pass is rounded to a level, so 1/2 times the greatest sum of |weights| of Keys' kernel
 *   (1.25) for the first, 1/2 for the second.
 * - brightness: the result is cut, not rounded: 1.
 * - contrast, saturation: cut (1), and the gray it blends with is rounded to a level (1/2, times |1 - factor| <= 0.8);
 *   Pillow's luma weights differ in the fourth digit (1/255 of a level each).
 * - grayscale: rounded (1/2), and those weights (0.026).
 */
const pillowTolerance: Record<string, number> = {
  resize: 1.125,
  brightness: 1,
  contrast: 1.45,
  saturation: 1.45,
  grayscale: 0.53,
  flip: 0,
};

function compute({ operation, image, parameters }: GoldenCase): Float32Array {
  const input = goldenImage(image);
  const pixels = Float32Array.from(input.pixels, (value) => value / 255);
  switch (operation) {
    case 'resize': {
      const out = new Float32Array(parameters.size ** 2 * 3);
      new Resizer(parameters.size).resize(input, parameters, parameters.interpolation, out);
      return out;
    }
    case 'evaluation': {
      const out = new Float32Array(parameters.size ** 2 * 3);
      drawEvaluationView(input, parameters.size, out, 0);
      return out;
    }
    case 'brightness':
      scaleBrightness(pixels, parameters.factor);
      return pixels;
    case 'shift':
      shiftBrightness(pixels, parameters.delta);
      return pixels;
    case 'contrast':
      adjustContrast(pixels, parameters.factor);
      return pixels;
    case 'saturation':
      adjustSaturation(pixels, parameters.factor);
      return pixels;
    case 'hue':
      adjustHue(pixels, parameters.turn);
      return pixels;
    case 'grayscale':
      toGrayscale(pixels);
      return pixels;
    case 'flip':
      flip(pixels, input.width);
      return pixels;
    case 'blur':
      new Blur(input.width).blur(pixels, parameters.sigma);
      return pixels;
    default:
      throw new Error(`No operation ${operation}.`);
  }
}

function greatestDifference(ours: Float32Array, theirs: Float64Array): number {
  expect(ours.length).toBe(theirs.length);
  return ours.reduce((most, value, at) => Math.max(most, Math.abs(value - (theirs[at] ?? NaN))), 0);
}

const operations = [...new Set(goldenCases.map((each) => each.operation))];

describe.each(operations)('%s', (operation) => {
  const cases = goldenCases.filter((each) => each.operation === operation);

  it.each(cases.filter((each) => each.reference === 'float'))(
    'equals the reference on floats: $image $parameters',
    (golden) => {
      expect(greatestDifference(compute(golden), goldenOutput(golden))).toBeLessThanOrEqual(floatTolerance);
    },
  );

  it.each(cases.filter((each) => each.reference === 'pillow'))(
    "equals Pillow's uint8 but for its rounding: $image $parameters",
    (golden) => {
      const allowed = (pillowTolerance[operation] ?? NaN) * level + 1e-6;
      expect(greatestDifference(compute(golden), goldenOutput(golden))).toBeLessThanOrEqual(allowed);
    },
  );
});

it('the golden files cover every operation on at least two pictures', () => {
  expect(operations.sort()).toEqual(
    [
      'blur',
      'brightness',
      'contrast',
      'evaluation',
      'flip',
      'grayscale',
      'hue',
      'resize',
      'saturation',
      'shift',
    ].sort(),
  );
  for (const operation of operations) {
    const pictures = new Set(goldenCases.filter((each) => each.operation === operation).map((each) => each.image));
    expect(pictures.size).toBeGreaterThanOrEqual(2);
  }
});
