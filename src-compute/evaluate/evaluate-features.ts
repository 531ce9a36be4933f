/** @file Judges one encoder's frozen features by the protocols asked for. */
import type { EvaluatedEncoder, EvaluationResult, KnnSettings, Protocol } from '#shared/evaluation.ts';
import type { LabelledFeatures } from './features.ts';

/** How far an evaluation is, within one protocol. */
export interface EvaluationProgress {
  protocol: Protocol;
  /** What is being done, such as `regularisation 3 of 8`. */
  phase: string;
  /** From 0 to 1. */
  share: number;
}

/** What to judge, and how. */
export interface EvaluateFeaturesInput {
  encoder: EvaluatedEncoder;
  /** Name of the split that is reported, such as `test`. */
  split: string;
  train: LabelledFeatures;
  /** Chooses the probe's regularisation; joins the training features for the reported fit. May be empty for kNN. */
  validation: LabelledFeatures;
  test: LabelledFeatures;
  classes: readonly string[];
  protocols: readonly Protocol[];
  knn: KnnSettings;
  seed: number;
  /** Default 2,000. */
  bootstrapSamples?: number;
  signal?: AbortSignal;
  onProgress?: (progress: EvaluationProgress) => void;
}

/**
 * Evaluates protocol by protocol on the current TensorFlow.js backend, yielding each result as soon as it is known, so
 * that a stop keeps what is done. kNN's neighbours, too, are the training and validation images together.
 * @throws UserError where a split has no labels, or the training split a single class; the signal's reason on abort.
 */
export async function* evaluateFeatures(input: EvaluateFeaturesInput): AsyncGenerator<EvaluationResult, void, void> {
  await Promise.resolve(input);
  throw new Error('not built yet');
}
