/** @file What a job is given: its control, and a way to tell the engine what happens. */
import type { ComputeEvent, JobResult, Progress } from '#shared/compute-protocol.ts';
import type { JobControl } from '../loop/job-control.ts';

/** An event without the job's id, which the context adds. */
export type JobEvent = ComputeEvent extends infer Event
  ? Event extends ComputeEvent
    ? Omit<Event, 'jobId'>
    : never
  : never;

/** One job's link to the engine. */
export interface JobContext {
  control: JobControl;
  readonly send: (event: JobEvent) => void;
}

/** A kind of job. Rejects with UserError where the user can mend it. */
export type JobRunner<Spec> = (spec: Spec, context: JobContext) => Promise<JobResult>;

/** Counts work and sends progress about ten times a second, the last one always. */
export class ProgressSender {
  readonly #context: JobContext;
  readonly #phase: string;
  readonly #unit: string;
  readonly #total: number;
  readonly #started = performance.now();
  #sent = -Infinity;

  constructor(context: JobContext, phase: string, unit: string, total: number) {
    this.#context = context;
    this.#phase = phase;
    this.#unit = unit;
    this.#total = total;
  }

  /** Tells that so much is done since the start of the phase. */
  update(done: number): void {
    const now = performance.now();
    if (now - this.#sent < 100 && done < this.#total) return;
    this.#sent = now;
    const rate = done / Math.max(1e-3, (now - this.#started) / 1000);
    const progress: Progress = {
      phase: this.#phase,
      unit: this.#unit,
      done,
      total: this.#total,
      rate,
      secondsLeft: rate > 0 ? (this.#total - done) / rate : Infinity,
    };
    this.#context.send({ type: 'progress', progress });
  }
}
