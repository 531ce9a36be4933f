/** @file Starts a run: takes its lease, takes it back to where it goes on from, and puts a supervisor over it. */
import { existsSync } from 'node:fs';
import type { PretrainSpec } from '#shared/compute-protocol.ts';
import { UserError } from '#shared/errors.ts';
import { openArtifacts } from '#store/artifacts.ts';
import type { Library } from '#store/library.ts';
import { endRun, failureOf } from './end-run.ts';
import type { RunObserver, RunStart, Supervision } from './supervision.ts';
import { Supervisor } from './supervisor.ts';

/**
 * Starts a run that is a draft, queued, or was stopped, failed or interrupted.
 * @throws UserError where another process drives it, or it is finished.
 */
export function superviseRun(library: Library, run: string, start: RunStart, observer: RunObserver = {}): Supervision {
  const spec = pretrainSpec(library, run, start);
  library.transaction(() => {
    library.leases.takeOver(run);
    if (library.runs.state(run) !== 'queued') library.runs.transition(run, 'queued');
    library.runs.transition(run, 'running');
    library.rewind(run, start.resumeFrom?.step ?? -1);
  });
  try {
    sweepUnrecorded(library, run);
    return new Supervisor(library, run, spec, start, observer);
  } catch (error) {
    endRun(library, run, 'failed', failureOf(error));
    throw error;
  }
}

/** Removes checkpoints that a killed process wrote without recording them. Only for who holds the lease. */
function sweepUnrecorded(library: Library, run: string): void {
  const file = library.paths.artifactFile(run);
  if (!existsSync(file)) return;
  const artifacts = openArtifacts(file);
  try {
    artifacts.sweepOrphans(library.checkpoints.ofRun(run).map(({ id }) => id));
  } finally {
    artifacts.close();
  }
}

function pretrainSpec(library: Library, run: string, start: RunStart): PretrainSpec {
  const view = library.runView(run);
  const dataset = library.datasets.get(view.dataset.id) ?? library.datasets.withHash(view.dataset.sha256);
  if (dataset === undefined) {
    throw new UserError(
      `The dataset ${view.dataset.name} of this run is no longer in the library.`,
      'Add the same images again with: datasets add',
    );
  }
  return {
    kind: 'pretrain',
    backend: start.backend,
    dataset,
    datasetFolder: library.paths.datasetFolder(dataset.id),
    configuration: view.config,
    artifactFile: library.paths.artifactFile(run),
    ...(start.resumeFrom === undefined ? {} : { resumeFrom: { checkpointId: start.resumeFrom.id } }),
  };
}
