/** @file Real child processes that work on a library at the same time. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import path from 'node:path';

/** A child that runs a TypeScript file of this folder. */
export interface Child {
  process: ChildProcess;
  /** Lines printed so far. */
  lines: string[];
  /** The next line (or one printed already) of which `wanted` is true. Fails when the child ends first. */
  line(wanted: (line: string) => boolean): Promise<string>;
  /** Exit code, or signal. */
  ended: Promise<number | string>;
}

export function startChild(file: string, ...parameters: string[]): Child {
  const script = path.join(import.meta.dirname, '..', 'children', file);
  const child = spawn(process.execPath, [script, ...parameters], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  let over = false;
  const reader = createInterface({ input: child.stdout });
  const wake = () => {
    for (const check of waiting) check();
  };
  reader.on('line', (line) => {
    lines.push(line);
    wake();
  });
  const closed = new Promise<void>((resolve) => reader.once('close', resolve));
  const ended = new Promise<number | string>((resolve) => {
    child.once('exit', (code, signal) => {
      void closed.then(() => {
        over = true;
        wake();
        resolve(signal ?? code ?? 'nothing');
      });
    });
  });
  const line = (wanted: (line: string) => boolean) =>
    new Promise<string>((resolve, reject) => {
      const check = () => {
        const found = lines.find(wanted);
        if (found === undefined && !over) return;
        waiting.delete(check);
        if (found === undefined) reject(new Error(`${file} ended after: ${lines.slice(-3).join(' | ')}`));
        else resolve(found);
      };
      waiting.add(check);
      check();
    });
  return { process: child, lines, line, ended };
}
