/** @file What the diagnosis remembers of a run: its first steps and its latest. Plain data, so a checkpoint can carry it. */

/** The metrics of one step that the diagnosis reads; names as in the recorded metrics. */
export interface StepObservation {
  step: number;
  loss: number;
  contrastiveTop1: number;
  positiveSimilarity: number;
  negativeSimilarity: number;
  embeddingStd: number;
  gradientNorm: number;
  learningRate: number;
}

export interface DiagnosisHistory {
  /** Images a step, N. */
  batchSize: number;
  /** Steps of linear warm-up. */
  warmupSteps: number;
  /** Observations of the run's first steps, oldest first. */
  first: StepObservation[];
  /** The latest observations, oldest first. */
  recent: StepObservation[];
}

const firstSteps = 10;
const recentSteps = 50;

/** An empty history for a run of N images a step. */
export function startHistory(batchSize: number, warmupSteps: number): DiagnosisHistory {
  return { batchSize, warmupSteps, first: [], recent: [] };
}

/** Adds a step's metrics, forgetting what the diagnosis no longer reads. */
export function observe(history: DiagnosisHistory, observation: StepObservation): void {
  if (history.first.length < firstSteps) history.first.push(observation);
  history.recent.push(observation);
  if (history.recent.length > recentSteps) history.recent.shift();
}
