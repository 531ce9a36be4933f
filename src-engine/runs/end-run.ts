/** @file The end of a run in the library: its state and why, and its lease given back, in one step. */
import { messageOf, UserError } from '#shared/errors.ts';
import type { RunFailure, RunState } from '#shared/run.ts';
import type { Library } from '#store/library.ts';

/** Records how a run ended and lets go of it. @throws UserError where the disk refuses. */
export function endRun(library: Library, run: string, state: RunState, failure: RunFailure | null): void {
  library.transaction(() => {
    library.runs.transition(run, state, failure);
    library.leases.release(run);
  });
}

/** Anything thrown as a failure to keep with a run. */
export function failureOf(error: unknown): RunFailure {
  if (error instanceof UserError) return { kind: error.kind, message: error.message, hint: error.hint };
  return { kind: 'internal', message: messageOf(error), hint: '' };
}
