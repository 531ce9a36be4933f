/** @file Says what can compute on this machine, for `doctor` and the Compute view. */
import { tensorflowVersion } from '../../scripts/runtime/flavours.mjs';
import type { BackendReport } from './backend-report.ts';
import { findTensorflow } from './tensorflow-runtime.ts';
import { wasmVersion } from './wasm-runtime.ts';

/** All backends, best first. Loads none of them: it reads manifests and file sizes only. */
export async function listBackends(env: NodeJS.ProcessEnv = process.env): Promise<BackendReport[]> {
  const { runtime, problems } = await findTensorflow(env);
  const tensorflow: BackendReport = {
    name: 'tensorflow',
    usable: runtime !== null,
    trainable: runtime !== null,
    device: runtime?.devices[0] ?? null,
    devices: runtime?.devices ?? [],
    version: runtime?.version ?? tensorflowVersion,
    reason: problems.join(' '),
  };
  const wasm = wasmVersion();
  return [
    tensorflow,
    {
      name: 'wasm',
      usable: wasm !== null,
      trainable: wasm !== null,
      device: wasm === null ? null : 'cpu',
      devices: wasm === null ? [] : ['cpu'],
      version: wasm ?? '',
      reason:
        wasm === null
          ? 'The package @tensorflow/tfjs-backend-wasm is missing; run `npm run setup`.'
          : 'Trains resnet8 on one thread, slowly; meant for machines where TensorFlow cannot be had.',
    },
  ];
}
