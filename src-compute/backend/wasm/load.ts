/** @file Starts TensorFlow.js' wasm backend under Node, from its package's files. */
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
// For its side effect: the core package alone knows no gradients.
import '@tensorflow/tfjs';
import { setWasmPaths, version_wasm } from '@tensorflow/tfjs-backend-wasm';
import { messageOf, UserError } from '#shared/errors.ts';
import type { WasmKernelBackend } from './heap.ts';

export const wasmVersion: string = version_wasm;

const processEvents = ['uncaughtException', 'unhandledRejection'] as const;

/**
 * Sets TensorFlow.js' wasm backend (its binary with SIMD) as the current one.
 * @throws UserError where it does not start.
 */
export async function loadWasm(): Promise<WasmKernelBackend> {
  setWasmPaths(fileURLToPath(new URL('./', import.meta.resolve('@tensorflow/tfjs-backend-wasm'))));
  const before = processEvents.map((event) => new Set<unknown>(process.listeners(event as 'uncaughtException')));
  const started = await tf.setBackend('wasm').catch((error: unknown) => messageOf(error));
  removeAddedListeners(before);
  if (started !== true) {
    throw new UserError(
      `The wasm backend did not start${started === false ? '' : `: ${started}`}.`,
      'Run "npm run setup" again to restore its files.',
      'backend',
    );
  }
  return tf.backend() as unknown as WasmKernelBackend;
}

/** Emscripten's start-up code handles every uncaught exception of the process; that is not its business. */
function removeAddedListeners(before: readonly ReadonlySet<unknown>[]): void {
  for (const [at, event] of processEvents.entries()) {
    for (const listener of process.listeners(event as 'uncaughtException')) {
      if (before[at]?.has(listener) === false) process.removeListener(event, listener);
    }
  }
}

/** Frees TensorFlow.js' wasm backend; it may be loaded anew. */
export function unloadWasm(): void {
  const factory = tf.findBackendFactory('wasm');
  tf.removeBackend('wasm');
  tf.registerBackend('wasm', factory, 2);
}
