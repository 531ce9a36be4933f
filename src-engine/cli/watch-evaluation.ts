/** @file Shows an evaluation in the terminal as it goes, and lets Ctrl+C end it. */
import type { Library } from '#store/library.ts';
import { evaluateRun, type EvaluationRequest } from '../evaluations/evaluate-run.ts';
import { encoderTitles, protocolTitles } from './evaluation-text.ts';
import { interruptible } from './interrupt.ts';
import { JobProgress } from './job-progress.ts';
import { exitCodes, interruptedBy } from './exit-codes.ts';
import { percent } from './table.ts';
import type { Terminal } from './terminal.ts';

/** Evaluates to the end, or to a stop, and tells which by the exit code. @throws UserError where it fails. */
export async function watchEvaluation(
  library: Library,
  request: EvaluationRequest,
  terminal: Terminal,
): Promise<number> {
  const shown = new JobProgress(terminal);
  const { value: finished, signal } = await interruptible(
    (aborted) =>
      evaluateRun(library, request, {
        signal: aborted,
        progress: (progress) => {
          shown.progress(progress);
        },
        evaluation: ({ encoder, protocol, top1, low, high }) => {
          const interval = `${percent(low)} to ${percent(high)}`;
          terminal.note(`${encoderTitles[encoder]}, ${protocolTitles[protocol]}: ${percent(top1)} (${interval})`);
        },
        warning: (text) => {
          terminal.note(`Warning: ${text}`);
        },
        output: (line) => {
          terminal.note(line);
        },
      }),
    () => {
      terminal.note('Stopping; finished results are kept. Once more to stop at once.');
    },
  );
  terminal.clearTransient();
  return finished ? exitCodes.done : interruptedBy(signal);
}
