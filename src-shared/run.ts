/** @file Runs: their states, and their shape in `runs show` and `runs list`. */
import type { Configuration } from './configuration/schema.ts';
import type { EvaluationView } from './evaluation.ts';
import type { FailureKind } from './errors.ts';

export const runStates = [
  'draft',
  'queued',
  'running',
  'paused',
  'finished',
  'stopped',
  'failed',
  'interrupted',
] as const;
export type RunState = (typeof runStates)[number];

/** States a run may move to from each state. */
export const runTransitions: Readonly<Record<RunState, readonly RunState[]>> = {
  draft: ['queued'],
  queued: ['running', 'stopped', 'failed', 'draft'],
  running: ['paused', 'finished', 'stopped', 'failed', 'interrupted'],
  paused: ['running', 'stopped', 'failed', 'interrupted'],
  finished: [],
  stopped: ['queued'],
  failed: ['queued'],
  interrupted: ['queued'],
};

export type BackendName = 'tensorflow' | 'wasm';

/** What a resumed run must find unchanged to give the same bits, and what a report tells. */
export interface RunEnvironment {
  studio: string;
  node: string;
  platform: string;
  cpu: string;
  cores: number;
  memoryBytes: number;
  backend: BackendName;
  backendVersion: string;
  device: string;
  /** Threads of the backend's kernels. */
  threads: number;
  /** Why better backends were not taken, one sentence each. */
  passedOver: readonly string[];
}

export interface MetricSummary {
  last: number;
  min: number;
  max: number;
  step: number;
}

export interface CheckpointView {
  id: string;
  epoch: number;
  step: number;
  bytes: number;
  /** SHA-256 of encoder and head with running statistics: per tensor in name order name, shape, float32 bytes. */
  weightsSha256: string;
  createdAt: string;
}

/** What the diagnosis says of a run's learning. */
export type Verdict = 'starting' | 'learning' | 'atChance' | 'collapsed' | 'diverged' | 'trivial';

export interface Diagnosis {
  verdict: Verdict;
  /** The verdict in words, with what to do. */
  text: string;
}

export interface RunFailure {
  kind: FailureKind;
  message: string;
  hint: string;
}

/** A run as `runs show` prints it. */
export interface RunView {
  id: string;
  name: string;
  state: RunState;
  dataset: { id: string; name: string; sha256: string };
  preset: string | null;
  config: Configuration;
  backend: BackendName | null;
  device: string | null;
  environment: RunEnvironment | null;
  seed: number;
  createdAt: string;
  startedAt: string | null;
  endedAt: string | null;
  /** Seconds of training, pauses left out. */
  trainingSeconds: number;
  progress: { epoch: number; epochs: number; step: number; steps: number } | null;
  diagnosis: Diagnosis | null;
  failure: RunFailure | null;
  metrics: Partial<Record<string, MetricSummary>>;
  checkpoints: CheckpointView[];
  evaluations: EvaluationView[];
  notes: string;
  tags: string[];
}
