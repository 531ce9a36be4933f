/** @file A run under way, as those see it who start and watch it. */
import type { BackendChoice, CheckpointRecord, ComputeEvent } from '#shared/compute-protocol.ts';
import type { MetricSample } from '#shared/metrics.ts';
import type { Diagnosis, RunEnvironment, RunState } from '#shared/run.ts';
import type { StoredCheckpoint } from '#store/checkpoints.ts';
import type { ComputeSettings } from '../compute/job.ts';

/** Who wants to see a run as it goes. What is told here lies in the library already, or will within a second. */
export interface RunObserver {
  readonly started?: (environment: RunEnvironment) => void;
  readonly progress?: (event: Extract<ComputeEvent, { type: 'progress' }>) => void;
  readonly samples?: (samples: readonly MetricSample[]) => void;
  readonly diagnosis?: (diagnosis: Diagnosis) => void;
  readonly checkpoint?: (checkpoint: CheckpointRecord) => void;
  readonly state?: (state: RunState) => void;
  /** Something worth knowing once. */
  readonly log?: (text: string) => void;
  readonly warning?: (text: string) => void;
  /** A line that the compute process wrote and that is not noise. */
  readonly output?: (line: string) => void;
}

/** What a run starts on. */
export interface RunStart {
  readonly backend: BackendChoice;
  /** Absent: from the beginning. */
  readonly resumeFrom?: StoredCheckpoint | undefined;
  readonly compute?: ComputeSettings;
}

/** A run under way. */
export interface Supervision {
  readonly run: string;
  /** The state it ended in, once that is recorded. @throws UserError where it could not be recorded. */
  readonly ended: Promise<RunState>;
  pause(): void;
  resume(): void;
  /** Stops with a checkpoint; the second time at once, keeping the last one. */
  stop(): void;
}
