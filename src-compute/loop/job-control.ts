/** @file Pause, resume and stop, asked for from outside and heard between steps. */

/** What a long job looks at between two pieces of work. */
export class JobControl {
  readonly #stopped = new AbortController();
  #pauseAsked = false;
  #resumed: PromiseWithResolvers<void> | undefined;

  /** Aborted when a stop is asked for. */
  get signal(): AbortSignal {
    return this.#stopped.signal;
  }

  get stopAsked(): boolean {
    return this.#stopped.signal.aborted;
  }

  get pauseAsked(): boolean {
    return this.#pauseAsked;
  }

  pause(): void {
    if (this.stopAsked) return;
    this.#pauseAsked = true;
    this.#resumed ??= Promise.withResolvers();
  }

  resume(): void {
    this.#pauseAsked = false;
    this.#resumed?.resolve();
    this.#resumed = undefined;
  }

  /** A stop also ends a pause. */
  stop(): void {
    this.#stopped.abort();
    this.resume();
  }

  /** Settles when the pause is over. */
  async untilResumed(): Promise<void> {
    await this.#resumed?.promise;
  }
}
