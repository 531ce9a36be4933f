/** @file A job as one call: the common case, where nobody pauses it. */
import type { JobSpec } from '#shared/compute-protocol.ts';
import { ownCompute, startJob, type ComputeSettings, type JobHandlers, type ResultOf } from './job.ts';

/**
 * Runs a job to its end in a compute process of its own. Aborting the signal asks it to stop and keep what is done.
 * @throws UserError that says why the job failed.
 */
export async function runJob<Spec extends JobSpec>(
  spec: Spec,
  handlers: JobHandlers = {},
  signal?: AbortSignal,
  settings: ComputeSettings = ownCompute,
): Promise<ResultOf<Spec>> {
  const job = startJob(spec, handlers, settings);
  const stop = (): void => {
    job.stop();
  };
  if (signal?.aborted === true) stop();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    return await job.result;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
