/** @file A view is the paper's composition: right order, right probabilities, and a function of its stream alone. */
import { describe, expect, it } from 'vitest';
import { scaleBrightness } from '#compute/augment/brightness.ts';
import { adjustContrast } from '#compute/augment/contrast.ts';
import { adjustHue } from '#compute/augment/hue.ts';
import type { StoredImage } from '#compute/augment/image.ts';
import { adjustSaturation } from '#compute/augment/saturation.ts';
import { jitterColors } from '#compute/augment/color-jitter.ts';
import { drawView } from '#compute/augment/draw-view.ts';
import { flip } from '#compute/augment/flip.ts';
import { Blur, blurRadius } from '#compute/augment/gaussian-blur.ts';
import { toGrayscale } from '#compute/augment/grayscale.ts';
import { drawCrop } from '#compute/augment/random-crop.ts';
import { Resizer } from '#compute/augment/resize.ts';
import { configurationSchema, type Configuration } from '#shared/configuration/schema.ts';
import { Random, Stream } from '#shared/random.ts';
import { goldenImage } from './golden-cases.ts';

const size = 32;
const cat = goldenImage('cat');

function augmentation(changes: Partial<Configuration['augmentation']> = {}): Configuration['augmentation'] {
  return { ...configurationSchema.parse({}).augmentation, ...changes };
}

const onlyCrop = augmentation({
  cropScaleMin: 1,
  flipProbability: 0,
  colorProbability: 0,
  grayscaleProbability: 0,
  blurProbability: 0,
});

function view(parameters: Configuration['augmentation'], image: number, from = cat, side = size): Float32Array {
  const out = new Float32Array(side * side * 3);
  drawView(from, side, parameters, new Random(1, Stream.view, 0, image, 0), out, 0);
  return out;
}

/** Share of 4,000 views of an image for which something holds. */
function share(
  parameters: Configuration['augmentation'],
  from: StoredImage,
  holds: (pixels: Float32Array) => boolean,
): number {
  let count = 0;
  for (let image = 0; image < 4000; image++) if (holds(view(parameters, image, from))) count++;
  return count / 4000;
}

/** A 32 px picture whose columns have the given colours. */
function picture(color: (x: number) => readonly [number, number, number]): StoredImage {
  const pixels = Uint8Array.from(Array.from({ length: size * size }, (_, at) => color(at % size)).flat());
  return { pixels, height: size, width: size };
}

const isGray = (pixels: Float32Array) => pixels.every((value, at) => at % 3 === 0 || value === pixels[at - 1]);
/** Four deviations of a share of 4,000. */
const within = (probability: number) => 4 * Math.sqrt((probability * (1 - probability)) / 4000);

