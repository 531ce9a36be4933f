import { describe, expect, it } from 'vitest';
import { unitRows } from '#compute/evaluate/unit-rows.ts';
import { alignment } from '#compute/monitor/alignment.ts';
import { effectiveRank } from '#compute/monitor/effective-rank.ts';
import { measureLabelFree } from '#compute/monitor/label-free-metrics.ts';
import { symmetricEigenvalues } from '#compute/monitor/symmetric-eigenvalues.ts';
import { uniformity } from '#compute/monitor/uniformity.ts';
import { Random } from '#shared/random.ts';

function normal(count: number, seed = 0): Float32Array {
  const random = new Random(seed);
  return Float32Array.from({ length: count }, () => random.normal());
}

/** plus and minus each unit vector: 2 width rows. */
function cross(width: number): Float32Array {
  const rows = new Float32Array(2 * width * width);
  for (let at = 0; at < width; at++) {
    rows[2 * at * width + at] = 1;
    rows[(2 * at + 1) * width + at] = -1;
  }
  return rows;
}

describe('alignment', () => {
  it('is 0 for equal, 2 for orthogonal and 4 for opposite views', () => {
    const x = Float32Array.of(1, 0, 0, 1);
    expect(alignment(x, x, 2)).toBe(0);
    expect(alignment(x, Float32Array.of(0, 1, 1, 0), 2)).toBe(2);
    expect(alignment(x, Float32Array.of(-1, 0, 0, -1), 2)).toBe(4);
  });
});

describe('uniformity', () => {
  it('is 0 when all rows are equal', () => {
    expect(uniformity(Float32Array.of(1, 0, 1, 0, 1, 0), 2)).toBe(0);
  });

  it('of opposite points is minus 8, of a cross the mean over its pairs', () => {
    expect(uniformity(Float32Array.of(1, 0, -1, 0), 2)).toBeCloseTo(-8, 12);
    // Of 6 pairs 4 are orthogonal (d^2 = 2) and 2 opposite (d^2 = 4).
    expect(uniformity(cross(2), 2)).toBeCloseTo(Math.log((4 * Math.exp(-4) + 2 * Math.exp(-8)) / 6), 12);
  });

  it('comes near -4 for a sphere of many dimensions', () => {
    expect(uniformity(unitRows(normal(400 * 256), 256), 256)).toBeCloseTo(-4, 1);
  });
});

describe('the effective rank', () => {
  it('is the width where every direction is used alike', () => {
    expect(effectiveRank(cross(7), 7)).toBeCloseTo(7, 9);
  });

  it('is 1 for points on a line and 0 for a single point', () => {
    const line = Float32Array.from({ length: 5 * 30 }, (_, at) => (1 + (at % 5)) * Math.floor(at / 5));
    expect(effectiveRank(line, 5)).toBeCloseTo(1, 4);
    const point = Float32Array.from({ length: 64 * 300 }, (_, at) => Math.sin(at % 64));
    expect(effectiveRank(point, 64)).toBe(0);
  });

  it('is exp of the entropy of given singular values', () => {
    // Centred columns a . (1, -1, 0, 0) and b . (0, 0, 1, -1) have singular values a sqrt(2) and b sqrt(2): shares 3/4, 1/4.
    const rows = Float32Array.of(3, 0, -3, 0, 0, 1, 0, -1);
    const entropy = -(0.75 * Math.log(0.75) + 0.25 * Math.log(0.25));
    expect(effectiveRank(rows, 2)).toBeCloseTo(Math.exp(entropy), 12);
  });

  it('is the same by rows and by columns', () => {
    const [count, width] = [30, 20];
    const tall = normal(count * width, 3);
    // Zero columns change nothing, but make it wider than tall.
    const wide = new Float32Array(count * 50);
    for (let row = 0; row < count; row++) wide.set(tall.subarray(row * width, (row + 1) * width), row * 50);
    expect(effectiveRank(wide, 50)).toBeCloseTo(effectiveRank(tall, width), 6);
  });
});

describe('symmetric eigenvalues', () => {
  it('of the second-difference matrix are 2 - 2 cos(k pi / (n + 1))', () => {
    const n = 40;
    const matrix = Float64Array.from({ length: n * n }, (_, at) => {
      const distance = Math.abs(Math.floor(at / n) - (at % n));
      return distance === 0 ? 2 : distance === 1 ? -1 : 0;
    });
    const expected = Array.from({ length: n }, (_, k) => 2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)));
    symmetricEigenvalues(matrix, n).forEach((value, at) => {
      expect(value).toBeCloseTo(expected[at] ?? NaN, 11);
    });
  });

  it('of a random matrix have its trace and its sum of squares', () => {
    const n = 60;
    const half = normal(n * n, 8);
    const matrix = Float64Array.from({ length: n * n }, (_, at) => {
      const [row, column] = [Math.floor(at / n), at % n];
      return (half[row * n + column] ?? 0) + (half[column * n + row] ?? 0);
    });
    const trace = Array.from({ length: n }, (_, at) => matrix[at * n + at] ?? 0).reduce((a, b) => a + b, 0);
    const squares = matrix.reduce((sum, value) => sum + value * value, 0);
    const values = symmetricEigenvalues(matrix.slice(), n);
    expect(values.reduce((a, b) => a + b, 0)).toBeCloseTo(trace, 8);
    expect(values.reduce((a, b) => a + b * b, 0) / squares).toBeCloseTo(1, 10);
  });

  it('handle repeated values, zeros and a single row', () => {
    expect(
      [...symmetricEigenvalues(Float64Array.of(1, 1, 1, 1, 1, 1, 1, 1, 1), 3)].map(
        (x) => Math.round(x * 1e9) / 1e9 + 0,
      ),
    ).toEqual([0, 0, 3]);
    expect([...symmetricEigenvalues(new Float64Array(16), 4)]).toEqual([0, 0, 0, 0]);
    expect([...symmetricEigenvalues(Float64Array.of(5), 1)]).toEqual([5]);
  });
});

describe('all label-free metrics together', () => {
  it('do not depend on the features’ length', () => {
    const [first, second] = [normal(200 * 16, 1), normal(200 * 16, 2)];
    const scaled = first.map((value, at) => value * (1 + Math.floor(at / 16)));
    const [a, b] = [measureLabelFree(first, second, 16), measureLabelFree(scaled, second, 16)];
    for (const name of ['alignment', 'uniformity', 'effectiveRank'] as const) {
      expect(b[name]).toBeCloseTo(a[name], 4);
    }
    expect(a.alignment).toBeGreaterThan(1.8);
    expect(a.effectiveRank).toBeGreaterThan(15);
  });

  it('tell a collapsed encoder, and survive one that gives NaN', () => {
    const same = Float32Array.from({ length: 50 * 8 }, (_, at) => 1 + (at % 8));
    expect(measureLabelFree(same, same, 8)).toMatchObject({ alignment: 0, effectiveRank: 0 });
    const broken = same.slice().fill(NaN);
    expect(measureLabelFree(broken, same, 8).effectiveRank).toBeNaN();
  });

  it('look at rows spread over the whole split', () => {
    // Sorted by class: the first 1,000 rows alone would all be equal.
    const rows = Float32Array.from({ length: 3000 * 2 }, (_, at) =>
      Math.floor(at / 2) < 1500 ? at % 2 : 1 - (at % 2),
    );
    expect(measureLabelFree(rows, rows, 2).effectiveRank).toBeCloseTo(1, 4);
  });
});
