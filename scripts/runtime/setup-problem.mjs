/** @file A set-up step that could not be done, for a reason the user can understand: one line, never a stack trace. */

export class SetupProblem extends Error {
  /**
   * @param {string} message What is wrong, one sentence.
   * @param {string} hint What to do, one sentence.
   * @param {'missing' | 'download' | 'build' | 'disk' | 'platform' | 'packages'} [kind]
   */
  constructor(message, hint, kind = 'missing') {
    super(message);
    this.hint = hint;
    this.kind = kind;
  }

  /** Both sentences as the one line to show. */
  get line() {
    return `${this.message} ${this.hint}`;
  }
}

/**
 * Turns the system's refusals to write into a problem with words; gives anything else back as it is.
 * @param {unknown} thrown
 * @param {string} folder Where was being written.
 * @returns {unknown}
 */
export function explainDisk(thrown, folder) {
  const code = /** @type {NodeJS.ErrnoException} */ (thrown)?.code;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new SetupProblem(
      `There is no space left in ${folder}.`,
      'Free some, or set SIMCLR_STUDIO_CACHE to a folder elsewhere.',
      'disk',
    );
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM' || code === 'ENOTDIR')
    return new SetupProblem(
      `The folder ${folder} cannot be written (${code}).`,
      'Set SIMCLR_STUDIO_CACHE to a folder that can.',
      'disk',
    );
  return thrown;
}
