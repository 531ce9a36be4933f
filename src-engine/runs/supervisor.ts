/** @file Drives one run: renews its lease, hears its compute process, records what it reports, and says how it ended. */
import type { PretrainSpec } from '#shared/compute-protocol.ts';
import type { RunFailure, RunState } from '#shared/run.ts';
import { heartbeatInterval } from '#store/leases/leases.ts';
import type { Library } from '#store/library.ts';
import { ownCompute, startJob, type RunningJob } from '../compute/job.ts';
import { endRun, failureOf } from './end-run.ts';
import { RunRecorder } from './run-recorder.ts';
import type { RunObserver, RunStart, Supervision } from './supervision.ts';

/** One run whose lease this process holds. */
export class Supervisor implements Supervision {
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
