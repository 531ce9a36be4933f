/** @file Opens the backend the engine chose. Each is loaded only when it is the one. */
import type { BackendChoice } from '#shared/compute-protocol.ts';
import { UserError } from '#shared/errors.ts';
import type { Backend } from '../backend/backend.ts';

/** @throws UserError where the backend cannot be loaded. */
export async function openBackend({ name, device, runtimeFolder, threads }: BackendChoice): Promise<Backend> {
  switch (name) {
    case 'tensorflow': {
      if (runtimeFolder === undefined) {
        throw new UserError(
          'TensorFlow is not installed.',
          'Run "npm run setup", or choose --backend wasm.',
          'backend',
        );
      }
      const { createTensorflowBackend } = await import('../backend/tensorflow/tensorflow-backend.ts');
      return createTensorflowBackend({ runtimeFolder, device, threads });
    }
    case 'wasm': {
      const { createWasmBackend } = await import('../backend/wasm/wasm-backend.ts');
      return createWasmBackend({ threads });
    }
  }
}
