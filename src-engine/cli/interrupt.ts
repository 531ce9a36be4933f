/** @file What Ctrl+C and a request to terminate do while a job runs: first it stops with what it has, then at once. */
import { exitCodes } from './exit-codes.ts';

/** The signal that ended a job's wait, if any. */
export interface Interruption {
  readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP' | null;
  /** Gives the signals back to Node. */
  release(): void;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * A Ctrl+C reaches us from the terminal and again from npm, which forwards it: signals this close together count once.
 */
const oneTimeMilliseconds = 700;

/** Takes the signals over. @param stop - called at each; the second time it should end things at once. */
export function onInterrupt(stop: (time: 1 | 2) => void): Interruption {
  let first: Interruption['signal'] = null;
  let last = 0;
  const heard = (signal: NodeJS.Signals): void => {
    const now = performance.now();
    const repeated = first !== null && now - last < oneTimeMilliseconds;
    last = now;
    if (repeated) return;
    const time = first === null ? 1 : 2;
    first ??= signal as NonNullable<Interruption['signal']>;
    stop(time);
  };
  for (const signal of signals) process.on(signal, heard);
  return {
    get signal() {
      return first;
    },
    release: () => {
      for (const signal of signals) process.off(signal, heard);
    },
  };
}

/** What came of work that a signal may have ended early. */
export interface Interruptible<Value> {
  readonly value: Value;
  readonly signal: Interruption['signal'];
}

/** Does work that the first signal aborts; a second one ends this program at once. @throws what the work throws. */
export async function interruptible<Value>(
  work: (signal: AbortSignal) => Promise<Value>,
  onFirst: () => void = () => undefined,
): Promise<Interruptible<Value>> {
  const controller = new AbortController();
  const interruption = onInterrupt((time) => {
    if (time === 2) process.exit(exitCodes.interrupted);
    onFirst();
    controller.abort();
  });
  try {
    return { value: await work(controller.signal), signal: interruption.signal };
  } finally {
    interruption.release();
  }
}
