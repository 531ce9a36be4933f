/** @file Collects metric samples and hands them on in batches, so that no step sends a message of its own. */
import type { MetricName, MetricSample } from '#shared/metrics.ts';

/** Longest a sample waits, in milliseconds: charts move about ten times a second at most. */
const holdMilliseconds = 250;

/** Gathers samples until they are old enough, or `flush` is called. */
export class MetricBuffer {
  readonly #send: (samples: readonly MetricSample[]) => void;
  #samples: MetricSample[] = [];
  #since = performance.now();

  constructor(send: (samples: readonly MetricSample[]) => void) {
    this.#send = send;
  }

  /** Adds values of one step. */
  add(step: number, time: number, values: Partial<Record<MetricName, number>>): void {
    for (const [metric, value] of Object.entries(values)) {
      this.#samples.push({ metric: metric as MetricName, step, time, value });
    }
    if (performance.now() - this.#since >= holdMilliseconds) this.flush();
  }

  /** Sends what there is. */
  flush(): void {
    this.#since = performance.now();
    if (this.#samples.length === 0) return;
    this.#send(this.#samples);
    this.#samples = [];
  }
}
