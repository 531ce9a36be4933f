import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const source = join(import.meta.dirname, '../../../../src-compute/backend/wasm');
const dataSection = 11;

/** Ids of a WebAssembly binary's sections. */
function sectionsOf(binary: Buffer): number[] {
  const ids: number[] = [];
  let at = 8;
  while (at < binary.length) {
    ids.push(binary.readUInt8(at++));
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = binary.readUInt8(at++);
      size |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    at += size;
  }
  return ids;
}

describe('the committed kernels.wasm', () => {
  let folder: string;
  let committed: Buffer;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kernels-'));
    committed = await readFile(join(source, 'kernels.wasm'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  test('is what its source compiles to, byte for byte', async () => {
    const target = join(folder, 'kernels.wasm');
    await promisify(execFile)(process.execPath, [join(source, 'build.mjs'), target]);
    expect(committed.equals(await readFile(target))).toBe(true);
  });

  test('holds no data of its own, which would overwrite what lies at the start of the shared memory', () => {
    expect(sectionsOf(committed)).not.toContain(dataSection);
  });

  test('stays small', () => {
    expect(committed.length).toBeLessThan(32 * 1024);
  });
});
