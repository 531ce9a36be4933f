/** @file Which names a run may have. */
import { UserError } from '#shared/errors.ts';

const longest = 200;

/** The name as it is stored. @throws UserError where it is empty, too long, or holds line breaks and the like. */
export function checkedName(wanted: string): string {
  const name = wanted.trim().normalize();
  if (name === '') throw new UserError('A run needs a name.', 'Give one with --name.', 'usage');
  if (/\p{Cc}/u.test(name)) {
    throw new UserError('A run’s name may not hold line breaks or control characters.', 'Choose another.', 'usage');
  }
  if (name.length > longest) {
    throw new UserError(
      `A run’s name has at most ${longest} characters; this one has ${name.length}.`,
      'Shorten it, and keep the rest in the notes.',
      'usage',
    );
  }
  return name;
}
