/** @file A compute process that follows a script instead of computing: what the engine must cope with, on demand. */
import { appendFileSync } from 'node:fs';
import type { ComputeEvent, ComputeRequest } from '#shared/compute-protocol.ts';

type WithoutJob<Event> = Event extends unknown ? Omit<Event, 'jobId'> : never;

/** One step of a script. */
export type ScriptStep =
  | { readonly send: WithoutJob<ComputeEvent> }
  /** Waits until a request of this type has come. */
  | { readonly await: ComputeRequest['type'] }
  | { readonly wait: number }
  | { readonly stderr: string }
  | { readonly exit: number }
  | { readonly signal: NodeJS.Signals }
  /** Never ends and hears nothing more. */
  | { readonly hang: true }
  /** Appends a JSON line of the request and environment to a file. */
  | { readonly record: string };

const script = JSON.parse(process.env.COMPUTE_SCRIPT ?? '[]') as ScriptStep[];
const heard: ComputeRequest[] = [];
let wake: (() => void) | undefined;

process.on('message', (message: ComputeRequest) => {
  heard.push(message);
  wake?.();
});
process.on('disconnect', () => process.exit(0));

async function hear(type: ComputeRequest['type']): Promise<ComputeRequest> {
  for (;;) {
    const at = heard.findIndex((request) => request.type === type);
    const [found] = at < 0 ? [] : heard.splice(at, 1);
    if (found !== undefined) return found;
    await new Promise<void>((resolve) => (wake = resolve));
  }
}

const start = await hear('start');
for (const step of script) {
  if ('send' in step) process.send?.({ ...step.send, jobId: start.jobId });
  else if ('await' in step) await hear(step.await);
  else if ('wait' in step) await new Promise((resolve) => setTimeout(resolve, step.wait));
  else if ('stderr' in step) process.stderr.write(step.stderr);
  else if ('record' in step) appendFileSync(step.record, `${JSON.stringify({ pid: process.pid, start })}\n`);
  else if ('exit' in step) process.exit(step.exit);
  else if ('signal' in step) process.kill(process.pid, step.signal);
  else setInterval(() => undefined, 1000);
}
