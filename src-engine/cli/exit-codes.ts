/** @file Exit codes of every command. */

export const exitCodes = { done: 0, failed: 1, usage: 2, interrupted: 130, terminated: 143 } as const;

/** The code of a command that a signal ended early. */
export function interruptedBy(signal: NodeJS.Signals | null): number {
  return signal === 'SIGINT' || signal === null ? exitCodes.interrupted : exitCodes.terminated;
}
