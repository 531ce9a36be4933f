/** @file How every script begins and ends: problems in one line, and no half-made folders after Ctrl+C. */
import { SetupProblem } from './setup-problem.mjs';

const endings = /** @type {const} */ ({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 });

/**
 * Runs a script's work.
 * @param {(releaseSignals: () => void) => Promise<void>} work Calls releaseSignals when someone else is to take the
 *   signals, as the terminal program does after the set-up.
 */
export async function entry(work) {
  const signals = /** @type {(keyof typeof endings)[]} */ (Object.keys(endings));
  // exit, not the default death by signal: so the exit handlers remove what was being made.
  const end = (/** @type {keyof typeof endings} */ signal) => process.exit(endings[signal]);
  for (const signal of signals) process.on(signal, end);
  try {
    await work(() => {
      for (const signal of signals) process.off(signal, end);
    });
  } catch (thrown) {
    if (!(thrown instanceof SetupProblem)) throw thrown;
    process.stderr.write(`simclr-studio: ${thrown.line}\n`);
    process.exitCode = 1;
  }
}
