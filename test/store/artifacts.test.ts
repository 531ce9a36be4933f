/** @file Artifacts: bytes in, the same bytes out, or a clear word. */
import { createHash } from 'node:crypto';
import { statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openArtifacts, type ArtifactFile } from '#store/artifacts.ts';
import { chunkBytes, inChunks } from '#store/artifacts/chunking.ts';
import { openWritable } from '#store/database/handles.ts';
import { artifactHash, artifactParts } from './support/artifact-content.ts';
import { temporaryFolder } from './support/temporary-folder.ts';
import { thrownBy } from './support/thrown-by.ts';

function artifactFile(): ArtifactFile {
  const artifacts = openArtifacts(path.join(temporaryFolder(), 'run.sqlite'));
  onTestFinished(() => {
    artifacts.close();
  });
  return artifacts;
}

/** Changes a file behind the back of who has it open. */
function tamper(file: string, sql: string): void {
  const database = openWritable(file);
  database.execute(sql);
  database.close();
}

const checkpoint = (id: string) => ({ id, kind: 'checkpoint', metadata: { step: 3, tensors: ['a', null] } }) as const;

describe('an artifact', () => {
  test.each([0, 1, chunkBytes - 1, chunkBytes, chunkBytes + 1, 2 * chunkBytes + 5])(
    'of %i bytes comes back',
    (length) => {
      const artifacts = artifactFile();
      const bytes = Buffer.alloc(length, 'SimCLR');
      const written = artifacts.writeArtifact(checkpoint('c'), [bytes]);
      expect(written).toEqual({ bytes: length, sha256: createHash('sha256').update(bytes).digest('hex') });
      const read = artifacts.readArtifact('c');
      expect(read.data.equals(bytes)).toBe(true);
      expect(read).toMatchObject({ ...checkpoint('c'), ...written });
      expect(Buffer.concat([...artifacts.readChunks('c')]).equals(bytes)).toBe(true);
    },
  );

  test('is the same however it is cut into parts, even when they share one buffer', () => {
    const artifacts = artifactFile();
    const shared = new Uint8Array(1000);
    function* parts(): Generator<Uint8Array> {
      for (let part = 0; part < 5000; part++) {
        shared.fill(part % 251);
        yield shared.subarray(0, part % 1000);
      }
    }
    const hash = createHash('sha256');
    for (const part of parts()) hash.update(part);
    expect(artifacts.writeArtifact(checkpoint('c'), parts()).sha256).toBe(hash.digest('hex'));
    artifacts.readArtifact('c');
  });

  test('of the same id is replaced whole, and the old one stays when the new one fails', () => {
    const artifacts = artifactFile();
    artifacts.writeArtifact(checkpoint('c'), artifactParts('old', 6));
    function* broken(): Generator<Uint8Array> {
      yield Buffer.alloc(chunkBytes + 1);
      throw new Error('a tensor is gone');
    }
    expect(() => artifacts.writeArtifact(checkpoint('c'), broken())).toThrow('a tensor is gone');
    expect(artifacts.readArtifact('c').sha256).toBe(artifactHash('old', 6));
    artifacts.writeArtifact(checkpoint('c'), artifactParts('new', 2));
    expect(artifacts.readArtifact('c').sha256).toBe(artifactHash('new', 2));
    expect(artifacts.list()).toHaveLength(1);
  });

  test('that is not there is told', () => {
    const artifacts = artifactFile();
    expect(thrownBy(() => artifacts.readArtifact('nothing')).message).toContain('holds no nothing');
    expect(artifacts.find('nothing')).toBeUndefined();
    expect(artifacts.remove('nothing')).toBe(0);
  });

  test.each([
    ['a changed byte', `UPDATE chunks SET data = zeroblob(length(data)) WHERE ordinal = 1`],
    [
      'a chunk with another chunk’s bytes and hash',
      `UPDATE chunks SET (data, sha256) =
      (SELECT data, sha256 FROM chunks AS other WHERE other.ordinal = 0) WHERE ordinal = 1`,
    ],
    ['a missing chunk', 'DELETE FROM chunks WHERE ordinal = 1'],
    ['a missing last chunk', 'DELETE FROM chunks WHERE ordinal = 2'],
    ['a wrong length', 'UPDATE artifacts SET bytes = bytes + 1'],
    ['an absurd length', 'UPDATE artifacts SET bytes = 9007199254740991'],
    ['a shorter length', 'UPDATE artifacts SET bytes = 100'],
    ['a negative length', 'UPDATE artifacts SET bytes = -1'],
    ['a wrong hash', `UPDATE artifacts SET sha256 = 'x'`],
  ])('with %s is refused as damaged, while others are read', (_, sql) => {
    const artifacts = artifactFile();
    artifacts.writeArtifact(checkpoint('c'), artifactParts('c', 9));
    tamper(artifacts.file, sql);
    artifacts.writeArtifact(checkpoint('d'), artifactParts('d', 9));
    for (const read of [() => artifacts.readArtifact('c'), () => [...artifacts.readChunks('c')]]) {
      const error = thrownBy(read);
      expect(error.message).toContain('checkpoint c');
      expect(error.message).toContain('damaged');
    }
    expect(artifacts.readArtifact('d').sha256).toBe(artifactHash('d', 9));
  });
});

