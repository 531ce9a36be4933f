/** @file The folder an import is written in before it is whole. */
import { rmSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '#shared/errors.ts';
import { writingError } from './disk.ts';

/**
 * [Note: whole or not at all] A dataset's folder appears by one rename, after all its files were forced to the disk.
 * Until then it is called `<target>.partial-<pid>`; whoever imports next removes those whose process is gone.
 */
export interface StagingFolder {
  readonly folder: string;
  /** For unpacked archives; gone before the folder is published. */
  readonly scratch: string;
  /** Gives the folder its final name. */
  publish(): Promise<void>;
  /** Removes whatever was not published. */
  discard(): Promise<void>;
}

/** Makes a staging folder beside its target. @throws UserError where the target exists or cannot be written. */
export async function openStagingFolder(target: string): Promise<StagingFolder> {
  const parent = path.dirname(target);
  const folder = `${target}.partial-${process.pid}`;
  const scratch = path.join(folder, 'scratch');
  try {
    await mkdir(parent, { recursive: true });
    await sweepLeftovers(parent);
    if ((await readdir(parent)).includes(path.basename(target))) {
      throw new UserError(`${target} exists already.`, 'Choose another identifier.', 'conflict');
    }
    await rm(folder, { recursive: true, force: true });
    await mkdir(scratch, { recursive: true });
  } catch (error) {
    throw writingError(error, parent);
  }
  // Whoever asked may go while this works, which ends this process without a chance to wait for anything.
  const leave = (): void => {
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', leave);
  return {
    folder,
    scratch,
    publish: async () => {
      await rm(scratch, { recursive: true, force: true });
      await syncFolder(folder);
      await rename(folder, target);
      await syncFolder(parent);
    },
    discard: async () => {
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
      process.off('exit', leave);
    },
  };
}

/** Removes staging folders whose process is gone. */
async function sweepLeftovers(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const pid = /\.partial-(\d+)$/.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    await rm(path.join(parent, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives and belongs to someone else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Forces a folder's entries to the disk. Windows has no such call and needs none. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
