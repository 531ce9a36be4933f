/** @file Room on the disk, and what the disk's refusals mean for the user. */
import { statfs } from 'node:fs/promises';
import { UserError } from '#shared/errors.ts';

/** Left free beside what an import needs, so that the library can still be written. */
const reserveBytes = 64 * 2 ** 20;

/** `1.2 GB`, in powers of 1000. */
export function readableBytes(bytes: number): string {
  if (bytes < 1e3) return `${bytes} bytes`;
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`;
  if (bytes < 1e9) return `${(bytes / 1e6).toFixed(0)} MB`;
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

/** Bytes that may still be written in a folder. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** @throws UserError where a folder's disk has no room for so many bytes. */
export function requireRoom(neededBytes: number, free: number, folder: string): void {
  if (neededBytes + reserveBytes <= free) return;
  throw new UserError(
    `The images need ${readableBytes(neededBytes)} and ${folder} has ${readableBytes(free)} free.`,
    'Free some space, take a smaller --size, or work in a library on another disk with --library.',
    'disk',
  );
}

/** The error to throw for one that arose while the dataset's files were written. */
export function writingError(thrown: unknown, folder: string): unknown {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new UserError(`The disk is full: ${folder} could not be written.`, 'Free some space and try again.', 'disk');
  }
  if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') {
    return new UserError(`${folder} cannot be written.`, 'Allow writing there, or choose another --library.', 'disk');
  }
  return thrown;
}
