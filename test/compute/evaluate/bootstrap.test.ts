import { describe, expect, it } from 'vitest';
import { measureAccuracy } from '#compute/evaluate/accuracy.ts';
import { bootstrapInterval } from '#compute/evaluate/bootstrap.ts';

/** Wilson's interval of a share, in closed form. */
function wilson(share: number, count: number): { low: number; high: number } {
  const z = 1.959964;
  const middle = (share + z ** 2 / (2 * count)) / (1 + z ** 2 / count);
  const half = (z / (1 + z ** 2 / count)) * Math.sqrt((share * (1 - share)) / count + z ** 2 / (4 * count ** 2));
  return { low: middle - half, high: middle + half };
}

function outcomes(right: number, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, at) => (at < right ? 1 : 0));
}

describe('the bootstrap interval', () => {
  it.each([
    { right: 5220, count: 10_000 },
    { right: 900, count: 1000 },
    { right: 150, count: 500 },
  ])('agrees with Wilson’s for $right of $count', ({ right, count }) => {
    const { low, high } = bootstrapInterval(outcomes(right, count), 2000, 1);
    const closed = wilson(right / count, count);
    const width = closed.high - closed.low;
    expect(Math.abs(low - closed.low)).toBeLessThan(0.1 * width);
    expect(Math.abs(high - closed.high)).toBeLessThan(0.1 * width);
  });

  it('depends on nothing but the seed', () => {
    const right = outcomes(300, 1000);
    expect(bootstrapInterval(right, 300, 7)).toEqual(bootstrapInterval(right, 300, 7));
    expect(bootstrapInterval(right, 300, 7)).not.toEqual(bootstrapInterval(right, 300, 8));
  });

  it('has no width where all predictions are right or all wrong', () => {
    expect(bootstrapInterval(outcomes(50, 50), 100, 0)).toEqual({ low: 1, high: 1 });
    expect(bootstrapInterval(outcomes(0, 50), 100, 0)).toEqual({ low: 0, high: 0 });
  });
});

describe('accuracy', () => {
  it('counts by class and by confusion', () => {
    const { top1, perClass, confusion } = measureAccuracy(
      Int32Array.of(0, 1, 1, 2, 0),
      Int32Array.of(0, 1, 0, 2, 2),
      4,
    );
    expect(top1).toBe(0.6);
    expect(perClass).toEqual([0.5, 1, 0.5, 0]);
    expect(confusion).toEqual([
      [1, 1, 0, 0],
      [0, 1, 0, 0],
      [1, 0, 1, 0],
      [0, 0, 0, 0],
    ]);
  });
});
