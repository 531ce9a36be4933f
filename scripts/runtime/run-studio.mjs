/** @file Runs the studio's terminal program on Node 24 and stands between it and the terminal's signals. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkout, checkoutEnvironment } from './checkout.mjs';

const forwarded = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2', 'SIGWINCH']);
/** npm passes a Ctrl+C on that the terminal has already delivered to the whole group. */
const npmEcho = 250;

/**
 * Runs `node src-engine/cli/main.ts ARGS` to its end and ends this process as that ended.
 *
 * The program gets a process group of its own, so that one Ctrl+C reaches it once: the terminal's copy arrives here,
 * npm's copy too, and one is passed on. On Windows the console delivers it, and only once.
 * @param {string} node24
 * @param {readonly string[]} args
 */
export function runStudio(node24, args) {
  const windows = process.platform === 'win32';
  const follow = fileURLToPath(new URL('follow-parent.mjs', import.meta.url));
  const child = spawn(
    node24,
    [
      '--disable-warning=ExperimentalWarning',
      '--import',
      follow,
      path.join(checkout, 'src-engine', 'cli', 'main.ts'),
      ...args,
    ],
    { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], env: checkoutEnvironment(), detached: !windows },
  );
  let interrupted = -Infinity;
  for (const signal of forwarded) {
    if (windows && signal !== 'SIGINT') continue;
    process.on(signal, () => {
      if (windows) return;
      if (signal === 'SIGINT' && process.env['npm_lifecycle_event'] !== undefined) {
        const now = performance.now();
        if (now - interrupted < npmEcho) return;
        interrupted = now;
      }
      child.kill(signal);
    });
  }
  if (!windows && child.pid !== undefined) passSuspension(child.pid);
  child.on('error', (error) => {
    process.stderr.write(`simclr-studio: ${node24} could not be started (${error.message}).\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
    // A signal that does not end us (a crash of the child, such as SIGSEGV, may be caught by a handler of Node's).
    setTimeout(() => process.exit(1), 100);
  });
}

/**
 * Ctrl+Z and `fg` for the program's whole group.
 * @param {number} group
 */
function passSuspension(group) {
  process.on('SIGTSTP', () => {
    process.kill(-group, 'SIGSTOP');
    process.kill(process.pid, 'SIGSTOP');
  });
  process.on('SIGCONT', () => process.kill(-group, 'SIGCONT'));
}
