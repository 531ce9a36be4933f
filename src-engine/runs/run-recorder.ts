/** @file Writes what a training reports into the library, in batches. */
import type { CheckpointRecord } from '#shared/compute-protocol.ts';
import type { MetricSample } from '#shared/metrics.ts';
import type { RunView } from '#shared/run.ts';
import type { Library } from '#store/library.ts';

/** Longest that samples wait before they are written: what a killed engine may lose. */
const holdMilliseconds = 1000;
/** Most samples that wait. */
const mostHeld = 2000;

/** Records one run's samples, progress and checkpoints. */
export class RunRecorder {
  readonly #library: Library;
  readonly #run: string;
  readonly #onError: (error: unknown) => void;
  #samples: MetricSample[] = [];
  #progress: NonNullable<RunView['progress']>;
  #trainingSeconds: number;
  #changed = false;
  #timer: NodeJS.Timeout | undefined;

  /** @param onError - told when a write fails that nobody waits for. */
  constructor(library: Library, run: RunView, onError: (error: unknown) => void) {
    this.#library = library;
    this.#run = run.id;
    this.#onError = onError;
    this.#progress = run.progress ?? { epoch: 0, epochs: run.config.epochs, step: 0, steps: 0 };
    this.#trainingSeconds = run.trainingSeconds;
  }

  /** Where the training begins: at zero, or at the checkpoint it resumes from. */
  begin(epoch: number, step: number, steps: number, trainingSeconds: number): void {
    this.#progress = { ...this.#progress, epoch, step, steps };
    this.#trainingSeconds = trainingSeconds;
    this.#change();
  }

  samples(samples: readonly MetricSample[]): void {
    this.#samples.push(...samples);
    for (const { step, time } of samples) this.#reach(step, time);
    if (this.#samples.length >= mostHeld) this.flush();
    else this.#change();
  }

  epoch(epoch: number): void {
    this.#progress = { ...this.#progress, epoch };
    this.#change();
  }

  /** Its bytes lie in the artifact file already; what was measured up to it is written with its row. */
  checkpoint(checkpoint: CheckpointRecord): void {
    this.#reach(checkpoint.step, checkpoint.trainingSeconds);
    this.#library.transaction(() => {
      this.#changed = true;
      this.flush();
      this.#library.checkpoints.add(this.#run, checkpoint);
    });
  }

  /** Writes what waits. @throws UserError where the disk refuses; the samples are then kept. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#changed) return;
    this.#library.transaction(() => {
      this.#library.metrics.append(this.#run, this.#samples);
      this.#library.runs.setProgress(this.#run, this.#progress, this.#trainingSeconds);
    });
    this.#samples = [];
    this.#changed = false;
  }

  /** Ends the timer without writing. */
  abandon(): void {
    clearTimeout(this.#timer);
  }

  #reach(step: number, seconds: number): void {
    this.#progress = { ...this.#progress, step: Math.max(this.#progress.step, step) };
    this.#trainingSeconds = Math.max(this.#trainingSeconds, seconds);
  }

  #change(): void {
    this.#changed = true;
    this.#timer ??= setTimeout(() => {
      try {
        this.flush();
      } catch (error) {
        this.#onError(error);
      }
    }, holdMilliseconds);
  }
}
