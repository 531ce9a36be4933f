/** @file The signal by which a stopped import unwinds, so that every `finally` on its way cleans up. */

/** Thrown inside an import that was asked to stop; never leaves it. */
export class Stopped extends Error {
  override readonly name = 'Stopped';

  constructor() {
    super('The import was stopped.');
  }
}
