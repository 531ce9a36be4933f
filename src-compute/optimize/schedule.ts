/** @file The learning rate of each step: scaled by the batch size, warmed up, then cosine (paper 2.2, B.1). */
import type { Configuration } from '#shared/configuration/schema.ts';

/** The rate that warm-up climbs to: linear 0.3 B/256 or sqrt 0.075 sqrt(B) in the paper (B.1). */
export function peakLearningRate({ optimizer, batchSize }: Pick<Configuration, 'optimizer' | 'batchSize'>): number {
  const { learningRate, learningRateScaling } = optimizer;
  if (learningRateScaling === 'linear') return (learningRate * batchSize) / 256;
  if (learningRateScaling === 'sqrt') return learningRate * Math.sqrt(batchSize);
  return learningRate;
}

/** Length of a run in optimiser steps. */
export interface ScheduleLength {
  steps: number;
  warmupSteps: number;
}

/**
 * The rate at a step: linear from 0 over the warm-up, then half a cosine to 0 at the end.
 * @param step - from 0 to steps - 1.
 */
export function learningRateAt(step: number, peak: number, { steps, warmupSteps }: ScheduleLength): number {
  if (step < warmupSteps) return (peak * step) / warmupSteps;
  const progress = (step - warmupSteps) / Math.max(1, steps - warmupSteps);
  return 0.5 * peak * (1 + Math.cos(Math.PI * progress));
}
