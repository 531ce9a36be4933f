/** @file Drives one run: holds its lease, starts its compute process, records what it reports, and says how it ended. */
import { existsSync } from 'node:fs';
import type { BackendChoice, CheckpointRecord, ComputeEvent, PretrainSpec } from '#shared/compute-protocol.ts';
import { messageOf, UserError } from '#shared/errors.ts';
import type { MetricSample } from '#shared/metrics.ts';
import type { Diagnosis, RunEnvironment, RunFailure, RunState } from '#shared/run.ts';
import { openArtifacts } from '#store/artifacts.ts';
import type { StoredCheckpoint } from '#store/checkpoints.ts';
import { heartbeatInterval } from '#store/leases/leases.ts';
import type { Library } from '#store/library.ts';
import { ownCompute, startJob, type ComputeSettings, type RunningJob } from '../compute/job.ts';
import { RunRecorder } from './run-recorder.ts';

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

/**
 * Starts a run that is a draft, queued, or was stopped, failed or interrupted.
 * @throws UserError where another process drives it, or it is finished.
 */
export function superviseRun(library: Library, run: string, start: RunStart, observer: RunObserver = {}): Supervision {
  const spec = pretrainSpec(library, run, start);
  library.transaction(() => {
    library.leases.takeOver(run);
    if (library.runs.state(run) !== 'queued') library.runs.transition(run, 'queued');
    library.runs.transition(run, 'running');
    library.rewind(run, start.resumeFrom?.step ?? -1);
  });
  try {
    sweepUnrecorded(library, run);
    return new Supervisor(library, run, spec, start, observer);
  } catch (error) {
    endRun(library, run, 'failed', failureOf(error));
    throw error;
  }
}

/** Removes checkpoints that a killed process wrote without recording them. Only for who holds the lease. */
function sweepUnrecorded(library: Library, run: string): void {
  const file = library.paths.artifactFile(run);
  if (!existsSync(file)) return;
  const artifacts = openArtifacts(file);
  try {
    artifacts.sweepOrphans(library.checkpoints.ofRun(run).map(({ id }) => id));
  } finally {
    artifacts.close();
  }
}

function endRun(library: Library, run: string, state: RunState, failure: RunFailure | null): void {
  library.transaction(() => {
    library.runs.transition(run, state, failure);
    library.leases.release(run);
  });
}

function failureOf(error: unknown): RunFailure {
  if (error instanceof UserError) return { kind: error.kind, message: error.message, hint: error.hint };
  return { kind: 'internal', message: messageOf(error), hint: '' };
}

function pretrainSpec(library: Library, run: string, start: RunStart): PretrainSpec {
  const view = library.runView(run);
  const dataset = library.datasets.get(view.dataset.id) ?? library.datasets.withHash(view.dataset.sha256);
  if (dataset === undefined) {
    throw new UserError(
      `The dataset ${view.dataset.name} of this run is no longer in the library.`,
      'Add the same images again with: datasets add',
    );
  }
  return {
    kind: 'pretrain',
    backend: start.backend,
    dataset,
    datasetFolder: library.paths.datasetFolder(dataset.id),
    configuration: view.config,
    artifactFile: library.paths.artifactFile(run),
    ...(start.resumeFrom === undefined ? {} : { resumeFrom: { checkpointId: start.resumeFrom.id } }),
  };
}

class Supervisor implements Supervision {
  readonly run: string;
  readonly ended: Promise<RunState>;
  readonly #library: Library;
  readonly #observer: RunObserver;
  readonly #recorder: RunRecorder;
  readonly #job: RunningJob<PretrainSpec>;
  readonly #heartbeat: NodeJS.Timeout;
  /** Set where the library itself could not be written: nothing more can be recorded. */
  #lost: Error | undefined;

  constructor(library: Library, run: string, spec: PretrainSpec, start: RunStart, observer: RunObserver) {
    this.run = run;
    this.#library = library;
    this.#observer = observer;
    this.#recorder = new RunRecorder(library, library.runView(run), (error) => {
      this.#lose(error);
    });
    this.#heartbeat = setInterval(() => {
      this.#beat();
    }, heartbeatInterval);
    this.#log(start.resumeFrom === undefined ? 'Started' : `Resumed from checkpoint ${start.resumeFrom.id}`);
    const { epoch = 0, step = 0, trainingSeconds = 0 } = start.resumeFrom ?? {};
    this.#job = startJob(
      spec,
      {
        started: ({ environment, steps }) => {
          library.runs.setEnvironment(run, environment);
          this.#recorder.begin(epoch, step, steps, trainingSeconds);
          this.#log(`Computes on ${environment.backend} ${environment.backendVersion}, ${environment.device}`);
          observer.started?.(environment);
        },
        progress: (event) => {
          if (event.epoch !== undefined) this.#recorder.epoch(event.epoch);
          observer.progress?.(event);
        },
        metrics: ({ samples }) => {
          this.#recorder.samples(samples);
          observer.samples?.(samples);
        },
        diagnosis: ({ diagnosis }) => {
          library.runs.setDiagnosis(run, diagnosis);
          this.#log(`Diagnosis: ${diagnosis.text}`);
          observer.diagnosis?.(diagnosis);
        },
        checkpoint: ({ checkpoint }) => {
          this.#recorder.checkpoint(checkpoint);
          observer.checkpoint?.(checkpoint);
        },
        paused: () => {
          this.#recorder.flush();
          this.#move('paused');
        },
        resumed: () => {
          this.#move('running');
        },
        log: ({ text }) => {
          this.#log(text);
          observer.log?.(text);
        },
        warning: ({ text }) => {
          this.#log(`Warning: ${text}`);
          observer.warning?.(text);
        },
        output: (line, noise) => {
          this.#log(line);
          if (!noise) observer.output?.(line);
        },
      },
      start.compute ?? ownCompute,
    );
    this.#log(`Compute process ${String(this.#job.pid)}`);
    this.ended = this.#end();
  }

  pause(): void {
    this.#job.pause();
  }

  resume(): void {
    this.#job.resume();
  }

  stop(): void {
    this.#job.stop();
  }

  async #end(): Promise<RunState> {
    try {
      const [state, failure] = await this.#outcome();
      if (this.#lost !== undefined) throw this.#lost;
      this.#recorder.flush();
      this.#log(failure === null ? `Ended: ${state}` : `Failed (${failure.kind}): ${failure.message} ${failure.hint}`);
      endRun(this.#library, this.run, state, failure);
      this.#observer.state?.(state);
      return state;
    } finally {
      clearInterval(this.#heartbeat);
      this.#recorder.abandon();
    }
  }

  async #outcome(): Promise<[state: RunState, failure: RunFailure | null]> {
    try {
      const { finished } = await this.#job.result;
      return [finished ? 'finished' : 'stopped', null];
    } catch (error) {
      if (this.#job.killed) return ['interrupted', null];
      return ['failed', failureOf(error)];
    }
  }

  #move(state: RunState): void {
    this.#library.runs.transition(this.run, state);
    this.#log(`Now ${state}`);
    this.#observer.state?.(state);
  }

  #beat(): void {
    try {
      this.#library.leases.renew(this.run);
    } catch (error) {
      this.#lose(error);
    }
  }

  #lose(error: unknown): void {
    this.#lost ??= error instanceof Error ? error : new Error(String(error));
    this.#job.kill();
  }

  #log(text: string): void {
    this.#library.logs.append(this.run, `${new Date().toISOString()} ${text}`);
  }
}
