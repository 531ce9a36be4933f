/** @file Messages between the engine and a compute process. Every one carries the job it belongs to. */
import type { Configuration } from './configuration/schema.ts';
import type { Dataset } from './dataset.ts';
import type { FailureKind } from './errors.ts';
import type { EvaluationResult, EvaluatedEncoder, KnnSettings, Protocol } from './evaluation.ts';
import type { MetricSample } from './metrics.ts';
import type { BackendName, Diagnosis, RunEnvironment } from './run.ts';

/** Where a backend's files lie and what it may use. Made by the engine; the job opens exactly this. */
export interface BackendChoice {
  name: BackendName;
  /** `cpu`, or `cuda:0` … where TensorFlow's CUDA flavour is installed. */
  device: string;
  /** Folder of the TensorFlow runtime in the cache; absent for wasm. */
  runtimeFolder?: string;
  threads: number;
  passedOver: readonly string[];
}

interface JobSpecBase {
  backend: BackendChoice;
  datasetFolder: string;
  dataset: Dataset;
}

/** Pretrains an encoder. */
export interface PretrainSpec extends JobSpecBase {
  kind: 'pretrain';
  configuration: Configuration;
  /** The run's artifact file, where checkpoints go. */
  artifactFile: string;
  /** Continue from this checkpoint of the artifact file. */
  resumeFrom?: { checkpointId: string };
}

/** Judges frozen features of a run's checkpoint beside baselines. */
export interface EvaluateSpec extends JobSpecBase {
  kind: 'evaluate';
  configuration: Configuration;
  artifactFile: string;
  checkpointId: string;
  encoders: readonly EvaluatedEncoder[];
  protocols: readonly Protocol[];
  knn: KnnSettings;
}

/** Draws pairs of augmented views, as training would, for a picture. */
export interface PreviewSpec extends JobSpecBase {
  kind: 'preview';
  configuration: Configuration;
  images: number;
}

/** Where images to import come from. Paths are absolute. */
export type ImportSource =
  /** A folder, a tar archive (plain or .gz) or the files themselves, of the binary version or of PNG atlases. */
  | { format: 'cifar10'; paths: readonly string[] }
  /** A folder of image files, found by name; links that lead out of it are not followed. */
  | { format: 'folder'; folder: string };

/** Packs images into a dataset folder that does not exist yet: written aside, renamed when whole. */
export interface ImportSpec {
  kind: 'import';
  id: string;
  name: string;
  source: ImportSource;
  /** Where `datasets/<id>` is to appear. */
  targetFolder: string;
  /** Training size in pixels; absent: chosen from the images. */
  imageSize?: number;
}

export type JobSpec = PretrainSpec | EvaluateSpec | PreviewSpec | ImportSpec;

/** A picture: RGB, uint8, height x width x 3, base64. */
export interface Picture {
  width: number;
  height: number;
  rgb: string;
}

/** From the engine to compute. */
export type ComputeRequest =
  | { readonly type: 'start'; readonly jobId: string; readonly spec: JobSpec }
  | { readonly type: 'pause'; readonly jobId: string }
  | { readonly type: 'resume'; readonly jobId: string }
  | { readonly type: 'stop'; readonly jobId: string };

/** How far a job is. `unit` counts `done` of `total`, `rate` is units a second. */
export interface Progress {
  phase: string;
  unit: string;
  done: number;
  total: number;
  rate: number;
  secondsLeft: number;
}

/** A checkpoint that lies, whole, in the artifact file. */
export interface CheckpointRecord {
  id: string;
  epoch: number;
  step: number;
  bytes: number;
  weightsSha256: string;
  /** Seconds of training up to it, pauses left out. */
  trainingSeconds: number;
}

/** Result of a job that ran to its end or was stopped. */
export type JobResult =
  | { kind: 'pretrain'; finished: boolean }
  | { kind: 'evaluate'; finished: boolean }
  | { kind: 'import'; finished: false }
  | { kind: 'import'; finished: true; dataset: Dataset }
  | { kind: 'preview'; pairs: { original: Picture; first: Picture; second: Picture }[] };

/** From compute to the engine. */
export type ComputeEvent =
  | { readonly type: 'started'; readonly jobId: string; readonly environment: RunEnvironment; readonly steps: number }
  | {
      readonly type: 'progress';
      readonly jobId: string;
      readonly progress: Progress;
      readonly epoch?: number;
      readonly epochs?: number;
    }
  | { readonly type: 'metrics'; readonly jobId: string; readonly samples: readonly MetricSample[] }
  | { readonly type: 'diagnosis'; readonly jobId: string; readonly diagnosis: Diagnosis }
  | { readonly type: 'checkpoint'; readonly jobId: string; readonly checkpoint: CheckpointRecord }
  | { readonly type: 'evaluation'; readonly jobId: string; readonly evaluation: EvaluationResult }
  | { readonly type: 'paused'; readonly jobId: string }
  | { readonly type: 'resumed'; readonly jobId: string }
  | { readonly type: 'log'; readonly jobId: string; readonly text: string }
  | { readonly type: 'warning'; readonly jobId: string; readonly text: string }
  | { readonly type: 'finished'; readonly jobId: string; readonly result: JobResult }
  | {
      readonly type: 'failed';
      readonly jobId: string;
      readonly kind: FailureKind;
      readonly message: string;
      readonly hint: string;
    };
