import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { embeddingDeviation } from '#compute/loop/step-statistics.ts';
import { Random } from '#shared/random.ts';
import { leakedTensors } from '../../support/leaks.ts';
import { openTensorflow } from '../../support/open-tensorflow.ts';

beforeAll(async () => {
  await openTensorflow();
});

async function deviationOf(rows: number[][]): Promise<number> {
  const z = tf.tensor2d(rows);
  const deviation = embeddingDeviation(z);
  const [value] = await deviation.data();
  tf.dispose([z, deviation]);
  return value ?? NaN;
}

/** plus and minus each unit vector. */
function cross(width: number): number[][] {
  return [1, -1].flatMap((sign) =>
    Array.from({ length: width }, (_, row) => Array.from({ length: width }, (_, at) => (at === row ? sign : 0))),
  );
}

describe('the embedding deviation', () => {
  it('is 0 when collapsed and 1 for a cross', async () => {
    expect(
      await deviationOf([
        [0.6, 0.8],
        [0.6, 0.8],
      ]),
    ).toBeCloseTo(0, 7);
    expect(await deviationOf(cross(9))).toBeCloseTo(1, 6);
  });

  it('does not depend on the rows’ length', async () => {
    const random = new Random(1);
    const rows = Array.from({ length: 200 }, () => Array.from({ length: 16 }, () => random.normal()));
    const scaled = rows.map((row, at) => row.map((value) => value * (1 + at)));
    expect(await deviationOf(scaled)).toBeCloseTo(await deviationOf(rows), 4);
  });

  it('leaves no tensor behind', async () => {
    await expect(leakedTensors(() => deviationOf(cross(4)))).resolves.toBe(0);
  });
});
