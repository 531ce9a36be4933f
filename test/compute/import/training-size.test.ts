/** @file Training and stored sizes. */
import { describe, expect, it } from 'vitest';
import { chooseTrainingSize, storedSize } from '#compute/import/training-size.ts';

const square = (side: number): { height: number; width: number } => ({ height: side, width: side });

describe('chooseTrainingSize', () => {
  it.each([
    ['the common side of small images', [square(28), square(28)], 28],
    ['the common short side', [{ height: 30, width: 40 }], 30],
    ['the median short side, by multiples of 8, of images that differ', [square(30), square(47), square(90)], 40],
    ['the size of large images that are alike, by multiples of 8', [square(100), square(100)], 96],
    ['224 for photographs', [square(500), { height: 375, width: 500 }], 224],
    ['no less than 8', [square(3), square(5)], 8],
  ])('takes %s', (_, sizes, expected) => {
    expect(chooseTrainingSize(sizes)).toBe(expected);
  });
});

describe('storedSize', () => {
  it('brings the short side to 256/224 of the training size and keeps the aspect ratio', () => {
    expect(storedSize({ height: 375, width: 500 }, 224)).toEqual({ height: 256, width: 341 });
    expect(storedSize({ height: 4000, width: 3000 }, 32)).toEqual({ height: 49, width: 37 });
  });

  it('never enlarges', () => {
    expect(storedSize({ height: 10, width: 2000 }, 224)).toEqual({ height: 10, width: 2000 });
    expect(storedSize(square(256), 224)).toEqual(square(256));
  });
});
