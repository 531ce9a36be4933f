import { createTensorflowBackend } from '#compute/backend/tensorflow/tensorflow-backend.ts';
import { describeBackendConformance } from './conformance.ts';

describeBackendConformance('tensorflow', () => {
  const runtimeFolder = process.env.SIMCLR_STUDIO_TEST_RUNTIME;
  if (runtimeFolder === undefined) throw new Error('SIMCLR_STUDIO_TEST_RUNTIME must name a TensorFlow runtime folder.');
  return createTensorflowBackend({ runtimeFolder, device: 'cpu', threads: 1 });
});
