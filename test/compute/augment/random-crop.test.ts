/** @file The crop's distribution is the paper's, and every crop lies within its image. */
import { describe, expect, it } from 'vitest';
import { drawCrop } from '#compute/augment/random-crop.ts';
import type { Crop } from '#compute/augment/image.ts';
import { Random, Stream } from '#shared/random.ts';

function draw(count: number, height: number, width: number, smallest: number): Crop[] {
  return Array.from({ length: count }, (_, image) =>
    drawCrop(new Random(5, Stream.view, 0, image, 0), height, width, smallest, {
      top: 0,
      left: 0,
      height: 0,
      width: 0,
    }),
  );
}

/** Kolmogorov-Smirnov distance of values in [0, 1] from the uniform distribution, times the root of their number. */
function uniformDistance(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const gaps = sorted.map((value, at) =>
    Math.max(Math.abs(value - at / sorted.length), Math.abs(value - (at + 1) / sorted.length)),
  );
  return Math.max(...gaps) * Math.sqrt(sorted.length);
}

const far = 1.95; // exceeded once in a thousand by truly uniform values; the seed is fixed

describe('drawCrop', () => {
  const side = 2000;
  const crops = draw(20_000, side, side, 0.08);
  // Up to 3/4 of a square image every aspect ratio fits, so there the draws are not thinned by misses.
  const fitting = crops.filter(({ height, width }) => height * width < 0.75 * side * side);

  it('draws areas uniformly', () => {
    const shares = fitting.map(({ height, width }) => ((height * width) / side ** 2 - 0.08) / (0.75 - 0.08));
    expect(uniformDistance(shares.filter((share) => share > 0))).toBeLessThan(far);
    expect(Math.min(...shares)).toBeGreaterThan(-0.001);
  });

  it('draws aspect ratios log-uniformly between 3/4 and 4/3', () => {
    const range = 2 * Math.log(4 / 3);
    const aspects = fitting.map(({ height, width }) => Math.log(width / height) / range + 0.5);
    expect(uniformDistance(aspects.map((aspect) => Math.min(1, Math.max(0, aspect))))).toBeLessThan(far);
    expect(Math.min(...aspects)).toBeGreaterThan(-0.005);
    expect(Math.max(...aspects)).toBeLessThan(1.005);
  });

  it('draws places uniformly over all that fit', () => {
    const tops = crops.map(({ top, height }) => (top + 0.5) / (side - height + 1));
    const lefts = crops.map(({ left, width }) => (left + 0.5) / (side - width + 1));
    expect(uniformDistance(tops)).toBeLessThan(far);
    expect(uniformDistance(lefts)).toBeLessThan(far);
  });

  it('reaches the whole image and the smallest share', () => {
    const shares = draw(20_000, 32, 32, 0.2).map(({ height, width }) => (height * width) / 1024);
    expect(Math.max(...shares)).toBe(1);
    expect(Math.min(...shares)).toBeLessThan(0.21);
    expect(Math.min(...shares)).toBeGreaterThan(0.18);
  });

  it('always shows a 32 px image whole where the smallest share is 1', () => {
    for (const crop of draw(50, 32, 32, 1)) expect(crop.height * crop.width).toBeGreaterThan(31 * 31);
  });

  it.each([
    [1, 1],
    [1, 500],
    [500, 1],
    [2, 3],
    [40, 3000],
    [17, 31],
  ])('keeps crops of a %i x %i image within it', (height, width) => {
    for (const crop of draw(500, height, width, 0.08)) {
      expect(crop.height).toBeGreaterThanOrEqual(1);
      expect(crop.width).toBeGreaterThanOrEqual(1);
      expect(crop.top).toBeGreaterThanOrEqual(0);
      expect(crop.left).toBeGreaterThanOrEqual(0);
      expect(crop.top + crop.height).toBeLessThanOrEqual(height);
      expect(crop.left + crop.width).toBeLessThanOrEqual(width);
    }
  });

  it('falls back to the largest central crop of an image too elongated for any', () => {
    expect(draw(1, 90, 4000, 0.5)).toEqual([{ top: 0, left: 1940, height: 90, width: 120 }]);
    expect(draw(1, 4000, 90, 0.5)).toEqual([{ top: 1940, left: 0, height: 120, width: 90 }]);
  });
});
