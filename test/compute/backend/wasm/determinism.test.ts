import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const script = join(import.meta.dirname, 'hash-of-training.ts');

/** Trains in a process of its own, with options that decide how V8 compiles WebAssembly. */
async function train(...options: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [...options, script]);
  return stdout.trim();
}

test('weights have the same bits in every process, whichever of V8’s compilers made the code', async () => {
  const hash = await train();
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect(await train()).toBe(hash);
  expect(await train('--liftoff-only')).toBe(hash);
  expect(await train('--no-liftoff')).toBe(hash);
});
