/** @file The import job: packs a dataset in a process of its own, because it decodes files nobody has checked. */
import type { ImportSpec, JobResult } from '#shared/compute-protocol.ts';
import { importDataset } from '../import/import-dataset.ts';
import type { JobContext } from './job-context.ts';

/** Runs an import. */
export async function runImport(spec: ImportSpec, { control, send }: JobContext): Promise<JobResult> {
  const dataset = await importDataset(spec, {
    progress: (progress) => {
      send({ type: 'progress', progress });
    },
    shouldStop: () => control.stopAsked,
    log: (text) => {
      send({ type: 'log', text });
    },
  });
  return dataset === undefined ? { kind: 'import', finished: false } : { kind: 'import', finished: true, dataset };
}
