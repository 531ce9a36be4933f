import { readFileSync } from 'node:fs';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { pickRows, type LabelledFeatures } from '#compute/evaluate/features.ts';
import { minimise, type Objective } from '#compute/evaluate/lbfgs.ts';
import { SoftmaxRegression } from '#compute/evaluate/softmax-regression.ts';
import { fitStandardisation, standardisedRows } from '#compute/evaluate/standardisation.ts';
import { madeUpFeatures } from './made-up-features.ts';

interface Golden {
  rows: number;
  width: number;
  classes: number;
  features: number[];
  labels: number[];
  fits: { lambda: number; objective: number; weights: number[]; predicted: number[]; accuracy: number }[];
}

const goldenFile = new URL('../../golden/evaluate/logistic-regression.json', import.meta.url);
const golden = JSON.parse(readFileSync(goldenFile, 'utf8')) as Golden;
const all: LabelledFeatures = {
  features: Float32Array.from(golden.features),
  width: golden.width,
  labels: Int32Array.from(golden.labels),
};
const rows = Array.from(all.labels.keys());
const train = pickRows(all, rows.slice(0, golden.rows));
const fresh = pickRows(all, rows.slice(golden.rows));

beforeAll(() => tf.setBackend('cpu'));

describe('logistic regression', () => {
  it.each(golden.fits)(
    'reaches scikit-learn’s optimum at lambda $lambda',
    async ({ lambda, objective, weights, predicted }) => {
      const standardisation = fitStandardisation([train]);
      const regression = new SoftmaxRegression([train], standardisation, golden.classes, undefined);
      const judge = new SoftmaxRegression([fresh], standardisation, golden.classes, undefined);
      try {
        const found = await minimise(
          (point, gradient) => regression.objective(lambda, point, gradient),
          regression.start(),
          {
            gradientTolerance: 1e-6,
            valueTolerance: 1e-9,
            maxIterations: 2000,
          },
        );
        expect(found.converged).toBe(true);
        expect(found.value).toBeCloseTo(objective, 6);
        const scale = Math.max(...weights.map(Math.abs));
        const error = weights.map((weight, at) => Math.abs(weight - (found.point[at] ?? NaN)) / scale);
        expect(Math.max(...error)).toBeLessThan(2e-3);
        expect([...(await judge.predict(found.point)).predicted]).toEqual(predicted);
      } finally {
        regression.dispose();
        judge.dispose();
      }
      expect(tf.memory().numTensors).toBe(0);
    },
  );

  it('has the gradient that finite differences give', async () => {
    const data = madeUpFeatures(40, 3, 4, 1);
    const regression = new SoftmaxRegression([data], fitStandardisation([data]), 4, undefined);
    const at = Float64Array.from({ length: 16 }, (_, index) => Math.sin(index + 1));
    const gradient = new Float64Array(16);
    await regression.objective(0.3, at, gradient);
    for (let index = 0; index < at.length; index++) {
      const moved = (by: number) => at.map((value, other) => (other === index ? value + by : value));
      const scratch = new Float64Array(16);
      const rise = await regression.objective(0.3, moved(1e-3), scratch);
      const fall = await regression.objective(0.3, moved(-1e-3), scratch);
      expect(gradient[index]).toBeCloseTo((rise - fall) / 2e-3, 4);
    }
    regression.dispose();
  });

  it('starts at ln of the number of classes', async () => {
    const data = madeUpFeatures(50, 3, 7, 1);
    const regression = new SoftmaxRegression([data], fitStandardisation([data]), 7, undefined);
    const start = regression.start();
    expect(await regression.objective(1, start, start.slice())).toBeCloseTo(Math.log(7), 12);
    regression.dispose();
  });
});

describe('L-BFGS', () => {
  const options = { gradientTolerance: 1e-8, valueTolerance: 0, maxIterations: 500 };

  it('finds the bottom of Rosenbrock’s valley', async () => {
    const rosenbrock: Objective = (point, gradient) => {
      const [x = 0, y = 0] = point;
      gradient[0] = -2 * (1 - x) - 400 * x * (y - x * x);
      gradient[1] = 200 * (y - x * x);
      return Promise.resolve((1 - x) ** 2 + 100 * (y - x * x) ** 2);
    };
    const found = await minimise(rosenbrock, Float64Array.of(-1.2, 1), options);
    expect(found.converged).toBe(true);
    expect(found.point[0]).toBeCloseTo(1, 6);
    expect(found.point[1]).toBeCloseTo(1, 6);
    expect(found.iterations).toBeLessThan(60);
  });

  it('says when it has not converged', async () => {
    const steep: Objective = (point, gradient) => {
      point.forEach((value, at) => (gradient[at] = 2 * 10 ** at * value));
      return Promise.resolve(point.reduce((sum, value, at) => sum + 10 ** at * value * value, 0));
    };
    const found = await minimise(steep, new Float64Array(6).fill(1), { ...options, maxIterations: 2 });
    expect(found).toMatchObject({ converged: false, iterations: 2 });
  });

  it('stops at once where there is nothing to gain', async () => {
    const flat: Objective = () => Promise.resolve(3);
    expect(await minimise(flat, new Float64Array(2), options)).toMatchObject({
      converged: true,
      iterations: 0,
      value: 3,
    });
  });
});

describe('standardisation', () => {
  it('gives mean 0 and deviation 1 over all parts, and drops what does not vary', () => {
    const part = (values: number[]) => ({
      features: Float32Array.from(values),
      width: 2,
      labels: new Int32Array(values.length / 2),
    });
    const parts = [part([1, 0.1, 3, 0.1]), part([5, 0.1, 7, 0.1])];
    const standardisation = fitStandardisation(parts);
    const rows = parts.flatMap((each) => [...standardisedRows(each, 0, 2, standardisation)]);
    const expected = [-3, 0, -1, 0, 1, 0, 3, 0].map((value) => value / Math.sqrt(5));
    rows.forEach((value, at) => {
      expect(value).toBeCloseTo(expected[at] ?? NaN, 6);
    });
  });
});
