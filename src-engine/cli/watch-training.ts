/** @file Shows a run in the terminal while it is driven, and lets Ctrl+C end it. */
import { UserError } from '#shared/errors.ts';
import type { RunState } from '#shared/run.ts';
import type { Library } from '#store/library.ts';
import { superviseRun } from '../runs/supervise-run.ts';
import type { RunStart } from '../runs/supervision.ts';
import { programName } from './help.ts';
import { onInterrupt } from './interrupt.ts';
import { exitCodes, interruptedBy } from './exit-codes.ts';
import { byteSize, numeral } from './table.ts';
import type { Terminal } from './terminal.ts';
import { TrainingProgress } from './training-progress.ts';

/** How a watched training ended. */
export interface WatchedEnd {
  readonly state: RunState;
  readonly exitCode: number;
}

/**
 * Trains to the end, or to a stop.
 * @param goOn - what to tell a user whose run did not finish.
 * @throws UserError where the run failed, saying how to go on.
 */
export async function watchTraining(
  library: Library,
  run: string,
  start: RunStart,
  terminal: Terminal,
  goOn = `Go on with: ${programName} pretrain --resume ${run}`,
): Promise<WatchedEnd> {
  const shown = new TrainingProgress(terminal);
  const { name, preset } = library.runView(run);
  for (const reason of start.backend.passedOver) terminal.note(reason);
  terminal.note(
    `${start.resumeFrom === undefined ? 'Pretraining' : 'Resuming'} ${name} (${run})` +
      `${preset === null ? '' : `, preset ${preset}`}, on ${start.backend.name}, ${start.backend.device}. ` +
      'Ctrl+C stops with a checkpoint.',
  );
  const supervision = superviseRun(library, run, start, {
    progress: ({ progress, epoch, epochs }) => {
      shown.progress(progress, epoch, epochs);
    },
    samples: (samples) => {
      shown.samples(samples);
    },
    diagnosis: (diagnosis) => {
      shown.diagnosis(diagnosis);
    },
    checkpoint: ({ epoch, step, bytes }) => {
      terminal.note(`Checkpoint at epoch ${numeral(epoch)}, step ${numeral(step)} (${byteSize(bytes)})`);
    },
    log: (text) => {
      terminal.note(text);
    },
    warning: (text) => {
      terminal.note(`Warning: ${text}`);
    },
    output: (line) => {
      terminal.note(line);
    },
  });
  const interruption = onInterrupt((time) => {
    terminal.note(time === 1 ? 'Stopping with a checkpoint; once more to stop at once.' : 'Stopping at once.');
    supervision.stop();
  });
  try {
    const state = await supervision.ended;
    terminal.clearTransient();
    if (state === 'failed') throw failureOf(library, run, goOn);
    if (state !== 'finished') terminal.note(`${state === 'stopped' ? 'Stopped' : 'Interrupted'}. ${goOn}`);
    return { state, exitCode: state === 'finished' ? exitCodes.done : interruptedBy(interruption.signal) };
  } finally {
    interruption.release();
  }
}

function failureOf(library: Library, run: string, goOn: string): UserError {
  const { failure, checkpoints } = library.runView(run);
  const { kind = 'internal', message = 'The run failed.', hint = '' } = failure ?? {};
  const log = kind === 'internal' ? ` Its log: ${library.logs.file(run)}.` : '';
  const resumable = checkpoints.length > 0 ? ` ${goOn}` : '';
  return new UserError(message, `${hint}${log}${resumable}`.trim(), kind);
}
