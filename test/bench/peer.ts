/** @file Runs a Python peer of test/peers and reads the JSON it prints. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { UserError } from '#shared/errors.ts';

/** The Python that has PyTorch; `npm run bench:…` and `npm run test:peers` name it. @throws UserError */
export function peerPython(): string {
  const python = process.env.SIMCLR_STUDIO_PYTHON;
  if (python !== undefined && python !== '') return python;
  throw new UserError(
    'SIMCLR_STUDIO_PYTHON does not say which Python has PyTorch.',
    'Run this by npm (npm run bench:… or npm run test:peers), which sets it.',
  );
}

/** Runs `test/peers/SCRIPT` to its end. What it writes to stderr passes through. @returns the JSON of its last line. */
export async function runPeer<Result>(script: string, args: readonly string[]): Promise<Result> {
  const file = path.join(import.meta.dirname, '..', 'peers', script);
  const running = promisify(execFile)(peerPython(), ['-W', 'ignore', file, ...args], {
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    maxBuffer: 2 ** 28,
  });
  running.child.stderr?.pipe(process.stderr);
  const { stdout } = await running;
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Result;
}
