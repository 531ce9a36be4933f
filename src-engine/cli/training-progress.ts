/** @file Shows a training as it goes: one line that rewrites itself in a terminal, else a line now and then. */
import type { Progress } from '#shared/compute-protocol.ts';
import type { MetricName, MetricSample } from '#shared/metrics.ts';
import type { Diagnosis } from '#shared/run.ts';
import { metricValue } from './metric-text.ts';
import { duration, numeral, percent } from './table.ts';
import type { Terminal } from './terminal.ts';

/** Between lines where none can be rewritten. */
const lineEveryMilliseconds = 10_000;
/** Between rewrites of the line. */
const rewriteEveryMilliseconds = 200;

/** What a training's display is told. Every part may be called at any time. */
export class TrainingProgress {
  readonly #terminal: Terminal;
  readonly #latest = new Map<MetricName, number>();
  #progress: { progress: Progress; epoch: number | undefined; epochs: number | undefined } | undefined;
  #shownAt = -Infinity;
  #verdict = 'starting';

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  samples(samples: readonly MetricSample[]): void {
    for (const { metric, value } of samples) this.#latest.set(metric, value);
    const judged = samples.findLast(({ metric }) => metric === 'knnTop1');
    if (judged === undefined) return;
    this.#terminal.note(
      `${this.#after(judged.step)}: kNN ${percent(judged.value)} on the validation split, ${this.#loss()}`,
    );
  }

  progress(progress: Progress, epoch?: number, epochs?: number): void {
    this.#progress = { progress, epoch, epochs };
    const now = performance.now();
    const every = this.#terminal.interactive ? rewriteEveryMilliseconds : lineEveryMilliseconds;
    if (now - this.#shownAt < every) return;
    this.#shownAt = now;
    if (this.#terminal.interactive) this.#terminal.transient(this.line());
    else this.#terminal.note(this.line());
  }

  diagnosis({ verdict, text }: Diagnosis): void {
    if (verdict === this.#verdict) return;
    this.#verdict = verdict;
    this.#terminal.note(text);
  }

  /** The state of things as one line. */
  line(): string {
    const shown = this.#progress;
    if (shown === undefined) return 'Starting';
    const { progress } = shown;
    const top1 = this.#latest.get('contrastiveTop1');
    const rate = this.#latest.get('imagesPerSecond');
    const knn = this.#latest.get('knnTop1');
    return [
      shown.epoch === undefined ? progress.phase : `epoch ${this.#epochs()}`,
      `${progress.unit} ${numeral(progress.done)}/${numeral(progress.total)}`,
      this.#loss(),
      top1 === undefined ? '' : `top-1 ${percent(top1)}`,
      rate === undefined ? '' : `${numeral(Math.round(rate))} images/s`,
      Number.isFinite(progress.secondsLeft) ? `${duration(Math.round(progress.secondsLeft))} left` : '',
      knn === undefined ? '' : `kNN ${percent(knn)}`,
    ]
      .filter((part) => part !== '')
      .join('  ');
  }

  #epochs(): string {
    const { epoch = 0, epochs = 0 } = this.#progress ?? {};
    return `${epoch}/${epochs}`;
  }

  /** Where a sample was taken; progress may have gone on since. */
  #after(step: number): string {
    const { progress, epochs } = this.#progress ?? {};
    if (progress === undefined || epochs === undefined) return `Step ${numeral(step)}`;
    return `Epoch ${Math.round((step / progress.total) * epochs)}/${epochs}`;
  }

  #loss(): string {
    const loss = this.#latest.get('loss');
    const chance = this.#latest.get('chanceLoss');
    if (loss === undefined) return '';
    return `loss ${metricValue('loss', loss)}${chance === undefined ? '' : ` (chance ${metricValue('chanceLoss', chance)})`}`;
  }
}
