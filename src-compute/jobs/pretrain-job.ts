/** @file The pretraining job: puts data, network, loop and reports together. */
import type { JobResult, PretrainSpec } from '#shared/compute-protocol.ts';
import { openArtifacts } from '#store/artifacts.ts';
import { openImages } from '../data/image-reader.ts';
import { selectImages, type Selection } from '../data/select-images.ts';
import { ViewPipeline } from '../data/view-pipeline.ts';
import { EpochMonitor } from '../loop/epoch-monitor.ts';
import { requireMemory } from '../loop/memory-estimate.ts';
import { pretrain, scheduleLength } from '../loop/pretrain.ts';
import { restoreCheckpoint, type Position } from '../loop/training-state.ts';
import type { Learner } from '../loop/train-step.ts';
import { Network } from '../model/network.ts';
import { startHistory } from '../monitor/diagnosis-history.ts';
import { createOptimizer } from '../optimize/create-optimizer.ts';
import { describeEnvironment } from './environment.ts';
import type { JobContext } from './job-context.ts';
import { openBackend } from './open-backend.ts';
import { TrainingReporter } from './training-reporter.ts';

/** Runs a pretraining job to its end or to a stop; a checkpoint is made at either. */
export async function runPretrain(spec: PretrainSpec, context: JobContext): Promise<JobResult> {
  const { configuration, dataset, datasetFolder } = spec;
  const reader = openImages(datasetFolder);
  const artifacts = openArtifacts(spec.artifactFile);
  const toClose: (() => unknown)[] = [
    () => {
      artifacts.close();
    },
    () => {
      reader.close();
    },
  ];
  try {
    const selection = selectImages(dataset, reader, configuration);
    requireMemory(configuration, dataset, spec.backend.name);
    const backend = await openBackend(spec.backend);
    const network = new Network(backend, configuration, dataset.imageSize);
    const learner: Learner = { backend, network, optimizer: createOptimizer(configuration.optimizer), configuration };
    const position = startPosition(spec, learner, selection, artifacts);
    const stepsPerEpoch = Math.floor(selection.train.length / configuration.batchSize);
    const start = { epoch: Math.floor(position.step / stepsPerEpoch), step: position.step % stepsPerEpoch };
    const pipeline = new ViewPipeline({ datasetFolder, dataset, configuration, images: selection.train, start });
    toClose.push(() => pipeline.close());
    context.send({
      type: 'started',
      environment: describeEnvironment(backend, spec.backend),
      steps: scheduleLength(configuration, stepsPerEpoch).steps,
    });
    tellDroppedImages(context, selection, configuration.batchSize);
    const reporter = new TrainingReporter(context, configuration, stepsPerEpoch, {
      learner,
      artifacts,
      monitor: new EpochMonitor({ network, configuration, dataset, reader, selection }),
    });
    const { control } = context;
    try {
      const side = dataset.imageSize;
      const finished = await pretrain({ learner, pipeline, side, position, control, callbacks: reporter });
      return { kind: 'pretrain', finished };
    } finally {
      reporter.flush();
    }
  } finally {
    for (const close of toClose.reverse()) await close();
  }
}

function startPosition(
  { configuration, resumeFrom }: PretrainSpec,
  learner: Learner,
  { train }: Selection,
  artifacts: ReturnType<typeof openArtifacts>,
): Position {
  if (resumeFrom !== undefined) return restoreCheckpoint(artifacts, resumeFrom.checkpointId, learner);
  const stepsPerEpoch = Math.floor(train.length / configuration.batchSize);
  const { warmupSteps } = scheduleLength(configuration, stepsPerEpoch);
  const history = startHistory(configuration.batchSize, warmupSteps);
  return { step: 0, trainingSeconds: 0, monitoredEpochs: 0, history };
}

function tellDroppedImages(context: JobContext, { train }: Selection, batchSize: number): void {
  const dropped = train.length % batchSize;
  if (dropped === 0) return;
  const text = `The last ${dropped} of ${train.length} images, too few for a batch of ${batchSize}, sit out each epoch (others each time).`;
  context.send({ type: 'log', text });
}
