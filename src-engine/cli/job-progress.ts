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

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  progress(progress: Progress): void {
    const now = performance.now();
    const every = this.#terminal.interactive ? rewriteEveryMilliseconds : lineEveryMilliseconds;
    if (now - this.#shownAt < every) return;
    this.#shownAt = now;
    if (this.#terminal.interactive) this.#terminal.transient(progressLine(progress));
    else this.#terminal.note(progressLine(progress));
  }
}

/** A job's progress as one line. */
export function progressLine({ phase, unit, done, total, rate, secondsLeft }: Progress): string {
  const percent = unit === 'percent';
  return [
    `${phase}: ${percent ? `${numeral(done)} %` : `${numeral(done)}/${numeral(total)} ${unit}`}`,
    !percent && rate > 0 && Number.isFinite(rate) ? `${numeral(Math.round(rate))} ${unit}/s` : '',
    secondsLeft >= 1 && Number.isFinite(secondsLeft) ? `${duration(Math.round(secondsLeft))} left` : '',
  ]
    .filter((part) => part !== '')
    .join('  ');
}
