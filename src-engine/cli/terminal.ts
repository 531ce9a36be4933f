/** @file Where a command writes: results on stdout, everything else on stderr. */

/** The little that commands need of a stream; tests give an array's worth. */
export interface Sink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** The two streams, with the rule that stdout carries results alone. */
export class Terminal {
  readonly #out: Sink;
  readonly #err: Sink;
  readonly json: boolean;
  #transient = false;

  constructor(out: Sink, err: Sink, json: boolean) {
    this.#out = out;
    this.#err = err;
    this.json = json;
  }

  /** Whether notes go to a window, where one line may be rewritten. */
  get interactive(): boolean {
    return this.#err.isTTY === true;
  }

  /** Whether results go to a window, where weight and colour may be used. */
  get styled(): boolean {
    return this.#out.isTTY === true && !this.json && !('NO_COLOR' in process.env);
  }

  get columns(): number {
    return Math.max(40, this.#err.columns ?? this.#out.columns ?? 80);
  }

  /** Ends a command: its value as JSON where that was asked for, else as text for people. */
  result(value: unknown, text: () => string): void {
    this.clearTransient();
    this.#out.write(this.json ? `${JSON.stringify(value, null, 2)}\n` : `${text()}\n`);
  }

  /** A line for people about what goes on. */
  note(line: string): void {
    this.clearTransient();
    this.#err.write(`${line}\n`);
  }

  /** A line that the next one replaces; nothing where lines can't be replaced. */
  transient(line: string): void {
    if (!this.interactive) return;
    const fitting = line.length < this.columns ? line : `${line.slice(0, this.columns - 2)}…`;
    this.#err.write(`\r\u001B[2K${fitting}`);
    this.#transient = true;
  }

  clearTransient(): void {
    if (this.#transient) this.#err.write('\r\u001B[2K');
    this.#transient = false;
  }
}
