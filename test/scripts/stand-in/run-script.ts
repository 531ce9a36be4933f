/** @file Runs one of our scripts as a user would on a fresh machine: an empty home, pip served from a folder. */
import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export const checkout = path.resolve(import.meta.dirname, '..', '..', '..');

/** The Node that npm was started with: the oldest one that the scripts must run on, where it is another. */
export const usersNode = process.env.npm_node_execpath ?? process.execPath;

export interface ScriptResult {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** A script that runs. */
export interface RunningScript {
  child: ChildProcess;
  done: Promise<ScriptResult>;
}

/** A new empty folder under the system's temporary one. */
export function freshFolder(): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), 'simclr-studio-test-'));
}

/** Environment of a fresh machine: nothing personal, and pip finds only what lies in `wheels`. */
export function freshEnvironment(home: string, wheels: string, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const personal = /^(npm_|pip_|simclr_|xdg_|home$|userprofile$|node_options$|vitest|cxx$|ci$)/i;
  return {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !personal.test(name))),
    HOME: home,
    PIP_NO_INDEX: '1',
    PIP_FIND_LINKS: wheels,
    SIMCLR_STUDIO_NVIDIA_DEVICES: '0',
    ...more,
  };
}

/** Starts `node SCRIPT ARGS` in a process group of its own. `script` is relative to `root`. */
export function startScript(
  script: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  { node = usersNode, root = checkout }: { node?: string; root?: string } = {},
): RunningScript {
  const child = spawn(node, [path.join(root, script), ...args], {
    cwd: root,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text.stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (text.stderr += chunk));
  const done = new Promise<ScriptResult>((resolve, reject) => {
    child.on('error', reject);
    // exit, not close: what a killed script left running may hold the pipes open.
    child.on('exit', (code, signal) =>
      setTimeout(() => {
        resolve({ code, signal, ...text });
      }, 50),
    );
  });
  return { child, done };
}

/** Runs it to its end. */
export async function runScript(...request: Parameters<typeof startScript>): Promise<ScriptResult> {
  return startScript(...request).done;
}
