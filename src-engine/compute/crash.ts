/** @file What the unexpected end of a compute process means for the user. */
import { UserError } from '#shared/errors.ts';

/** How a process ended, as Node reports it, with the last lines it wrote. */
export interface ProcessEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
  lastLines: readonly string[];
}

const outOfMemory = /heap out of memory|bad_alloc|out of memory|\bOOM\b|cannot allocate memory|ResourceExhausted/i;

const memoryAdvice = 'Take a smaller --batch-size, fewer --workers, or close other programs.';

/** The error for a process that ended without saying how its job went. */
export function describeCrash({ code, signal, lastLines }: ProcessEnd): UserError {
  const words = lastLines.slice(-3).join(' | ');
  const said = words === '' ? 'It wrote nothing before.' : `Its last lines: ${words}`;
  if (outOfMemory.test(lastLines.join('\n'))) {
    return new UserError('The compute process ran out of memory.', memoryAdvice, 'memory');
  }
  if (signal === 'SIGKILL' || code === 137) {
    return new UserError(
      'The compute process was killed, most likely by the system because memory ran out.',
      memoryAdvice,
      'memory',
    );
  }
  if (signal === 'SIGILL' || code === 132) {
    return new UserError(
      'This processor lacks instructions that the backend was built for.',
      'Take another one with --backend wasm.',
      'backend',
    );
  }
  const how = signal ?? `exit code ${String(code)}`;
  return new UserError(`The compute process ended unexpectedly (${how}).`, said, 'internal');
}
