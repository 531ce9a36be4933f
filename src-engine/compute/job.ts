/** @file Runs one job in a compute process of its own: requests out, typed events in, and no process left behind. */
import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { ComputeEvent, ComputeRequest, JobResult, JobSpec } from '#shared/compute-protocol.ts';
import { UserError } from '#shared/errors.ts';
import { computeEnvironment } from '../backends/compute-environment.ts';
import { describeCrash } from './crash.ts';
import { isNoise, readLines } from './output-lines.ts';

type Reported = Exclude<ComputeEvent['type'], 'finished' | 'failed'>;

/** What a caller wants to hear of. A handler that throws ends the job with its error. */
export type JobHandlers = {
  readonly [Type in Reported]?: (event: Extract<ComputeEvent, { type: Type }>) => void;
} & {
  /** Every line the process wrote. `noise`: for the log alone, not for a terminal. */
  readonly output?: (line: string, noise: boolean) => void;
};

/** Where compute processes come from; tests put a scripted one in its place. */
export interface ComputeSettings {
  /** Path of the script a compute process runs. */
  readonly entry: string;
  /** The whole environment it is started with. */
  readonly environment: (spec: JobSpec) => NodeJS.ProcessEnv;
}

type Results = { readonly [Kind in JobResult['kind']]: Extract<JobResult, { kind: Kind }> };

/** The result that a kind of job ends with. */
export type ResultOf<Spec extends JobSpec> = Results[Spec['kind']];

/** A job under way. */
export interface RunningJob<Spec extends JobSpec = JobSpec> {
  readonly id: string;
  readonly pid: number | undefined;
  /** Settles when the process is gone. @throws UserError that says why the job failed. */
  readonly result: Promise<ResultOf<Spec>>;
  /** Whether `kill` (or a second `stop`) ended it. */
  readonly killed: boolean;
  pause(): void;
  resume(): void;
  /** Asks the job to keep what is done and end; the second time it is killed. */
  stop(): void;
  kill(): void;
}

/** The compute processes of this checkout. */
export const ownCompute: ComputeSettings = {
  entry: fileURLToPath(new URL('../../src-compute/jobs/main.ts', import.meta.url)),
  environment: (spec) => ('backend' in spec ? computeEnvironment(spec.backend) : process.env),
};

/** How long a process may take to leave after its job ended, before it is killed. */
const leaveMilliseconds = 5000;
/** How long messages and lines may still come in after a process has gone, should Node not tell their end. */
const afterExitMilliseconds = 2000;
const keptLines = 20;

/** Processes alive now, so that none outlives this one. Should this one be killed, they see the channel close. */
const alive = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/** Starts a job. Nothing blocks: events arrive by the handlers. */
export function startJob<Spec extends JobSpec>(
  spec: Spec,
  handlers: JobHandlers,
  settings: ComputeSettings = ownCompute,
): RunningJob<Spec> {
  const id = randomUUID();
  const child = fork(settings.entry, [], {
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: settings.environment(spec),
    execArgv: [],
    // A group of its own: a terminal's Ctrl+C is for us, who then ask it to stop with a checkpoint.
    detached: process.platform !== 'win32',
  });
  alive.add(child);

  const lastLines: string[] = [];
  const hear = (line: string): void => {
    const noise = isNoise(line);
    if (!noise && lastLines.push(line) > keptLines) lastLines.shift();
    handlers.output?.(line, noise);
  };

  let outcome: { result: ResultOf<Spec> } | { error: unknown } | undefined;
  let stopping = false;
  let killed = false;

  const kill = (): void => {
    killed = true;
    child.kill('SIGKILL');
  };
  const settle = (how: NonNullable<typeof outcome>): void => {
    outcome ??= how;
    if (child.connected) child.disconnect();
    setTimeout(() => child.kill('SIGKILL'), leaveMilliseconds).unref();
  };
  const guard = (action: () => void): void => {
    try {
      action();
    } catch (error) {
      settle({ error });
      child.kill('SIGKILL');
    }
  };
  const send = (request: ComputeRequest): void => {
    if (child.connected) child.send(request, () => undefined); // a process that is gone is told of by its exit
  };

  const result = new Promise<ResultOf<Spec>>((resolve, reject) => {
    child.on('message', (message) => {
      const event = message as ComputeEvent;
      if (event.jobId !== id || outcome !== undefined) return;
      if (event.type === 'finished') settle({ result: event.result as ResultOf<Spec> });
      else if (event.type === 'failed') settle({ error: new UserError(event.message, event.hint, event.kind) });
      else guard(() => (handlers[event.type] as ((heard: ComputeEvent) => void) | undefined)?.(event));
    });
    child.on('error', (error) => {
      outcome ??= { error: new UserError('A compute process could not be started.', error.message, 'internal') };
      if (child.pid === undefined) end(null, null);
    });
    child.on('close', end);
    // Once we have closed the channel ourselves, Node never says `close`: the result is there, so `exit` will do.
    child.on('exit', (code, signal) => {
      setTimeout(end, outcome === undefined ? afterExitMilliseconds : 0, code, signal);
    });
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      readLines(stream, (line) => {
        guard(() => {
          hear(line);
        });
      });
    }

    function end(code: number | null, signal: NodeJS.Signals | null): void {
      alive.delete(child);
      if (outcome !== undefined) {
        if ('result' in outcome) resolve(outcome.result);
        else reject(outcome.error instanceof Error ? outcome.error : new Error(String(outcome.error)));
      } else if (killed) reject(new UserError('The job was ended before it could stop by itself.', '', 'conflict'));
      else reject(describeCrash({ code, signal, lastLines }));
    }
  });

  send({ type: 'start', jobId: id, spec });
  return {
    id,
    pid: child.pid,
    result,
    get killed() {
      return killed;
    },
    pause: () => {
      send({ type: 'pause', jobId: id });
    },
    resume: () => {
      send({ type: 'resume', jobId: id });
    },
    stop: () => {
      if (stopping) kill();
      else send({ type: 'stop', jobId: id });
      stopping = true;
    },
    kill,
  };
}
