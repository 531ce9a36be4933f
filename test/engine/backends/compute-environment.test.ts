import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { chooseBackend } from '#engine/backends/choose-backend.ts';
import { computeEnvironment } from '#engine/backends/compute-environment.ts';
import { parseCpuList, physicalCores } from '#engine/backends/physical-cores.ts';
import type { BackendChoice } from '#shared/compute-protocol.ts';
import { runtimeFolder } from '../../../scripts/runtime/flavours.mjs';
import { installRuntime, machine } from './installed-runtime.ts';

const { cache } = machine(0);

afterAll(() => {
  fs.rmSync(cache, { recursive: true, force: true });
});

const wasm: BackendChoice = { name: 'wasm', device: 'cpu', threads: 1, passedOver: [] };

it('fixes threads and allocator, and keeps what was there', () => {
  const env = computeEnvironment({ ...wasm, threads: 3 }, { HOME: '/home/ada', TF_ENABLE_ONEDNN_OPTS: '0' });
  expect(env).toMatchObject({
    HOME: '/home/ada',
    TF_ENABLE_ONEDNN_OPTS: '0',
    TF_NUM_INTRAOP_THREADS: '3',
    TF_NUM_INTEROP_THREADS: '3',
    OMP_NUM_THREADS: '3',
    MALLOC_MMAP_MAX_: '0',
    MALLOC_TOP_PAD_: '536870912',
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
  });
  expect(env).not.toHaveProperty('LD_LIBRARY_PATH');
});

it("shows TensorFlow the chosen device alone, and the loader NVIDIA's folders", async () => {
  const folder = await installRuntime(cache, 'cuda');
  const choice: BackendChoice = {
    name: 'tensorflow',
    device: 'cuda:1',
    runtimeFolder: folder,
    threads: 2,
    passedOver: [],
  };
  const env = computeEnvironment(choice, { PATH: '/bin', LD_LIBRARY_PATH: '/mine', XLA_FLAGS: '--a=b' });
  expect(env).toMatchObject({
    CUDA_VISIBLE_DEVICES: '1',
    LD_LIBRARY_PATH: `${folder}/deps/lib:${folder}/deps/nvidia/cublas/lib:/mine`,
    PATH: `${folder}/deps/nvidia/cuda_nvcc/bin:/bin`,
    XLA_FLAGS: `--a=b --xla_gpu_cuda_data_dir=${folder}/deps/nvidia/cuda_nvcc`,
  });
  // A user's own restriction stays: the second of the devices that were left visible.
  expect(computeEnvironment(choice, { CUDA_VISIBLE_DEVICES: '4,6' }).CUDA_VISIBLE_DEVICES).toBe('6');
  expect(computeEnvironment({ ...choice, device: 'cpu' }, {}).CUDA_VISIBLE_DEVICES).toBe('-1');
});

it('lets the installed binding start in a process with this environment', async () => {
  const choice = await chooseBackend({ requested: 'tensorflow', device: 'cpu' });
  expect(choice.runtimeFolder).toBe(runtimeFolder(choice.runtimeFolder?.includes('-cuda-') ? 'cuda' : 'cpu'));
  const binding = path.join(choice.runtimeFolder ?? '', 'lib/napi-v8/tfjs_binding.node');
  const program = 'process.stdout.write(String(require(process.argv[1]).TF_Version))';
  const output = execFileSync(process.execPath, ['-e', program, binding], {
    env: computeEnvironment(choice),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  expect(output).toBe('2.21.0');
});

it('counts the cores it may use', () => {
  expect(physicalCores()).toBeGreaterThanOrEqual(1);
  expect(parseCpuList('0-2,5,7-8')).toEqual([0, 1, 2, 5, 7, 8]);
  expect(parseCpuList('')).toEqual([]);
});
