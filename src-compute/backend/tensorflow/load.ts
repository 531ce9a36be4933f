/** @file Loads TensorFlow's binding from the runtime cache and makes it TensorFlow.js' backend. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';
import util from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import type { KernelBackend } from '@tensorflow/tfjs-core';
import { messageOf, UserError } from '#shared/errors.ts';
import type { TensorflowBinding, TensorflowKernelBackend } from './kernel-backend.ts';

const require = createRequire(import.meta.url);

/** TensorFlow.js' node package still calls a function that Node 23 removed. */
function restoreIsNullOrUndefined(): void {
  const legacy = util as { isNullOrUndefined?: (value: unknown) => boolean };
  legacy.isNullOrUndefined ??= (value) => value === null || value === undefined;
}

function loadBinding(runtimeFolder: string): TensorflowBinding {
  const file = join(runtimeFolder, 'lib', 'napi-v8', 'tfjs_binding.node');
  const holder: { exports: unknown } = { exports: {} };
  try {
    process.dlopen(holder, file);
  } catch (error) {
    throw new UserError(
      `TensorFlow could not be loaded from ${runtimeFolder}: ${messageOf(error)}.`,
      'Run "npm run setup -- --verify", or choose --backend wasm.',
      'backend',
    );
  }
  return holder.exports as TensorflowBinding;
}

/**
 * Loads the runtime that lies in a folder of the cache (see scripts/runtime) and sets it as TensorFlow.js' backend.
 * The package's own entry is avoided: it looks for the binding in node_modules, where nothing is built.
 * @throws UserError where the library cannot be loaded.
 */
export async function loadTensorflow(runtimeFolder: string): Promise<TensorflowKernelBackend> {
  restoreIsNullOrUndefined();
  const binding = loadBinding(runtimeFolder);
  require('@tensorflow/tfjs-node-gpu/dist/register_all_kernels');
  const { NodeJSKernelBackend } = require('@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend') as {
    NodeJSKernelBackend: new (binding: TensorflowBinding, packageName: string) => KernelBackend;
  };
  // The package name decides whether the backend looks for a CUDA device; the runtime's flavour decides what it finds.
  tf.registerBackend('tensorflow', () => new NodeJSKernelBackend(binding, '@tensorflow/tfjs-node-gpu'), 3);
  await tf.setBackend('tensorflow');
  return tf.backend() as unknown as TensorflowKernelBackend;
}
