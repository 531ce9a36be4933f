/** @file Runs an import in a compute process of its own and sees that nothing is left of one that did not end well. */
import { readdir, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { ImportSpec, Progress } from '#shared/compute-protocol.ts';
import type { Dataset } from '#shared/dataset.ts';
import { ownCompute, startJob, type ComputeSettings } from '../compute/job.ts';

/** What an import tells, and how it is ended. */
export interface ImportHandlers {
  progress: (progress: Progress) => void;
  log: (text: string) => void;
  /** Aborting it ends the import; what was written is removed. */
  signal?: AbortSignal | undefined;
}

/** @returns the record, or undefined where the import was stopped. @throws UserError that says why it failed. */
export type ImportRunner = (spec: ImportSpec, handlers: ImportHandlers) => Promise<Dataset | undefined>;

/** An import that does not stop within this many milliseconds is killed. */
const stopPatience = 3000;

/** Decoders run on Node's thread pool: as many threads as cores, instead of its four. */
const importCompute: ComputeSettings = {
  ...ownCompute,
  environment: (spec) => ({
    ...ownCompute.environment(spec),
    UV_THREADPOOL_SIZE: String(Math.max(4, availableParallelism())),
  }),
};

/** Makes the runner that works in compute processes. @param settings - where they come from. */
export function importInProcess(settings: ComputeSettings = importCompute): ImportRunner {
  return async (spec, { progress, log, signal }) => {
    if (signal?.aborted === true) return undefined;
    const job = startJob(
      spec,
      {
        progress: (event) => {
          progress(event.progress);
        },
        log: (event) => {
          log(event.text);
        },
        warning: (event) => {
          log(event.text);
        },
      },
      settings,
    );
    let patience: NodeJS.Timeout | undefined;
    const stop = (): void => {
      job.stop();
      patience = setTimeout(() => {
        job.kill();
      }, stopPatience);
    };
    signal?.addEventListener('abort', stop, { once: true });
    try {
      const result = await job.result;
      return result.finished ? result.dataset : undefined;
    } catch (error) {
      if (job.killed) return undefined; // by us alone: it was asked to stop and did not
      throw error;
    } finally {
      clearTimeout(patience);
      signal?.removeEventListener('abort', stop);
      await removePartial(spec.targetFolder);
    }
  };
}

/** Removes what a process that is gone wrote for a target: its own clean-up does not run when it is killed. */
async function removePartial(target: string): Promise<void> {
  const parent = path.dirname(target);
  const names = await readdir(parent).catch(() => []);
  for (const name of names.filter((each) => each.startsWith(`${path.basename(target)}.partial-`))) {
    await rm(path.join(parent, name), { recursive: true, force: true });
  }
}
