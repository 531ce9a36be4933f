/** @file Whether, and from where, a run can go on: only on what gives the bits of an unbroken run, unless told otherwise. */
import os from 'node:os';
import type { BackendChoice } from '#shared/compute-protocol.ts';
import { UserError } from '#shared/errors.ts';
import type { RunEnvironment, RunView } from '#shared/run.ts';
import type { StoredCheckpoint } from '#store/checkpoints.ts';
import type { Library } from '#store/library.ts';
import { chooseBackend, type BackendRequest } from '../backends/choose-backend.ts';

/** What is asked of a resumption. */
export interface ResumeRequest {
  /** Id of the run. */
  readonly run: string;
  /** The newest where absent. */
  readonly checkpoint?: string | undefined;
  /** What to compute on; what the run was on where absent. */
  readonly backend: BackendRequest;
  /** Go on although the machine or backend differ: the weights are then not those of an unbroken run. */
  readonly allowDifferentEnvironment: boolean;
}

/** The machine's own names, as runs record them. */
export interface Machine {
  readonly platform: string;
  readonly cpu: string;
}

/** This machine. */
export function thisMachine(): Machine {
  return { platform: `${process.platform}-${process.arch}`, cpu: os.cpus()[0]?.model.trim() ?? 'unknown' };
}

/** How a run is to go on. `from` is absent where it has no checkpoint: it then begins anew. */
export interface ResumePlan {
  readonly backend: BackendChoice;
  readonly from: StoredCheckpoint | undefined;
  /** What differs from the environment it began in, one sentence each. */
  readonly differences: readonly string[];
}

/** @throws UserError where the run can't be resumed, its images changed, or the environment differs unasked. */
export async function planResume(
  library: Library,
  request: ResumeRequest,
  machine: Machine = thisMachine(),
): Promise<ResumePlan> {
  const run = library.runView(request.run);
  refuseUnresumable(library, run);
  refuseOtherImages(library, run);
  const known = library.checkpoints.ofRun(run.id);
  const from =
    request.checkpoint === undefined && known.length === 0
      ? undefined
      : library.checkpoints.choose(run.id, request.checkpoint);
  const backend = await sameBackend(run.environment, request);
  const differences =
    run.environment === null || from === undefined ? [] : environmentDifferences(run.environment, backend, machine);
  if (differences.length > 0 && !request.allowDifferentEnvironment) {
    throw new UserError(
      `${run.name} would not give the same weights here: ${differences.join(' ')}`,
      'Resume it as it began, or accept that with --allow-different-environment.',
      'conflict',
    );
  }
  return { backend, from, differences };
}

function refuseUnresumable(library: Library, run: RunView): void {
  if (run.state === 'finished') {
    throw new UserError(`${run.name} is finished: there is nothing to resume.`, 'Start another run.', 'conflict');
  }
  if (library.leases.isHeld(run.id)) {
    const pid = library.leases.holder(run.id)?.pid;
    throw new UserError(`${run.name} is under way, in process ${String(pid)}.`, 'Stop it there first.', 'conflict');
  }
}

function refuseOtherImages(library: Library, run: RunView): void {
  const { id, name, sha256 } = run.dataset;
  const there = library.datasets.get(id) ?? library.datasets.withHash(sha256);
  if (there === undefined) {
    throw new UserError(
      `The dataset ${name} of ${run.name} is no longer in the library.`,
      'Add the same images again with: datasets add',
    );
  }
  if (there.sha256 !== sha256) {
    throw new UserError(
      `The dataset ${name} is not the one that ${run.name} began with: its images have changed.`,
      'Add the original images under another name, or start a new run.',
    );
  }
}

/** The recorded backend, device and threads wherever the request leaves them open. */
function sameBackend(recorded: RunEnvironment | null, { backend }: ResumeRequest): Promise<BackendChoice> {
  if (recorded === null) return chooseBackend(backend);
  const sameName = backend.requested === undefined || backend.requested === recorded.backend;
  return chooseBackend({
    requested: backend.requested ?? recorded.backend,
    device: backend.device ?? (sameName ? recorded.device : undefined),
    threads: backend.threads ?? (sameName ? recorded.threads : undefined),
  });
}

/** What of the machine and backend is not as recorded. */
export function environmentDifferences(recorded: RunEnvironment, backend: BackendChoice, machine: Machine): string[] {
  const compared: [what: string, was: string, now: string][] = [
    ['platform', recorded.platform, machine.platform],
    ['processor', recorded.cpu, machine.cpu],
    ['backend', recorded.backend, backend.name],
    ['device', recorded.device, backend.device],
    ['number of threads', String(recorded.threads), String(backend.threads)],
  ];
  return compared
    .filter(([, was, now]) => was !== now)
    .map(([what, was, now]) => `The ${what} was ${was}, now ${now}.`);
}
