/** @file Runs the real pretraining job in a compute process of its own and gathers all it says. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startJob, type RunningJob } from '#engine/compute/job.ts';
import type { BackendChoice, CheckpointRecord, PretrainSpec } from '#shared/compute-protocol.ts';
import { completeConfiguration } from '#shared/configuration/keys.ts';
import type { ConfigurationInput } from '#shared/configuration/schema.ts';
import type { MetricName, MetricSample } from '#shared/metrics.ts';
import type { Diagnosis } from '#shared/run.ts';
import type { makeClassImages } from './class-images.ts';

/** A job's spec for a made dataset, small by default. */
export function pretrainSpec(
  data: ReturnType<typeof makeClassImages>,
  backend: BackendChoice,
  configuration: ConfigurationInput,
): PretrainSpec {
  return {
    kind: 'pretrain',
    backend,
    datasetFolder: data.folder,
    dataset: data.dataset,
    configuration: completeConfiguration({
      epochs: 2,
      batchSize: 16,
      temperature: 0.2,
      encoder: { architecture: 'resnet8', zeroGamma: false },
      projection: { hiddenWidths: [32], outputWidth: 32 },
      optimizer: { name: 'sgd', learningRate: 0.1, learningRateScaling: 'none', weightDecay: 1e-4 },
      schedule: { warmupEpochs: 0 },
      checkpoint: { everyEpochs: 0, everyMinutes: 0 },
      workers: 1,
      ...configuration,
    }),
    artifactFile: path.join(mkdtempSync(path.join(tmpdir(), 'simclr-run-')), 'artifacts.sqlite'),
  };
}

/** What a job said. */
export interface PretrainingRecord {
  finished: boolean;
  checkpoints: CheckpointRecord[];
  samples: MetricSample[];
  diagnoses: Diagnosis[];
  logs: string[];
  /** Values of a metric in the order of steps. */
  series(metric: MetricName): number[];
}

/**
 * Runs the job to its end.
 * @param onSamples - called at each batch of metrics, so that a test can pause, stop or kill it.
 */
export async function runPretraining(
  spec: PretrainSpec,
  onSamples?: (job: RunningJob, samples: readonly MetricSample[]) => void,
  onPaused?: (job: RunningJob) => void,
): Promise<PretrainingRecord> {
  const record: Omit<PretrainingRecord, 'finished'> = {
    checkpoints: [],
    samples: [],
    diagnoses: [],
    logs: [],
    series: (metric) => record.samples.filter((sample) => sample.metric === metric).map(({ value }) => value),
  };
  const job: RunningJob<PretrainSpec> = startJob(spec, {
    metrics: ({ samples }) => {
      record.samples.push(...samples);
      onSamples?.(job, samples);
    },
    checkpoint: ({ checkpoint }) => record.checkpoints.push(checkpoint),
    diagnosis: ({ diagnosis }) => record.diagnoses.push(diagnosis),
    log: ({ text }) => record.logs.push(text),
    paused: () => onPaused?.(job),
  });
  const { finished } = await job.result;
  return { ...record, finished };
}
