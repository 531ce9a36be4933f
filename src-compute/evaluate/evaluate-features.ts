/** @file Judges one encoder's frozen features by the protocols asked for. */
import type {
  EvaluatedEncoder,
  EvaluationResult,
  EvaluationSettings,
  KnnSettings,
  Protocol,
} from '#shared/evaluation.ts';
import { measureAccuracy } from './accuracy.ts';
import { bootstrapInterval } from './bootstrap.ts';
import { holdOut, labelledRows, requireFinite, requireLabels, type LabelledFeatures } from './features.ts';
import { predictByNeighbours } from './knn.ts';
import { linearProbe } from './linear-probe.ts';

/** How far an evaluation is, within one protocol. */
export interface EvaluationProgress {
  protocol: Protocol;
  /** What is being done, such as `regularisation 3 of at most 12`. */
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
  /**
   * Chooses the probe's regularisation; belongs to what the reported classifier is fitted on. Where it has no labelled
   * row, a seeded tenth of the training rows takes its place.
   */
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

/** Splits as the protocols take them: labelled rows only, validation never empty. */
interface Splits {
  train: LabelledFeatures;
  validation: LabelledFeatures;
  test: LabelledFeatures;
}

/**
 * Evaluates protocol by protocol on the current TensorFlow.js backend, yielding each result as soon as it is known, so
 * that a stop keeps what is done. kNN's neighbours, too, are the training and validation images together.
 * @throws UserError where a split has no labels, the training split a single class, or features are not finite; the
 *   signal's reason where it is aborted.
 */
export async function* evaluateFeatures(input: EvaluateFeaturesInput): AsyncGenerator<EvaluationResult, void, void> {
  const splits = checkedSplits(input);
  for (const protocol of input.protocols) {
    const started = performance.now();
    const { predicted, settings } = await predict(protocol, splits, input);
    const actual = splits.test.labels;
    const samples = input.bootstrapSamples ?? 2000;
    const right = Uint8Array.from(actual, (label, at) => (predicted[at] === label ? 1 : 0));
    yield {
      protocol,
      encoder: input.encoder,
      split: input.split,
      ...measureAccuracy(predicted, actual, input.classes.length),
      ...bootstrapInterval(right, samples, input.seed),
      classes: [...input.classes],
      settings: {
        layer: input.encoder === 'pixels' ? 'pixels' : 'h',
        fitImages: splits.train.labels.length + splits.validation.labels.length,
        validationImages: splits.validation.labels.length,
        testImages: actual.length,
        featureWidth: splits.train.width,
        seed: input.seed,
        bootstrapSamples: samples,
        ...settings,
      },
      seconds: (performance.now() - started) / 1000,
    };
  }
}

function checkedSplits(input: EvaluateFeaturesInput): Splits {
  const classes = input.classes.length;
  requireLabels(input.train, 'training', classes, 2);
  requireLabels(input.test, input.split, classes, 1);
  for (const [name, split] of [
    ['training', input.train],
    ['validation', input.validation],
    [input.split, input.test],
  ] as const) {
    requireFinite(split, name);
  }
  const train = labelledRows(input.train);
  const test = labelledRows(input.test);
  const validation = labelledRows(input.validation);
  if (validation.labels.length > 0) return { train, validation, test };
  const { kept, heldOut } = holdOut(train, 0.1, input.seed);
  return { train: kept, validation: heldOut, test };
}

async function predict(
  protocol: Protocol,
  { train, validation, test }: Splits,
  input: EvaluateFeaturesInput,
): Promise<{ predicted: Int32Array; settings: Pick<EvaluationSettings, 'knn' | 'linear'> }> {
  const classes = input.classes.length;
  const report = (phase: string, share: number) => input.onProgress?.({ protocol, phase, share });
  const signal = input.signal === undefined ? {} : { signal: input.signal };
  switch (protocol) {
    case 'knn': {
      const k = Math.min(input.knn.k, train.labels.length + validation.labels.length);
      const predicted = await predictByNeighbours({
        known: [train, validation],
        queries: test.features,
        classes,
        settings: input.knn,
        onProgress: (share) => report('neighbours', share),
        ...signal,
      });
      return { predicted, settings: { knn: { ...input.knn, k } } };
    }
    case 'linear': {
      const { predicted, settings } = await linearProbe({
        train,
        validation,
        test,
        classes,
        onProgress: report,
        ...signal,
      });
      return { predicted, settings: { linear: settings } };
    }
  }
}
