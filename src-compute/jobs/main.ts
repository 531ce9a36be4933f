/** @file A compute process: takes one job at a time from the engine and reports back until it is done. */
import process from 'node:process';
import type { ComputeEvent, ComputeRequest, JobResult, JobSpec } from '#shared/compute-protocol.ts';
import { messageOf, UserError } from '#shared/errors.ts';
import { JobControl } from '../loop/job-control.ts';
import type { JobContext } from './job-context.ts';

const running = new Map<string, JobControl>();

function send(event: ComputeEvent): void {
  // The engine may be gone; then `disconnect` ends this process.
  if (process.connected) process.send?.(event, undefined, undefined, () => undefined);
}

/** Each kind is loaded when asked for: an import needs no TensorFlow, a training run no image decoder. */
async function run(spec: JobSpec, context: JobContext): Promise<JobResult> {
  switch (spec.kind) {
    case 'pretrain':
      return (await import('./pretrain-job.ts')).runPretrain(spec, context);
    case 'evaluate':
      return (await import('./evaluate-job.ts')).runEvaluate(spec, context);
    case 'preview':
      return (await import('./preview-job.ts')).runPreview(spec);
    case 'import':
      return (await import('./import-job.ts')).runImport(spec, context);
  }
}

async function start(jobId: string, spec: JobSpec): Promise<void> {
  const control = new JobControl();
  running.set(jobId, control);
  const context: JobContext = {
    control,
    send: (event) => {
      send({ ...event, jobId });
    },
  };
  try {
    const result = await run(spec, context);
    send({ type: 'finished', jobId, result });
  } catch (error) {
    if (!(error instanceof UserError)) console.error(error);
    const { kind, message, hint } =
      error instanceof UserError
        ? error
        : { kind: 'internal' as const, message: messageOf(error), hint: 'The log says more.' };
    send({ type: 'failed', jobId, kind, message, hint });
  } finally {
    running.delete(jobId);
  }
}

process.on('message', (request: ComputeRequest) => {
  switch (request.type) {
    case 'start':
      void start(request.jobId, request.spec);
      break;
    case 'pause':
      running.get(request.jobId)?.pause();
      break;
    case 'resume':
      running.get(request.jobId)?.resume();
      break;
    case 'stop':
      running.get(request.jobId)?.stop();
      break;
  }
});

// Whoever asked is gone: what is saved is saved, nobody would hear of more.
process.on('disconnect', () => {
  process.exit(0);
});
