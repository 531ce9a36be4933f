/** @file Means over a window of steps. */
import type { StepObservation } from './diagnosis-history.ts';

/** What the diagnosis compares. */
export type StepAverages = Omit<StepObservation, 'step' | 'learningRate'>;

/** The mean of each metric; of the gradient's norm the median, for single spikes say little. Null for no steps. */
export function averageSteps(steps: readonly StepObservation[]): StepAverages | null {
  if (steps.length === 0) return null;
  const mean = (pick: (step: StepObservation) => number) =>
    steps.reduce((sum, step) => sum + pick(step), 0) / steps.length;
  const norms = steps.map((step) => step.gradientNorm).sort((a, b) => a - b);
  return {
    loss: mean((step) => step.loss),
    contrastiveTop1: mean((step) => step.contrastiveTop1),
    positiveSimilarity: mean((step) => step.positiveSimilarity),
    negativeSimilarity: mean((step) => step.negativeSimilarity),
    embeddingStd: mean((step) => step.embeddingStd),
    gradientNorm: norms[Math.floor(norms.length / 2)] ?? NaN,
  };
}
