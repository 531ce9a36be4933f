import { describe, expect, it } from 'vitest';
import { learningRateAt, peakLearningRate } from '#compute/optimize/schedule.ts';
import { completeConfiguration } from '#shared/configuration/keys.ts';

const peakOf = (batchSize: number, optimizer: object) =>
  peakLearningRate(completeConfiguration({ batchSize, optimizer }));

describe('the learning rate', () => {
  it('is 4.8 at batch 4096 for both of the paper’s scalings', () => {
    expect(peakOf(4096, { learningRate: 0.3, learningRateScaling: 'linear' })).toBeCloseTo(4.8, 12);
    expect(peakOf(4096, { learningRate: 0.075, learningRateScaling: 'sqrt' })).toBeCloseTo(4.8, 12);
  });

  it('is the base where no scaling is asked for', () => {
    expect(peakOf(64, { learningRate: 0.06, learningRateScaling: 'none' })).toBe(0.06);
  });

  it('climbs in a line from 0 to the peak over the warm-up', () => {
    const length = { steps: 100, warmupSteps: 10 };
    const rates = Array.from({ length: 11 }, (_, step) => learningRateAt(step, 2, length));
    expect(rates[0]).toBe(0);
    expect(rates[5]).toBeCloseTo(1, 12);
    expect(rates[10]).toBeCloseTo(2, 12);
  });

  it('follows half a cosine from the peak to nearly 0, never rising', () => {
    const length = { steps: 110, warmupSteps: 10 };
    const rates = Array.from({ length: 100 }, (_, at) => learningRateAt(10 + at, 1, length));
    expect(rates[50]).toBeCloseTo(0.5, 12);
    expect(rates[99]).toBeCloseTo(0.5 * (1 + Math.cos(Math.PI * 0.99)), 12);
    rates.slice(1).forEach((rate, at) => {
      expect(rate).toBeLessThan(rates[at] ?? NaN);
    });
  });

  it('starts at the peak without warm-up', () => {
    expect(learningRateAt(0, 0.5, { steps: 10, warmupSteps: 0 })).toBe(0.5);
  });
});
