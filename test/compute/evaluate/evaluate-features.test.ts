import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { evaluateFeatures, type EvaluateFeaturesInput } from '#compute/evaluate/evaluate-features.ts';
import type { EvaluationResult } from '#shared/evaluation.ts';
import { openTensorflow } from '../../support/open-tensorflow.ts';
import { madeUpFeatures } from './made-up-features.ts';

beforeAll(openTensorflow);

function input(changes: Partial<EvaluateFeaturesInput> = {}): EvaluateFeaturesInput {
  return {
    encoder: 'pretrained',
    split: 'test',
    train: madeUpFeatures(900, 16, 4, 1.6, 1),
    validation: madeUpFeatures(100, 16, 4, 1.6, 2),
    test: madeUpFeatures(500, 16, 4, 1.6, 3),
    classes: ['a', 'b', 'c', 'd'],
    protocols: ['knn', 'linear'],
    knn: { k: 20, temperature: 0.1, metric: 'cosine' },
    seed: 5,
    bootstrapSamples: 500,
    ...changes,
  };
}

async function evaluate(changes: Partial<EvaluateFeaturesInput> = {}): Promise<EvaluationResult[]> {
  return Array.fromAsync(evaluateFeatures(input(changes)));
}

describe('evaluating features', () => {
  it('gives each protocol’s accuracy with its settings, the same every time', async () => {
    const before = tf.memory().numTensors;
    const [knn, linear] = await evaluate();
    expect(tf.memory().numTensors).toBe(before);
    expect(knn).toMatchObject({ protocol: 'knn', encoder: 'pretrained', split: 'test', classes: ['a', 'b', 'c', 'd'] });
    expect(knn?.settings).toMatchObject({
      layer: 'h',
      fitImages: 1000,
      validationImages: 100,
      testImages: 500,
      featureWidth: 16,
      seed: 5,
    });
    expect(knn?.settings.knn).toEqual({ k: 20, temperature: 0.1, metric: 'cosine' });
    expect(linear?.settings.linear).toMatchObject({ solver: 'L-BFGS', converged: true });
    expect(linear?.settings.linear?.lambdas).toContain(linear?.settings.linear?.lambda);
    for (const result of [knn, linear]) {
      expect(result?.top1).toBeGreaterThan(0.8);
      expect(result?.low).toBeLessThan(result?.top1 ?? 0);
      expect(result?.high).toBeGreaterThan(result?.top1 ?? 1);
      expect(result?.confusion.flat().reduce((sum, each) => sum + each, 0)).toBe(500);
      const right = result?.confusion.reduce((sum, row, at) => sum + (row[at] ?? 0), 0) ?? NaN;
      expect(right / 500).toBe(result?.top1);
    }
    const again = await evaluate();
    const timeless = (results: (EvaluationResult | undefined)[]) => results.map((each) => ({ ...each, seconds: 0 }));
    expect(timeless(again)).toEqual(timeless([knn, linear]));
  });

  it('finds nothing in features that have nothing to do with the classes', async () => {
    const noise = (count: number, seed: number) => madeUpFeatures(count, 16, 1, 1, seed).features;
    const random = (count: number, seed: number) => ({
      ...madeUpFeatures(count, 16, 4, 1, seed),
      features: noise(count, seed + 10),
    });
    const [linear] = await evaluate({
      train: random(900, 1),
      validation: random(100, 2),
      test: random(2000, 3),
      protocols: ['linear'],
    });
    expect(linear?.top1).toBeGreaterThan(0.2);
    expect(linear?.top1).toBeLessThan(0.3);
  });

  it('leaves out images without a label', async () => {
    const test = madeUpFeatures(500, 16, 4, 1.6, 3);
    test.labels.fill(-1, 0, 200);
    const [knn] = await evaluate({ test, protocols: ['knn'] });
    expect(knn?.settings.testImages).toBe(300);
  });

  it('holds out a tenth of the training images where there is no validation split', async () => {
    const [linear] = await evaluate({
      validation: { features: new Float32Array(), width: 16, labels: new Int32Array() },
      protocols: ['linear'],
    });
    expect(linear?.settings).toMatchObject({ fitImages: 900, validationImages: 90 });
  });

  it('counts a class without test images as 0 and keeps its row empty', async () => {
    const [knn] = await evaluate({ classes: ['a', 'b', 'c', 'd', 'unseen'], protocols: ['knn'] });
    expect(knn?.perClass[4]).toBe(0);
    expect(knn?.confusion[4]).toEqual([0, 0, 0, 0, 0]);
  });

  it('refuses a split without labels, a single class, and features that are not finite', async () => {
    const test = madeUpFeatures(50, 16, 4, 1, 3);
    test.labels.fill(-1);
    await expect(evaluate({ test })).rejects.toThrow('No image of the test split has a label');
    const train = madeUpFeatures(50, 16, 4, 1, 3);
    train.labels.fill(2);
    await expect(evaluate({ train })).rejects.toThrow('All labelled images of the training split belong to one class');
    const broken = madeUpFeatures(50, 16, 4, 1, 3);
    broken.features[77] = NaN;
    await expect(evaluate({ test: broken })).rejects.toThrow('not finite');
  });

  it('keeps finished results and no tensor when it is stopped', async () => {
    const before = tf.memory().numTensors;
    const control = new AbortController();
    const results: EvaluationResult[] = [];
    const run = async () => {
      const onProgress: EvaluateFeaturesInput['onProgress'] = ({ protocol }) => {
        if (protocol === 'linear') control.abort(new Error('stopped'));
      };
      for await (const result of evaluateFeatures(input({ signal: control.signal, onProgress }))) results.push(result);
    };
    await expect(run()).rejects.toThrow('stopped');
    expect(results.map(({ protocol }) => protocol)).toEqual(['knn']);
    expect(tf.memory().numTensors).toBe(before);
  });
});
