import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Backend } from '#compute/backend/backend.ts';
import { valueAndGradients } from '#compute/backend/gradients.ts';
import { chanceLoss, contrastiveStatistics, ntXent } from '#compute/loss/nt-xent.ts';
import { Random } from '#shared/random.ts';
import { leakedTensors } from '../../support/leaks.ts';
import { openTensorflow } from '../../support/open-tensorflow.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await openTensorflow();
});

function randomRows(rows: number, width: number, seed: number): number[][] {
  const random = new Random(seed);
  return Array.from({ length: rows }, () => Array.from({ length: width }, () => random.normal()));
}

/** Equation 1 of the paper, in float64, term by term. Views 2k-1 and 2k of the paper are rows k and k + N here. */
function slowNtXent(z: number[][], temperature: number): number {
  const rows = z.length;
  const half = rows / 2;
  const dot = (a: number[], b: number[]) => a.reduce((sum, value, at) => sum + value * (b[at] ?? NaN), 0);
  const similarity = (i: number, j: number) => {
    const [a, b] = [z[i] ?? [], z[j] ?? []];
    return dot(a, b) / (Math.sqrt(dot(a, a)) * Math.sqrt(dot(b, b)));
  };
  const l = (i: number, j: number) => {
    let denominator = 0;
    for (let k = 0; k < rows; k++) if (k !== i) denominator += Math.exp(similarity(i, k) / temperature);
    return -Math.log(Math.exp(similarity(i, j) / temperature) / denominator);
  };
  let total = 0;
  for (let k = 0; k < half; k++) total += l(k, k + half) + l(k + half, k);
  return total / rows;
}

async function lossOf(z: number[][], temperature: number): Promise<number> {
  const loss = tf.tidy(() => ntXent(backend, tf.tensor2d(z), temperature).loss);
  const [value] = await loss.data();
  loss.dispose();
  return value ?? NaN;
}

async function statisticsOf(z: number[][]): Promise<Record<(typeof contrastiveStatistics)[number], number>> {
  const statistics = tf.tidy(() => ntXent(backend, tf.tensor2d(z), 0.5).statistics);
  const values = await statistics.data();
  statistics.dispose();
  return Object.fromEntries(contrastiveStatistics.map((name, at) => [name, values[at]])) as never;
}

describe('NT-Xent', () => {
  it.each([
    [2, 8, 0.5],
    [8, 3, 0.1],
    [32, 16, 0.07],
    [64, 128, 1],
    [20, 5, 0.005],
  ])('equals the paper’s equation for %i rows of width %i at temperature %f', async (rows, width, temperature) => {
    const z = randomRows(rows, width, rows);
    expect(await lossOf(z, temperature)).toBeCloseTo(slowNtXent(z, temperature), 3);
  });

  it('is exactly at chance, ln(2N - 1), where all rows are identical', async () => {
    const row = [0.3, -0.7, 0.2];
    expect(await lossOf(new Array<number[]>(10).fill(row), 0.5)).toBeCloseTo(Math.log(9), 6);
    expect(chanceLoss(5)).toBe(Math.log(9));
  });

  it('is at chance for rows of zeros, not NaN', async () => {
    expect(await lossOf(new Array<number[]>(6).fill([0, 0]), 0.1)).toBeCloseTo(Math.log(5), 6);
  });

  it('has the closed form of two orthogonal pairs', async () => {
    // Each anchor: one positive at cosine 1, two negatives at 0, so l = ln(1 + 2 exp(-1/t)).
    const z = [
      [1, 0],
      [0, 2],
      [3, 0],
      [0, 4],
    ];
    expect(await lossOf(z, 0.5)).toBeCloseTo(Math.log(1 + 2 * Math.exp(-2)), 5);
  });

  it('does not depend on the length of the rows', async () => {
    const z = randomRows(16, 8, 3);
    const scaled = z.map((row, at) => row.map((value) => value * (at + 0.5)));
    expect(await lossOf(scaled, 0.2)).toBeCloseTo(await lossOf(z, 0.2), 5);
  });

  it('stays finite where a small temperature would overflow exp()', async () => {
    const z = randomRows(16, 8, 4);
    expect(await lossOf(z, 0.001)).toBeCloseTo(slowLogSumExp(z, 0.001), 0);
  });

  it('has the gradient of finite differences', async () => {
    const z = randomRows(8, 4, 5);
    const variable = tf.variable(tf.tensor2d(z));
    const { value, gradients } = valueAndGradients(() => ntXent(backend, variable, 0.3).loss, { z: variable });
    const gradient = (await gradients.z?.array()) as number[][];
    tf.dispose([value, variable, ...Object.values(gradients)]);
    const step = 1e-5;
    for (let row = 0; row < 8; row++) {
      for (let column = 0; column < 4; column++) {
        const moved = (by: number) => z.map((each, r) => each.map((v, c) => (r === row && c === column ? v + by : v)));
        const slope = (slowNtXent(moved(step), 0.3) - slowNtXent(moved(-step), 0.3)) / (2 * step);
        expect(gradient[row]?.[column]).toBeCloseTo(slope, 5);
      }
    }
  });

  it('counts the positive among all 2N - 1 others', async () => {
    // Row 0's positive (row 2) is its nearest; row 1's positive (row 3) is its farthest.
    const z = [
      [1, 0],
      [0, 1],
      [1, 0.1],
      [0, -1],
    ];
    const { contrastiveTop1, contrastiveTop5, positiveSimilarity } = await statisticsOf(z);
    expect(contrastiveTop1).toBe(0.5);
    expect(contrastiveTop5).toBe(1);
    expect(positiveSimilarity).toBeCloseTo((Math.cos(Math.atan(0.1)) - 1) / 2, 5);
  });

  it('gives identical rows no credit for ties', async () => {
    const { contrastiveTop1, positiveSimilarity, negativeSimilarity } = await statisticsOf(
      new Array<number[]>(16).fill([1, 2]),
    );
    expect(contrastiveTop1).toBe(0);
    expect(positiveSimilarity).toBeCloseTo(1, 5);
    expect(negativeSimilarity).toBeCloseTo(1, 5);
  });

  it('leaves no tensor behind', async () => {
    await expect(leakedTensors(() => lossOf(randomRows(8, 4, 1), 0.5))).resolves.toBe(0);
  });
});

/** The same loss with the largest term taken out, for temperatures where exp() itself would overflow. */
function slowLogSumExp(z: number[][], temperature: number): number {
  const units = z.map((row) => row.map((value) => value / Math.hypot(...row)));
  const half = z.length / 2;
  const losses = units.map((anchor, i) => {
    const logits = units.map(
      (other) => anchor.reduce((sum, value, at) => sum + value * (other[at] ?? NaN), 0) / temperature,
    );
    const others = logits.filter((_, k) => k !== i);
    const largest = Math.max(...others);
    const sum = others.reduce((total, logit) => total + Math.exp(logit - largest), 0);
    return largest + Math.log(sum) - (logits[(i + half) % z.length] ?? NaN);
  });
  return losses.reduce((a, b) => a + b, 0) / z.length;
}