describe('drawView', () => {
  it('performs all operations in the order of the paper', () => {
    const parameters = augmentation({
      flipProbability: 1,
      colorProbability: 1,
      grayscaleProbability: 1,
      blurProbability: 1,
    });
    const mosaic = goldenImage('mosaic');
    const random = new Random(1, Stream.view, 0, 12, 0);
    const expected = new Float32Array(96 * 96 * 3);
    const crop = drawCrop(random, 96, 96, parameters.cropScaleMin, { top: 0, left: 0, height: 0, width: 0 });
    new Resizer(96).resize(mosaic, crop, 'bicubic', expected);
    random.chance(1);
    flip(expected, 96);
    random.chance(1);
    jitterColors(expected, parameters.colorStrength, 'multiplicative', random);
    random.chance(1);
    toGrayscale(expected);
    random.chance(1);
    new Blur(96).blur(expected, random.uniform(0.1, 2));
    expect(view(parameters, 12, mosaic, 96)).toEqual(expected);
  });

  it('depends on its stream alone, not on what was drawn before', () => {
    const first = view(augmentation(), 3);
    view(augmentation(), 4, goldenImage('wide'));
    view(augmentation(), 5, goldenImage('mosaic'), 64);
    expect(view(augmentation(), 3)).toEqual(first);
    expect(view(augmentation(), 4)).not.toEqual(first);
  });

  it('writes at the offset and nowhere else', () => {
    const out = new Float32Array(3 * size * size * 3).fill(-1);
    drawView(cat, size, augmentation(), new Random(1, Stream.view, 0, 3, 0), out, size * size * 3);
    expect(out.subarray(size * size * 3, 2 * size * size * 3)).toEqual(view(augmentation(), 3));
    expect(out.subarray(0, size * size * 3).every((value) => value === -1)).toBe(true);
    expect(out.subarray(2 * size * size * 3).every((value) => value === -1)).toBe(true);
  });

  // On an image of one colour crops and flips don't show; on one that is dark left and light right flips do.
  const flat = picture(() => [200, 90, 30]);
  const halves = picture((x) => (x < 16 ? [0, 0, 0] : [255, 255, 255]));
  const red = (pixels: Float32Array, x: number, y: number) => pixels[(y * size + x) * 3] ?? NaN;

  it.each([
    ['flips', 'flipProbability', halves, (pixels: Float32Array) => red(pixels, 0, 9) > red(pixels, 31, 9), 1],
    ['jitters', 'colorProbability', flat, (pixels: Float32Array) => Math.abs(red(pixels, 9, 9) - 200 / 255) > 1e-6, 1],
    ['grays', 'grayscaleProbability', flat, isGray, 1],
    // Zeros outside darken the corner, visibly from sigma 0.15 on.
    ['blurs', 'blurProbability', flat, (pixels: Float32Array) => red(pixels, 0, 0) < red(pixels, 9, 9), 1.85 / 1.9],
  ] as const)('%s as often as asked', (_, key, image, shows, visible) => {
    for (const probability of [0, 0.2, 0.8]) {
      const expected = probability * visible;
      const seen = share({ ...onlyCrop, [key]: probability }, image, shows);
      expect(Math.abs(seen - expected)).toBeLessThanOrEqual(within(expected) + 0.02 * probability);
    }
  });

  it('keeps values in [0, 1], for any image and the strongest colours', () => {
    for (const name of ['cat', 'cube', 'column', 'wide']) {
      for (const brightness of ['multiplicative', 'additive'] as const) {
        for (let image = 0; image < 200; image++) {
          const pixels = view(
            augmentation({ colorStrength: 2, colorProbability: 1, brightness }),
            image,
            goldenImage(name),
          );
          expect(pixels.every((value) => value >= 0 && value <= 1)).toBe(true);
        }
      }
    }
  });

  it.each([
    [1, 1],
    [1, 700],
    [700, 1],
  ])('draws from an image of %i x %i pixels', (height, width) => {
    const pixels = Uint8Array.from({ length: height * width * 3 }, (_, at) => (at * 37) % 256);
    for (const interpolation of ['bicubic', 'bilinear'] as const) {
      const drawn = view(augmentation({ interpolation, colorProbability: 0 }), 0, { pixels, height, width });
      expect(drawn.every((value) => Number.isFinite(value))).toBe(true);
    }
  });

  it('shows a flat image flat, whatever the crop', () => {
    const flat = { pixels: new Uint8Array(20 * 50 * 3).fill(99), height: 20, width: 50 };
    for (let image = 0; image < 100; image++) {
      const pixels = view({ ...onlyCrop, cropScaleMin: 0.08, flipProbability: 0.5 }, image, flat);
      expect(pixels.every((value) => Math.abs(value - 99 / 255) < 1e-6)).toBe(true);
    }
  });
});

