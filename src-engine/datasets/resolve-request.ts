/** @file Works out what a user means to add: a name of the catalogue, a folder, or files. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ImportSource } from '#shared/compute-protocol.ts';
import { UserError } from '#shared/errors.ts';
import { catalogue, findInCatalogue, type CatalogueEntry } from './catalogue.ts';

/** What a user asks to add. */
export interface AddRequest {
  /** A catalogue's name, a folder, or files. */
  operands: readonly string[];
  /** A local copy of what the catalogue names. */
  from?: string | undefined;
  name?: string | undefined;
  /** Training size in pixels. */
  imageSize?: number | undefined;
}

/** What is to be imported. */
export interface ResolvedRequest {
  /** The dataset's name. */
  name: string;
  /** Its source, or undefined where the entry must be fetched first. */
  source: ImportSource | undefined;
  entry: CatalogueEntry | undefined;
}

/** @throws UserError where nothing of that name or path can be added. */
export async function resolveRequest({ operands, from, name }: AddRequest): Promise<ResolvedRequest> {
  const [first] = operands;
  if (first === undefined) throw new UserError('Nothing was named to add.', `Name ${examples()}.`, 'usage');
  const named = name === undefined ? undefined : checkName(name);
  const entry = operands.length === 1 ? findInCatalogue(first) : undefined;
  if (entry !== undefined) {
    const source: ImportSource | undefined =
      from === undefined ? undefined : { format: entry.format, paths: [await existing(from)] };
    return { name: named ?? entry.name, source, entry };
  }
  if (from !== undefined) {
    throw new UserError('--from goes with a dataset’s name.', `Write: datasets add cifar10 --from ${from}`, 'usage');
  }
  const paths = await Promise.all(operands.map(existing));
  const marked = await markedBy(paths);
  if (marked !== undefined) {
    return { name: named ?? marked.name, source: { format: marked.format, paths }, entry: undefined };
  }
  const [folder] = paths;
  if (folder === undefined || paths.length > 1 || !(await isFolder(folder))) {
    throw new UserError(`${first} is not a file that can be added.`, 'Give the folder that holds the images.');
  }
  return { name: named ?? checkName(path.basename(folder)), source: { format: 'folder', folder }, entry: undefined };
}

function checkName(name: string): string {
  const trimmed = name.trim();
  // eslint-disable-next-line no-control-regex -- they are what must not be in a name
  if (trimmed !== '' && trimmed.length <= 100 && !/[\u0000-\u001f\u007f]/.test(trimmed)) return trimmed;
  throw new UserError(`"${trimmed}" cannot name a dataset.`, 'Give 1 to 100 characters with --name.', 'usage');
}

function examples(): string {
  return `${catalogue.map((entry) => entry.name).join(', ')}, or a folder of images`;
}

async function existing(given: string): Promise<string> {
  const absolute = path.resolve(given);
  if (await stat(absolute).catch(() => undefined)) return absolute;
  throw new UserError(`There is no dataset or folder called ${given}.`, `Name ${examples()}.`);
}

async function isFolder(file: string): Promise<boolean> {
  return (await stat(file)).isDirectory();
}

/** The entry whose files these are: by their names, or by those in a folder. An archive is taken for CIFAR-10. */
async function markedBy(paths: readonly string[]): Promise<CatalogueEntry | undefined> {
  const names: string[] = [];
  for (const given of paths) {
    if (await isFolder(given)) names.push(...(await readdir(given)));
    else if (/\.(tar|tar\.gz|tgz)$/i.test(given)) names.push('data_batch_1.bin');
    else names.push(path.basename(given));
  }
  return catalogue.find(({ marks, subfolders }) =>
    names.some((name) => marks.includes(name) || (name !== 'package' && subfolders.includes(name))),
  );
}
