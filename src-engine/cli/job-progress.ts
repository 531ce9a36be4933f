/** @file Shows a job of phases (an evaluation, an import) as it goes. */
import type { Progress } from '#shared/compute-protocol.ts';
import { duration, numeral } from './table.ts';
import type { Terminal } from './terminal.ts';

const lineEveryMilliseconds = 10_000;
const rewriteEveryMilliseconds = 200;

/** Feeds a terminal with a job's progress. */
export class JobProgress {
  readonly #terminal: Terminal;
  #shownAt = -Infinity;
  #phase = '';

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  progress(progress: Progress): void {
    const now = performance.now();
    const fresh = progress.phase !== this.#phase;
    const every = this.#terminal.interactive ? rewriteEveryMilliseconds : lineEveryMilliseconds;
    if (!fresh && now - this.#shownAt < every) return;
    this.#shownAt = now;
    this.#phase = progress.phase;
    const left = Number.isFinite(progress.secondsLeft) && progress.secondsLeft > 0;
    const line = [
      `${progress.phase}: ${numeral(progress.done)}/${numeral(progress.total)} ${progress.unit}`,
      progress.rate > 0 && Number.isFinite(progress.rate)
        ? `${numeral(Math.round(progress.rate))} ${progress.unit}/s`
        : '',
      left ? `${duration(Math.round(progress.secondsLeft))} left` : '',
    ]
      .filter((part) => part !== '')
      .join('  ');
    if (this.#terminal.interactive) this.#terminal.transient(line);
    else this.#terminal.note(line);
  }
}
