/** @file Opens TensorFlow for a test: the runtime of the cache, which the set-up installs before the tests run. */
import type { Backend } from '#compute/backend/backend.ts';
import { createTensorflowBackend } from '#compute/backend/tensorflow/tensorflow-backend.ts';
import { chooseBackend } from '#engine/backends/choose-backend.ts';
import type { BackendChoice } from '#shared/compute-protocol.ts';

/** The choice of TensorFlow on the CPU. @throws UserError where it is not installed: tests do not skip. */
export function tensorflowChoice(threads = 1): Promise<BackendChoice> {
  return chooseBackend({ requested: 'tensorflow', device: 'cpu', threads });
}

/** Loads TensorFlow into this process; once a test file. */
export async function openTensorflow(): Promise<Backend> {
  const { runtimeFolder = '', device, threads } = await tensorflowChoice();
  return createTensorflowBackend({ runtimeFolder, device, threads });
}
