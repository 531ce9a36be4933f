/** @file Adds a dataset to a library: finds its source, has it imported and records it. */
import { rm } from 'node:fs/promises';
import type { Dataset } from '#shared/dataset.ts';
import { UserError } from '#shared/errors.ts';
import { newIdentifier } from '#store/identifiers.ts';
import type { Library } from '#store/library.ts';
import { cacheFolder } from '../../scripts/runtime/cache-folder.mjs';
import { fetchArchive } from './fetch-archive.ts';
import { resolveRequest, type AddRequest, type ResolvedRequest } from './resolve-request.ts';
import { importInProcess, type ImportHandlers, type ImportRunner } from './run-import.ts';
import { checkSizes } from './verify-dataset.ts';

/** How adding ended. */
export type AddOutcome =
  | { state: 'added'; dataset: Dataset }
  /** The library has it: nothing was added. */
  | { state: 'alreadyThere'; dataset: Dataset }
  | { state: 'stopped' };

/** What a caller may put in place of the machine's own. */
export interface AddSurroundings {
  runImport?: ImportRunner;
  cacheFolder?: string;
}

/**
 * Adds what a request names. A catalogue's entry that the library has, and content that it has under another name, is
 * not added twice.
 * @throws UserError where the source cannot be used or the name is taken by something else.
 */
export async function addDataset(
  library: Library,
  request: AddRequest,
  handlers: ImportHandlers,
  surroundings: AddSurroundings = {},
): Promise<AddOutcome> {
  const resolved = await resolveRequest(request);
  const known = library.datasets.list().find(({ name }) => name === resolved.name);
  if (known !== undefined) return await reuse(library, known, resolved, request);
  let { source } = resolved;
  if (source === undefined) {
    if (resolved.entry === undefined) throw new Error('A request without a source has an entry.');
    try {
      const folder = surroundings.cacheFolder ?? cacheFolder();
      const archive = await fetchArchive(resolved.entry, { cacheFolder: folder, ...handlers });
      source = { format: resolved.entry.format, paths: [archive] };
    } catch (error) {
      if (handlers.signal?.aborted === true) return { state: 'stopped' };
      throw error;
    }
  }
  const id = newIdentifier();
  const targetFolder = library.paths.datasetFolder(id);
  const { imageSize } = request;
  const runImport = surroundings.runImport ?? importInProcess();
  const dataset = await runImport(
    {
      kind: 'import',
      id,
      name: resolved.name,
      source,
      targetFolder,
      ...(imageSize === undefined ? {} : { imageSize }),
    },
    handlers,
  );
  if (dataset === undefined) return { state: 'stopped' };
  return record(library, dataset, targetFolder);
}

/** What to say where the name is taken. */
async function reuse(
  library: Library,
  known: Dataset,
  { entry, name }: ResolvedRequest,
  { imageSize }: AddRequest,
): Promise<AddOutcome> {
  const sameKind = entry !== undefined && known.source.startsWith(entry.title);
  if (!sameKind || (imageSize !== undefined && imageSize !== known.imageSize)) {
    throw new UserError(
      `There is already a dataset named "${name}" (${known.source}, ${known.imageSize} px).`,
      'Choose another name with --name, or remove that one first.',
      'conflict',
    );
  }
  const problems = await checkSizes(library.paths.datasetFolder(known.id), known);
  if (problems.length === 0) return { state: 'alreadyThere', dataset: known };
  throw new UserError(
    `The dataset "${name}" is in this library but damaged: ${problems[0] ?? ''}`,
    `Remove it with \`datasets remove ${name}\`, then add it again.`,
    'conflict',
  );
}

/** Writes the row, or takes the folder away again. */
async function record(library: Library, dataset: Dataset, folder: string): Promise<AddOutcome> {
  const same = library.datasets.list().find((other) => describesTheSame(other, dataset));
  if (same !== undefined) {
    await rm(folder, { recursive: true, force: true });
    return { state: 'alreadyThere', dataset: same };
  }
  try {
    library.datasets.add(dataset);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return { state: 'added', dataset };
}

/** The hash covers pixels and labels; splits, names of classes and training size are beside it. */
function describesTheSame(a: Dataset, b: Dataset): boolean {
  const key = ({ sha256, splits, classes, imageSize }: Dataset): string =>
    JSON.stringify([sha256, splits, classes, imageSize]);
  return key(a) === key(b);
}
