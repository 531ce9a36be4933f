import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { divideByCurvature, findCurvature, type CovarianceProduct } from '#compute/evaluate/curvature.ts';
import { minimise } from '#compute/evaluate/lbfgs.ts';
import { SoftmaxRegression } from '#compute/evaluate/softmax-regression.ts';
import { fitStandardisation } from '#compute/evaluate/standardisation.ts';
import { Random } from '#shared/random.ts';
import { leakedTensors } from '../../support/leaks.ts';
import { madeUpFeatures } from './made-up-features.ts';

beforeAll(() => tf.setBackend('cpu'));

/** Multiplies by a diagonal covariance. */
function diagonal(values: readonly number[]): CovarianceProduct {
  return (directions) => Promise.resolve(directions.map((each, at) => each * (values[at % values.length] ?? 0)));
}

describe('the curvature', () => {
  it('finds the leading variances and spreads the rest', async () => {
    const values = Array.from({ length: 100 }, (_, at) => 1000 * 0.5 ** at);
    const trace = values.reduce((sum, each) => sum + each, 0);
    const curvature = await findCurvature(diagonal(values), 100, trace);
    expect(curvature.values).toHaveLength(64);
    // Neighbours mix after so few rounds; the order and the sum hold.
    expect((curvature.values[0] ?? 0) / 1000).toBeCloseTo(1, 1);
    expect((curvature.values[3] ?? 0) / 125).toBeGreaterThan(0.5);
    expect(curvature.values.reduce((sum, each) => sum + each, 0) / trace).toBeCloseTo(1, 6);
    expect(curvature.rest).toBeLessThan(1e-3);
  });

  it('divides as the inverse matrix does', async () => {
    const values = [5, 0.5, 0.05, 0.005]; // far apart, so that few rounds suffice
    const [classes, lambda] = [3, 0.2];
    const curvature = await findCurvature(diagonal(values), 4, 5.555);
    const random = new Random(1);
    const gradient = Float64Array.from({ length: 5 * classes }, () => random.normal());
    const divided = gradient.slice();
    divideByCurvature(divided, classes, lambda, curvature);
    divided.forEach((value, at) => {
      const variance = values[Math.floor(at / classes)];
      const expected = (gradient[at] ?? 0) / (variance === undefined ? 1 / classes : variance / classes + lambda);
      expect(value).toBeCloseTo(expected, 1);
    });
  });

  it('leads to the same optimum in fewer iterations', async () => {
    const data = madeUpFeatures(300, 30, 4, 2);
    // One direction far stronger than all others: what makes plain L-BFGS slow.
    data.features.forEach((value, at) => (data.features[at] = value + 30 * (data.features[at - (at % 30)] ?? 0)));
    const leaked = await leakedTensors(async () => {
      const regression = new SoftmaxRegression([data], fitStandardisation([data]), 4, undefined);
      const curvature = await findCurvature((directions) => regression.covarianceTimes(directions), 30, 30);
      const objective = (point: Float64Array, gradient: Float64Array) => regression.objective(1e-3, point, gradient);
      const options = { gradientTolerance: 1e-5, valueTolerance: 1e-9, maxIterations: 2000 };
      const plain = await minimise(objective, regression.start(), options);
      const precondition = (vector: Float64Array) => {
        divideByCurvature(vector, 4, 1e-3, curvature);
      };
      const guided = await minimise(objective, regression.start(), { ...options, precondition });
      expect(guided.converged).toBe(true);
      expect(guided.value).toBeCloseTo(plain.value, 4);
      expect(guided.iterations).toBeLessThan(plain.iterations / 2);
      regression.dispose();
    });
    expect(leaked).toBe(0);
  });
});
