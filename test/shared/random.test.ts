import { describe, expect, it } from 'vitest';
import { Random } from '#shared/random.ts';

const draw = (random: Random, count: number) => Array.from({ length: count }, () => random.bits());

describe('a random stream', () => {
  it('is the same for the same name and another for any other', () => {
    const first = draw(new Random(1, 2, 3), 8);
    expect(draw(new Random(1, 2, 3), 8)).toEqual(first);
    for (const other of [
      [1, 2, 4],
      [1, 3, 3],
      [2, 2, 3],
      [1, 2],
      [1, 2, 3, 0],
      [3, 2, 1],
    ]) {
      expect(draw(new Random(...other), 8)).not.toEqual(first);
    }
  });

  it('keeps its numbers from version to version, so that seeds keep their meaning', () => {
    expect(draw(new Random(42), 3)).toEqual([1406381002, 176000955, 2592580337]);
  });

  it('is uniform: a chi-square over 100 bins is as expected, also across streams', () => {
    for (const numbers of [
      ((random) => Array.from({ length: 100_000 }, () => random.uniform()))(new Random(5)),
      Array.from({ length: 100_000 }, (_, at) => new Random(5, at).uniform()),
    ]) {
      const bins = new Array<number>(100).fill(0);
      for (const number of numbers) bins[Math.floor(number * 100)] = (bins[Math.floor(number * 100)] ?? 0) + 1;
      const chiSquare = bins.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
      // 99 degrees of freedom: one in ten thousand lies outside.
      expect(chiSquare).toBeGreaterThan(53);
      expect(chiSquare).toBeLessThan(161);
    }
  });

  it('draws normals of mean 0 and deviation 1', () => {
    const random = new Random(6);
    const values = Array.from({ length: 100_000 }, () => random.normal());
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(0.015);
    expect(Math.abs(variance - 1)).toBeLessThan(0.02);
  });

  it('shuffles into every order equally often', () => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 12_000; seed++) {
      const order = new Random(seed).shuffle([0, 1, 2]).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 2000)).toBeLessThan(200);
  });
});
