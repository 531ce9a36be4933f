/** @file Runs an import in a compute process of its own and sees that nothing is left of one that did not end well. */
import { existsSync, readdirSync, rmSync } from 'node:fs';
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
    const leave = (): void => {
      removePartial(spec.targetFolder);
    };
    process.once('exit', leave);
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
      process.off('exit', leave);
      leave();
    }
  };
}

/** Removes what a process that is gone wrote for a target: its own clean-up does not run when it is killed. */
function removePartial(target: string): void {
  const parent = path.dirname(target);
  if (!existsSync(parent)) return;
  const beginning = `${path.basename(target)}.partial-`;
  for (const name of readdirSync(parent).filter((each) => each.startsWith(beginning))) {
    rmSync(path.join(parent, name), { recursive: true, force: true, maxRetries: 3 });
  }
}
