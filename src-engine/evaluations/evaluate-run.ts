/** @file Judges a run's checkpoint beside its baselines, in a compute process of its own, and keeps the results. */
import type { BackendChoice, EvaluateSpec, Progress } from '#shared/compute-protocol.ts';
import { UserError } from '#shared/errors.ts';
import type { EvaluatedEncoder, EvaluationResult, EvaluationView, KnnSettings, Protocol } from '#shared/evaluation.ts';
import type { Library } from '#store/library.ts';
import { ownCompute, type ComputeSettings } from '../compute/job.ts';
import { runJob } from '../compute/run-job.ts';

/** What is to be judged, and how. */
export interface EvaluationRequest {
  /** Id of the run. */
  readonly run: string;
  readonly protocols: readonly Protocol[];
  /** The newest where absent. */
  readonly checkpoint?: string | undefined;
  /** Id or name; the run's own where absent. */
  readonly dataset?: string | undefined;
  /** The run's monitoring settings where absent. */
  readonly knn?: Partial<Pick<KnnSettings, 'k' | 'temperature'>>;
  readonly backend: BackendChoice;
  readonly compute?: ComputeSettings;
}

/** Who wants to see it as it goes. */
export interface EvaluationHandlers {
  readonly progress?: (progress: Progress) => void;
  /** It lies in the library already. */
  readonly evaluation?: (evaluation: EvaluationView) => void;
  readonly warning?: (text: string) => void;
  readonly output?: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** What features are judged, the baselines first: they need no checkpoint to mean something. */
const encoders: readonly EvaluatedEncoder[] = ['pixels', 'random', 'pretrained'];

/**
 * Evaluates. Every result is kept as soon as it is there, in the place of an earlier one of the same kind.
 * @returns whether it came to its end; false where it was stopped.
 * @throws UserError where the run has no checkpoint, or the dataset no labels or no test images.
 */
export async function evaluateRun(
  library: Library,
  request: EvaluationRequest,
  handlers: EvaluationHandlers = {},
): Promise<boolean> {
  const spec = evaluationSpec(library, request);
  const log = (text: string): void => {
    library.logs.append(request.run, `${new Date().toISOString()} ${text}`);
  };
  log(`Evaluating checkpoint ${spec.checkpointId} on ${spec.dataset.name}`);
  const result = await runJob(
    spec,
    {
      progress: ({ progress }) => handlers.progress?.(progress),
      evaluation: ({ evaluation }) => {
        const checkpointId = evaluation.encoder === 'pretrained' ? spec.checkpointId : null;
        handlers.evaluation?.(keep(library, request.run, { checkpointId, dataset: spec.dataset.name }, evaluation));
      },
      log: ({ text }) => {
        log(text);
      },
      warning: ({ text }) => {
        log(`Warning: ${text}`);
        handlers.warning?.(text);
      },
      output: (line, noise) => {
        log(line);
        if (!noise) handlers.output?.(line);
      },
    },
    handlers.signal,
    request.compute ?? ownCompute,
  );
  return result.finished;
}

function evaluationSpec(library: Library, request: EvaluationRequest): EvaluateSpec {
  const run = library.runView(request.run);
  const dataset =
    request.dataset !== undefined
      ? library.datasets.resolve(request.dataset)
      : (library.datasets.get(run.dataset.id) ?? library.datasets.withHash(run.dataset.sha256));
  if (dataset === undefined) {
    throw new UserError(
      `The dataset ${run.dataset.name} of this run is no longer in the library.`,
      'Add it again, or name another with --dataset.',
    );
  }
  for (const split of ['train', 'test'] as const) {
    if ((dataset.splits[split]?.labelled ?? 0) > 0) continue;
    throw new UserError(
      `${dataset.name} has no labelled ${split} images, which an evaluation needs.`,
      'Name a dataset that has them with --dataset.',
    );
  }
  const { knnK, knnTemperature } = run.config.monitor;
  return {
    kind: 'evaluate',
    backend: request.backend,
    dataset,
    datasetFolder: library.paths.datasetFolder(dataset.id),
    configuration: run.config,
    artifactFile: library.paths.artifactFile(run.id),
    checkpointId: library.checkpoints.choose(run.id, request.checkpoint).id,
    encoders,
    protocols: request.protocols,
    knn: { k: request.knn?.k ?? knnK, temperature: request.knn?.temperature ?? knnTemperature, metric: 'cosine' },
  };
}

/** Records a result in the place of an earlier one that answers the same question. */
function keep(
  library: Library,
  run: string,
  of: { checkpointId: string | null; dataset: string },
  result: EvaluationResult,
): EvaluationView {
  return library.transaction(() => {
    for (const earlier of library.evaluations.ofRun(run)) {
      if (question(earlier) === question({ ...result, ...of })) library.evaluations.remove(run, earlier.id);
    }
    return library.evaluations.add(run, of, result);
  });
}

/** What was asked, without what came out: equal questions have equal text. */
function question(
  asked: Pick<EvaluationView, 'checkpointId' | 'protocol' | 'encoder' | 'dataset' | 'split' | 'settings'>,
): string {
  const { knn, linear, fitImages, testImages, seed } = asked.settings;
  return JSON.stringify([
    asked.checkpointId,
    asked.protocol,
    asked.encoder,
    asked.dataset,
    asked.split,
    asked.protocol === 'knn' ? [knn?.k, knn?.temperature] : linear?.lambdas,
    fitImages,
    testImages,
    seed,
  ]);
}
