/** @file Errors whose message is meant for the user: what is wrong, and what to do. */

/** What kind of failure a job or command met; the process that shows it decides how. */
export type FailureKind =
  | 'usage' // the request itself is wrong: exit code 2
  | 'input' // data or files given by the user
  | 'memory' // does not fit
  | 'disk' // full, read-only, vanished
  | 'backend' // no usable device, device lost
  | 'diverged' // NaN or Inf in training
  | 'conflict' // someone else holds it
  | 'internal'; // a fault of ours

/** An error a user can act on. `message` says what is wrong in one sentence, `hint` what to do. */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly kind: FailureKind;
  readonly hint: string;

  constructor(message: string, hint = '', kind: FailureKind = 'input') {
    super(message);
    this.kind = kind;
    this.hint = hint;
  }

  /** Message and hint as the one line a terminal shows. */
  get line(): string {
    return this.hint === '' ? this.message : `${this.message} ${this.hint}`;
  }
}

/** The text of anything thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