describe('jitterColors', () => {
  it('performs the four in the order it drew, and draws every order equally often', () => {
    const start = Float32Array.from(cat.pixels, (value) => value / 255);
    const seen = new Map<string, number>();
    for (let image = 0; image < 4800; image++) {
      const random = new Random(7, image);
      const order = random.shuffle([0, 1, 2, 3]);
      seen.set(order.join(''), (seen.get(order.join('')) ?? 0) + 1);
      if (image >= 100) continue;
      const expected = start.slice();
      const operations = [
        () => {
          scaleBrightness(expected, random.uniform(0.6, 1.4));
        },
        () => {
          adjustContrast(expected, random.uniform(0.6, 1.4));
        },
        () => {
          adjustSaturation(expected, random.uniform(0.6, 1.4));
        },
        () => {
          adjustHue(expected, random.uniform(-0.1, 0.1));
        },
      ];
      for (const operation of order) operations[operation]?.();
      const ours = start.slice();
      jitterColors(ours, 0.5, 'multiplicative', new Random(7, image));
      expect(ours).toEqual(expected);
    }
    expect(seen.size).toBe(24);
    for (const count of seen.values()) expect(Math.abs(count - 200)).toBeLessThan(4 * Math.sqrt(200));
  });

  it('leaves colours alone at strength 0', () => {
    const pixels = Float32Array.from(cat.pixels, (value) => value / 255);
    const before = pixels.slice();
    jitterColors(pixels, 0, 'multiplicative', new Random(4));
    expect(pixels.every((value, at) => Math.abs(value - (before[at] ?? NaN)) < 1e-6)).toBe(true);
  });

  it('draws brightness uniformly between 1 - 0.8 s and 1 + 0.8 s', () => {
    // One black and one dark gray pixel: contrast moves both by the same, so their difference shows brightness x contrast.
    const products: number[] = [];
    for (let image = 0; image < 20_000; image++) {
      const pixels = Float32Array.of(0.3, 0.3, 0.3, 0.31, 0.31, 0.31);
      jitterColors(pixels, 0.5, 'multiplicative', new Random(9, image));
      products.push(((pixels[3] ?? NaN) - (pixels[0] ?? NaN)) / 0.01);
    }
    const mean = products.reduce((sum, value) => sum + value, 0) / products.length;
    const square = products.reduce((sum, value) => sum + value * value, 0) / products.length;
    expect(mean).toBeCloseTo(1, 1.5); // E[b] E[c]
    expect(square).toBeCloseTo((1 + 0.4 ** 2 / 3) ** 2, 1.5); // E[b^2] E[c^2] of two uniforms
    expect(Math.min(...products)).toBeGreaterThan(0.36 - 0.01);
    expect(Math.max(...products)).toBeLessThan(1.96 + 0.01);
  });
});

describe('Blur', () => {
  it('has a kernel of about a tenth of the side, odd', () => {
    expect([224, 96, 64, 32, 8].map((side) => 2 * blurRadius(side) + 1)).toEqual([23, 9, 7, 3, 1]);
  });

  it.each([0.1, 0.5, 1, 2])('answers a point by the normalised Gaussian of 23 taps at 224 px, sigma %d', (sigma) => {
    const pixels = new Float32Array(224 * 224 * 3);
    pixels[(100 * 224 + 5) * 3 + 1] = 1; // near the left border
    new Blur(224).blur(pixels, sigma);
    const gauss = (k: number) => Math.exp(-(k ** 2) / (2 * sigma ** 2));
    const sum = Array.from({ length: 23 }, (_, k) => gauss(k - 11)).reduce((total, value) => total + value, 0);
    let worst = 0;
    for (let y = 0; y < 224; y++) {
      for (let x = 0; x < 224; x++) {
        const [dy, dx] = [Math.abs(y - 100), Math.abs(x - 5)];
        const expected = dy <= 11 && dx <= 11 ? (gauss(dy) * gauss(dx)) / sum ** 2 : 0;
        worst = Math.max(worst, Math.abs((pixels[(y * 224 + x) * 3 + 1] ?? NaN) - expected));
      }
    }
    expect(worst).toBeLessThan(1e-6);
    expect(pixels.every((value, at) => at % 3 === 1 || value === 0)).toBe(true);
  });
});
