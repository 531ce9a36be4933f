/** @file Runs the terminal program as a user does: a process of its own, real streams, real signals. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

const entry = fileURLToPath(new URL('../../src-engine/cli/main.ts', import.meta.url));
const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder that goes after the file's tests. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'simclr-cli-'));
  folders.push(folder);
  return folder;
}

/** What a command left. */
export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  out: string;
  err: string;
}

/** A command under way. */
export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Settles when stderr holds the text. */
  said(text: string): Promise<void>;
}

/** Starts a command on a library. */
export function start(library: string, args: readonly string[]): Started {
  const child = spawn(process.execPath, [entry, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, SIMCLR_STUDIO_LIBRARY: library, NODE_OPTIONS: '' },
  });
  let out = '';
  let err = '';
  const waiting: { text: string; resolve: () => void; reject: (error: Error) => void }[] = [];
  const look = (): void => {
    for (const each of waiting) if (err.includes(each.text)) each.resolve();
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
    look();
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => {
      for (const { text, reject } of waiting) reject(new Error(`It ended without saying "${text}": ${err}`));
      resolve({ code, signal, out, err });
    });
  });
  return {
    child,
    ended,
    said: (text) =>
      new Promise((resolve, reject) => {
        waiting.push({ text, resolve, reject });
        look();
      }),
  };
}

/** Runs a command to its end. */
export function run(library: string, ...args: string[]): Promise<Ended> {
  return start(library, args).ended;
}
