/** @file Preloaded into the terminal program: when its launcher is killed without a word, it stops as if told to. */
import { isMainThread } from 'node:worker_threads';

if (isMainThread && process.channel) {
  // Not for the processes that the program itself starts.
  const at = process.execArgv.findIndex((argument) => argument.endsWith('follow-parent.mjs'));
  if (at > 0) process.execArgv.splice(at - 1, 2);
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel.unref();
}
