/** @file When checkpoints are due by epochs and by time. */
import type { Configuration } from '#shared/configuration/schema.ts';

/** Decides after each step whether a checkpoint is due. The end of a run always gets one, outside of this. */
export class CheckpointSchedule {
  readonly #settings: Configuration['checkpoint'];
  readonly #stepsPerEpoch: number;
  #lastSeconds: number;

  /** @param startSeconds - training seconds at the start, so that a resumed run does not begin with a checkpoint. */
  constructor(settings: Configuration['checkpoint'], stepsPerEpoch: number, startSeconds: number) {
    this.#settings = settings;
    this.#stepsPerEpoch = stepsPerEpoch;
    this.#lastSeconds = startSeconds;
  }

  /** Whether one is due after `step` steps and so many training seconds. */
  isDue(step: number, trainingSeconds: number): boolean {
    const { everyEpochs, everyMinutes } = this.#settings;
    const byEpoch = everyEpochs > 0 && step % (everyEpochs * this.#stepsPerEpoch) === 0;
    const byTime = everyMinutes > 0 && trainingSeconds - this.#lastSeconds >= everyMinutes * 60;
    return byEpoch || byTime;
  }

  /** To be told when one was made, whatever for. */
  made(trainingSeconds: number): void {
    this.#lastSeconds = trainingSeconds;
  }
}
