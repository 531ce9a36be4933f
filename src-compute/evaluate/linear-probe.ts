/** @file The linear probe: logistic regression to convergence, its regularisation chosen on held-out images. */
import type { LinearSettings } from '#shared/evaluation.ts';
import { measureAccuracy } from './accuracy.ts';
import type { LabelledFeatures } from './features.ts';
import { divideByCurvature, findCurvature, type Curvature } from './curvature.ts';
import { minimise, type Minimum } from './lbfgs.ts';
import { SoftmaxRegression } from './softmax-regression.ts';
import { fitStandardisation, type Standardisation } from './standardisation.ts';

/**
 * [Note: the probe's path] Candidates of lambda are tried from strong to weak, each started from the solution before, which
 * costs little. The path ends early when the validation accuracy has not risen for `patience` candidates: weaker ones
 * only fit the training images closer, and take longest. `settings.lambdas` lists those tried.
 */
const candidates = [1, 0.3, 0.1, 0.03, 0.01, 3e-3, 1e-3, 3e-4, 1e-4, 3e-5, 1e-5, 1e-6];
const patience = 4;

/** [Note: the probe's convergence] No component of the gradient above 1e-5, or a step that lowers the objective by less
 * than 1e-8 of it, which is where float32 matrix products end; at most 2,000 iterations. */
const stopping = { gradientTolerance: 1e-5, valueTolerance: 1e-8, maxIterations: 2000 };

export interface LinearProbeInput {
  /** Every row has a class. */
  train: LabelledFeatures;
  validation: LabelledFeatures;
  test: LabelledFeatures;
  classes: number;
  signal?: AbortSignal;
  onProgress?: (phase: string, share: number) => void;
}

export interface LinearProbeResult {
  /** The class given to each test row by the classifier fitted on training and validation together. */
  predicted: Int32Array;
  settings: LinearSettings;
}

/** Fits a path of classifiers on the training rows, chooses by validation accuracy, fits again on both, predicts. */
export async function linearProbe(input: LinearProbeInput): Promise<LinearProbeResult> {
  const { train, validation, test, classes, signal, onProgress } = input;
  const path = await choose(input);
  onProgress?.('final fit', 0.85);
  const parts = [train, validation];
  const standardisation = fitStandardisation(parts);
  const fitted = await withRegression(parts, standardisation, classes, signal, async (regression) => {
    const curvature = await curvatureOf(regression, standardisation);
    return fit(regression, curvature, path.lambda, path.classifier);
  });
  const { predicted } = await withRegression([test], standardisation, classes, signal, (regression) =>
    regression.predict(fitted.point),
  );
  const settings: LinearSettings = {
    solver: 'L-BFGS',
    lambdas: path.tried,
    lambda: path.lambda,
    validationTop1: path.top1,
    iterations: fitted.iterations,
    converged: fitted.converged,
  };
  onProgress?.('final fit', 1);
  return { predicted, settings };
}

interface Chosen {
  lambda: number;
  classifier: Float64Array;
  top1: number;
  tried: number[];
}

/** Walks the path; of equal validation accuracies the lower validation cross-entropy wins. */
async function choose({ train, validation, classes, signal, onProgress }: LinearProbeInput): Promise<Chosen> {
  const standardisation = fitStandardisation([train]);
  return withRegression([train], standardisation, classes, signal, (training) =>
    withRegression([validation], standardisation, classes, signal, async (held) => {
      const curvature = await curvatureOf(training, standardisation);
      let classifier = training.start();
      let best: (Chosen & { loss: number; at: number }) | undefined;
      const tried: number[] = [];
      for (const [at, lambda] of candidates.entries()) {
        onProgress?.(`regularisation ${at + 1} of at most ${candidates.length}`, (0.85 * at) / candidates.length);
        classifier = (await fit(training, curvature, lambda, classifier)).point;
        tried.push(lambda);
        const { predicted, crossEntropy } = await held.predict(classifier);
        const { top1 } = measureAccuracy(predicted, validation.labels, classes);
        if (best === undefined || top1 > best.top1 || (top1 === best.top1 && crossEntropy < best.loss)) {
          best = { lambda, classifier, top1, tried, loss: crossEntropy, at };
        } else if (at - best.at >= patience) break;
      }
      if (best === undefined) throw new Error('no candidate of lambda');
      return best;
    }),
  );
}

function curvatureOf(regression: SoftmaxRegression, { scale }: Standardisation): Promise<Curvature> {
  const trace = scale.reduce((sum, each) => sum + (each > 0 ? 1 : 0), 0);
  return findCurvature((directions) => regression.covarianceTimes(directions), regression.width, trace);
}

function fit(
  regression: SoftmaxRegression,
  curvature: Curvature,
  lambda: number,
  start: Float64Array,
): Promise<Minimum> {
  return minimise((point, gradient) => regression.objective(lambda, point, gradient), start, {
    ...stopping,
    precondition: (vector) => {
      divideByCurvature(vector, regression.classes, lambda, curvature);
    },
  });
}

/** Puts features on the device for as long as the work takes. */
async function withRegression<Result>(
  parts: readonly LabelledFeatures[],
  standardisation: Standardisation,
  classes: number,
  signal: AbortSignal | undefined,
  work: (regression: SoftmaxRegression) => Promise<Result>,
): Promise<Result> {
  const regression = new SoftmaxRegression(parts, standardisation, classes, signal);
  try {
    return await work(regression);
  } finally {
    regression.dispose();
  }
}
