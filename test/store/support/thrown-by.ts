/** @file The UserError that something throws. */
import { UserError } from '#shared/errors.ts';

/** Fails where `work` throws nothing, or something not meant for the user. */
export function thrownBy(work: () => unknown): UserError {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof UserError) return thrown;
    throw new Error(`Threw what no user understands: ${String(thrown)}`, { cause: thrown });
  }
  throw new Error('Threw nothing.');
}
