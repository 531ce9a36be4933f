/** @file Evaluations of frozen features: protocols, settings and results. */

/** How features are judged. */
export type Protocol = 'knn' | 'linear';

/** What made the features. `random`: the run's own untrained encoder; `pixels`: no encoder. */
export type EvaluatedEncoder = 'pretrained' | 'random' | 'pixels' | 'scratch' | 'supervised';

export interface KnnSettings {
  k: number;
  temperature: number;
  metric: 'cosine';
}

export interface LinearSettings {
  solver: 'L-BFGS';
  /** Candidates of the L2 strength lambda (loss: mean cross-entropy + lambda/2 |W|^2), on standardised features. */
  lambdas: number[];
  /** The one chosen on the validation split. */
  lambda: number;
  validationTop1: number;
  iterations: number;
  converged: boolean;
}

/** The settings that stand with every number. */
export interface EvaluationSettings {
  layer: 'h' | 'pixels';
  /** Images the final classifier was fitted on (training and validation together). */
  fitImages: number;
  validationImages: number;
  testImages: number;
  featureWidth: number;
  seed: number;
  bootstrapSamples: number;
  knn?: KnnSettings;
  linear?: LinearSettings;
}

/** One evaluation as `runs show` prints it. Shares are from 0 to 1; low and high bound the 95 % bootstrap interval. */
export interface EvaluationView {
  id: string;
  checkpointId: string | null;
  protocol: Protocol;
  encoder: EvaluatedEncoder;
  dataset: string;
  split: string;
  top1: number;
  low: number;
  high: number;
  /** Accuracy on each class, in the order of `classes`. */
  perClass: number[];
  /** confusion[actual][predicted], counts. */
  confusion: number[][];
  classes: string[];
  settings: EvaluationSettings;
  seconds: number;
  createdAt: string;
}

/** What a job computes; the engine adds identity and time. */
export type EvaluationResult = Omit<EvaluationView, 'id' | 'checkpointId' | 'createdAt' | 'dataset'>;
