/** @file Chooses what a job computes on: the best that is there, or exactly what was asked for. */
import type { BackendChoice } from '#shared/compute-protocol.ts';
import { UserError } from '#shared/errors.ts';
import type { BackendName } from '#shared/run.ts';
import { physicalCores } from './physical-cores.ts';
import { findTensorflow } from './tensorflow-runtime.ts';
import { wasmVersion } from './wasm-runtime.ts';

/** What a user may ask for; everything left out is chosen. */
export interface BackendRequest {
  requested?: BackendName | undefined;
  /** `cpu`, or `cuda:0` …. */
  device?: string | undefined;
  /** Threads of the backend's kernels, at least 1; the physical cores unless given. wasm computes on one. */
  threads?: number | undefined;
}

/**
 * The backend for a job. `passedOver` tells in sentences why better ones were not taken.
 * @throws {UserError} kind `backend` where what was asked for is not there, `usage` where it makes no sense.
 */
export async function chooseBackend(
  request: BackendRequest = {},
  env: NodeJS.ProcessEnv = process.env,
): Promise<BackendChoice> {
  checkRequest(request);
  const { runtime, problems } = await findTensorflow(env);
  const passedOver = [...problems];

  if (request.requested !== 'wasm' && runtime !== null) {
    const device = request.device ?? runtime.devices[0] ?? 'cpu';
    if (!runtime.devices.includes(device))
      throw new UserError(
        `The device ${device} is not there: TensorFlow can use ${runtime.devices.join(', ')}.${sentences(problems)}`,
        'Leave --device out to take the best one.',
        'backend',
      );
    const threads = request.threads ?? physicalCores();
    return { name: 'tensorflow', device, runtimeFolder: runtime.folder, threads, passedOver };
  }

  if (request.requested === 'tensorflow')
    throw new UserError(
      `The backend tensorflow was asked for but is not usable.${sentences(problems)}`,
      'Run `npm run setup`, or leave --backend out to compute on wasm.',
      'backend',
    );
  if (request.requested === 'wasm' && runtime !== null)
    passedOver.push('TensorFlow is installed, but wasm was asked for.');
  if (request.device !== undefined && request.device !== 'cpu')
    throw new UserError(
      `The device ${request.device} needs TensorFlow's CUDA flavour; the backend wasm computes on the cpu.${sentences(problems)}`,
      'Leave --device out, or run `npm run setup` where an NVIDIA GPU and its driver are.',
      'backend',
    );
  if (wasmVersion() === null)
    throw new UserError(
      `No backend is installed.${sentences(problems)}`,
      'Run `npm run setup` in the folder of SimCLR Studio.',
      'backend',
    );
  return { name: 'wasm', device: 'cpu', threads: 1, passedOver };
}

function checkRequest({ device, threads }: BackendRequest): void {
  if (threads !== undefined && (!Number.isInteger(threads) || threads < 1 || threads > 1024))
    throw new UserError(`${threads} is no number of threads.`, 'Give a whole number from 1 to 1024.', 'usage');
  if (device !== undefined && !/^(cpu|cuda:\d+)$/.test(device))
    throw new UserError(`"${device}" is no device.`, 'Devices are cpu, cuda:0, cuda:1 …', 'usage');
}

function sentences(problems: readonly string[]): string {
  return problems.map((problem) => ` ${problem}`).join('');
}