describe('removing', () => {
  test('gives the bytes back to the disk and tells how many', () => {
    const artifacts = artifactFile();
    const empty = statSync(artifacts.file).size;
    artifacts.writeArtifact(checkpoint('c'), artifactParts('c', 8));
    artifacts.writeArtifact(checkpoint('d'), artifactParts('d', 8));
    const full = statSync(artifacts.file).size;
    const freed = artifacts.remove('c');
    expect(statSync(artifacts.file).size).toBe(full - freed);
    expect(freed).toBeGreaterThan(7 * 1024 * 1024);
    expect(artifacts.readArtifact('d').sha256).toBe(artifactHash('d', 8));
    artifacts.remove('d');
    expect(statSync(artifacts.file).size).toBeLessThan(empty + 256 * 1024);
  });

  test('sweeping takes checkpoints that no row knows, and nothing else', () => {
    const artifacts = artifactFile();
    for (const id of ['a', 'b', 'c']) artifacts.writeArtifact(checkpoint(id), artifactParts(id, 1));
    artifacts.writeArtifact({ id: 'e', kind: 'embedding', metadata: null }, artifactParts('e', 1));
    const { removed, freedBytes } = artifacts.sweepOrphans(['b']);
    expect(removed).toEqual(['a', 'c']);
    expect(freedBytes).toBeGreaterThan(1_900_000);
    expect(artifacts.list().map((each) => each.id)).toEqual(['b', 'e']);
    expect(artifacts.sweepOrphans(['b'])).toEqual({ removed: [], freedBytes: 0 });
  });
});

test('chunks have one length, the last may be shorter', () => {
  const lengths = (parts: number[]) =>
    [
      ...inChunks(
        parts.map((length) => new Uint8Array(length)),
        4,
      ),
    ].map((c) => c.length);
  expect(lengths([])).toEqual([]);
  expect(lengths([0, 0])).toEqual([]);
  expect(lengths([4])).toEqual([4]);
  expect(lengths([9, 1, 0, 3])).toEqual([4, 4, 4, 1]);
});

test('a file that is no artifact file is refused', () => {
  const folder = temporaryFolder();
  const text = path.join(folder, 'text.sqlite');
  writeFileSync(text, 'no database at all '.repeat(100));
  expect(thrownBy(() => openArtifacts(text)).message).toContain('not a database of SimCLR Studio');
  const other = path.join(folder, 'other.sqlite');
  tamper(other, 'CREATE TABLE x (y)');
  expect(thrownBy(() => openArtifacts(other)).message).toContain('not a SimCLR Studio artifact file');
});
