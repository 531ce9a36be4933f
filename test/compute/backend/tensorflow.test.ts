import { createTensorflowBackend } from '#compute/backend/tensorflow/tensorflow-backend.ts';
import { findTensorflow } from '#engine/backends/tensorflow-runtime.ts';
import { describeBackendConformance } from './conformance.ts';

/** The folder that SIMCLR_STUDIO_TEST_RUNTIME names, else the installed runtime. */
async function findRuntimeFolder(): Promise<string> {
  const { SIMCLR_STUDIO_TEST_RUNTIME: named } = process.env;
  if (named !== undefined) return named;
  const { runtime, problems } = await findTensorflow();
  if (runtime === null) throw new Error(`No TensorFlow runtime to test: ${problems.join(' ')}`);
  return runtime.folder;
}

describeBackendConformance('tensorflow', async () =>
  createTensorflowBackend({ runtimeFolder: await findRuntimeFolder(), device: 'cpu', threads: 1 }),
);
