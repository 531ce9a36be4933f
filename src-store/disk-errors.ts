/** @file Turns what SQLite and the file system report into sentences for the user: the one place that knows their codes. */
import { UserError, type FailureKind } from '#shared/errors.ts';

interface Sentence {
  /** Says what is wrong; the file is filled in. */
  message: (file: string) => string;
  hint: string;
  kind: FailureKind;
}

const full: Sentence = {
  message: (file) => `The disk is full: ${file} could not be written.`,
  hint: 'Free some space, then try again; everything written before is intact.',
  kind: 'disk',
};
const readOnly: Sentence = {
  message: (file) => `${file} cannot be written: the file or its folder is read-only.`,
  hint: 'Allow writing there, or choose another library with --library.',
  kind: 'disk',
};
const denied: Sentence = {
  message: (file) => `${file} cannot be opened: access is denied.`,
  hint: 'Check who owns the file and its folder, or choose another library with --library.',
  kind: 'disk',
};
const missing: Sentence = {
  message: (file) => `${file} is not there or cannot be opened.`,
  hint: 'Check that the drive is connected and the folder still exists.',
  kind: 'disk',
};
const busy: Sentence = {
  message: (file) => `${file} is in use by another process that does not let go of it.`,
  hint: 'Close other programs that work on this library, then try again.',
  kind: 'conflict',
};
const corrupt: Sentence = {
  message: (file) => `${file} is damaged.`,
  hint: 'Do not write to it; copy it aside and restore it from a backup.',
  kind: 'disk',
};
const foreign: Sentence = {
  message: (file) => `${file} is not a database of SimCLR Studio.`,
  hint: 'Choose another folder with --library.',
  kind: 'disk',
};
const broken: Sentence = {
  message: (file) => `The drive reported an error while ${file} was read or written.`,
  hint: 'Check that the drive is connected and healthy, then try again.',
  kind: 'disk',
};
const inTheWay: Sentence = {
  message: (file) => `${file} cannot be made: a file is where a folder should be.`,
  hint: 'Choose another folder.',
  kind: 'disk',
};
const gone: Sentence = {
  message: (file) => `What was to be recorded belongs to something that is no longer in ${file}.`,
  hint: 'Another process has removed it meanwhile; look at the list again.',
  kind: 'conflict',
};
const tooMany: Sentence = {
  message: (file) => `${file} cannot be opened: too many files are open.`,
  hint: 'Close other programs, or raise the limit (ulimit -n).',
  kind: 'disk',
};

/** By code, or by the beginning of an extended code (`SQLITE_IOERR_WRITE` begins with `SQLITE_IOERR`). First match. */
const sentences: readonly (readonly [code: string, sentence: Sentence])[] = [
  ['SQLITE_FULL', full],
  ['SQLITE_IOERR_SHMSIZE', full], // the log's index could not grow
  ['SQLITE_READONLY_DBMOVED', missing],
  ['SQLITE_READONLY', readOnly],
  ['SQLITE_PERM', denied],
  ['SQLITE_AUTH', denied],
  ['SQLITE_CANTOPEN', missing],
  ['SQLITE_BUSY', busy],
  ['SQLITE_LOCKED', busy],
  ['SQLITE_PROTOCOL', busy],
  ['SQLITE_CORRUPT', corrupt],
  ['SQLITE_NOTADB', foreign],
  ['SQLITE_CONSTRAINT_FOREIGNKEY', gone],
  ['SQLITE_IOERR', broken],
  ['ENOSPC', full],
  ['EDQUOT', full],
  ['EFBIG', full],
  ['EROFS', readOnly],
  ['EACCES', denied],
  ['EPERM', denied],
  ['ENOENT', missing],
  ['ENOTDIR', inTheWay],
  ['EEXIST', inTheWay],
  ['EISDIR', missing],
  ['EBUSY', busy],
  ['EIO', broken],
  ['EMFILE', tooMany],
  ['ENFILE', tooMany],
];

/**
 * The error to throw in place of `thrown`, which arose from work on `file`: a UserError where the code is known, else
 * what was thrown, untouched.
 */
export function diskError(thrown: unknown, file: string): unknown {
  if (thrown instanceof UserError || !(thrown instanceof Error) || !('code' in thrown)) return thrown;
  const code = String(thrown.code);
  const found = sentences.find(([known]) => code === known || code.startsWith(`${known}_`));
  if (found === undefined) return thrown;
  const [, { message, hint, kind }] = found;
  const error = new UserError(message(file), hint, kind);
  error.cause = thrown;
  return error;
}

/** Does work on `file`. @throws UserError where the disk refuses. */
export function onDisk<Result>(file: string, work: () => Result): Result {
  try {
    return work();
  } catch (thrown) {
    throw diskError(thrown, file);
  }
}
