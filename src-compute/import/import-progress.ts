/** @file Turns counts into progress: rate, time left, and not more often than anyone can read. */
import type { Progress } from '#shared/compute-protocol.ts';

/** Between two reports, in milliseconds. */
const interval = 100;
/** Time constant of the rate's smoothing, in milliseconds. */
const smoothing = 3000;

/** Counts one phase of an import. */
export class PhaseProgress {
  readonly #phase: string;
  readonly #total: number;
  readonly #report: (progress: Progress) => void;
  readonly #now: () => number;
  readonly #started: number;
  #done = 0;
  #rate = 0;
  #reportedDone = 0;
  #reportedAt: number;

  constructor(phase: string, total: number, report: (progress: Progress) => void, now = () => performance.now()) {
    this.#phase = phase;
    this.#total = total;
    this.#report = report;
    this.#now = now;
    this.#started = now();
    this.#reportedAt = this.#started;
    this.#send();
  }

  /** Counts one image. */
  advance(): void {
    this.#done++;
    const now = this.#now();
    const passed = now - this.#reportedAt;
    if (passed < interval) return;
    const recent = ((this.#done - this.#reportedDone) / passed) * 1000;
    const weight = this.#rate === 0 ? 1 : 1 - Math.exp(-passed / smoothing);
    this.#rate += (recent - this.#rate) * weight;
    this.#reportedDone = this.#done;
    this.#reportedAt = now;
    this.#send();
  }

  /** Reports the phase's end, with the rate over all of it. */
  end(): void {
    const passed = this.#now() - this.#started;
    this.#rate = passed > 0 ? (this.#done / passed) * 1000 : 0;
    this.#send();
  }

  #send(): void {
    const left = Math.max(0, this.#total - this.#done);
    this.#report({
      phase: this.#phase,
      unit: 'images',
      done: this.#done,
      total: this.#total,
      rate: this.#rate,
      secondsLeft: left === 0 ? 0 : this.#rate > 0 ? left / this.#rate : Number.POSITIVE_INFINITY,
    });
  }
}
