/** @file A library's datasets as the terminal and the app see them: list, show, verify, remove. Adding has its own file. */
import { rename, rm } from 'node:fs/promises';
import type { Dataset } from '#shared/dataset.ts';
import { UserError } from '#shared/errors.ts';
import type { Library, LibraryReader } from '#store/library.ts';
import { verifyFiles, type Verification } from './verify-dataset.ts';

/** A run that was made on a dataset. */
export interface UsingRun {
  id: string;
  name: string;
}

/** A dataset with what the library knows of it. */
export interface DatasetView extends Dataset {
  /** Where its packed images lie. */
  folder: string;
  usedBy: UsingRun[];
}

/** Every dataset, oldest first. */
export function listDatasets(library: LibraryReader): Dataset[] {
  return library.datasets.list();
}

/** @throws UserError where no dataset has that id or name. */
export function showDataset(library: LibraryReader, idOrName: string): DatasetView {
  const dataset = library.datasets.resolve(idOrName);
  return {
    ...dataset,
    folder: library.paths.datasetFolder(dataset.id),
    usedBy: library.datasets.usedBy(dataset.id),
  };
}

/** Hashes a dataset's files again. @throws UserError where no dataset has that id or name. */
export async function verifyDataset(
  library: LibraryReader,
  idOrName: string,
  onBytes?: (done: number, total: number) => void,
  signal?: AbortSignal,
): Promise<Verification & { dataset: Dataset }> {
  const dataset = library.datasets.resolve(idOrName);
  const verified = await verifyFiles(library.paths.datasetFolder(dataset.id), dataset, onBytes, signal);
  return { dataset, ...verified };
}

/** What was removed. */
export interface Removal {
  dataset: Dataset;
  freedBytes: number;
  /** Runs made on it; they stay readable, and cannot be resumed or evaluated without it. */
  usedBy: UsingRun[];
}

/** Removes a dataset's record and files. @throws UserError while a run under way uses it. */
export async function removeDataset(library: Library, idOrName: string): Promise<Removal> {
  const dataset = library.datasets.resolve(idOrName);
  const folder = library.paths.datasetFolder(dataset.id);
  const usedBy = library.transaction(() => {
    const runs = library.datasets.usedBy(dataset.id);
    const busy = runs.filter(({ id }) => ['running', 'paused'].includes(library.runs.state(id)));
    if (busy.length > 0) {
      throw new UserError(
        `The dataset "${dataset.name}" is in use by the run ${busy.map(({ name }) => name).join(', ')}.`,
        'Stop it first.',
        'conflict',
      );
    }
    library.datasets.remove(dataset.id);
    return runs;
  });
  // Under the name of an unfinished import: should this process end here, the next import removes it.
  const leaving = `${folder}.partial-${process.pid}`;
  const moved = await rename(folder, leaving).then(
    () => true,
    () => false, // the files went before
  );
  if (moved) await rm(leaving, { recursive: true, force: true });
  return { dataset, freedBytes: moved ? dataset.bytes : 0, usedBy };
}
