/** @file Makes small stand-ins for TensorFlow's and NVIDIA's wheels, which pip takes and the binding links with. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { runtimeFolder } from '../../../scripts/runtime/flavours.mjs';

const here = import.meta.dirname;
const tag = 'cp311-cp311-manylinux_2_27_x86_64';

/** A folder of wheels for pip's `--find-links`: the CPU flavour. */
export function makeCpuWheels(folder: string): void {
  const library = compile(folder, 'cpu', []);
  makeWheel(folder, `tensorflow_cpu-2.21.0-${tag}`, '', tensorflowFiles(folder, library));
}

/** The CUDA flavour: TensorFlow's wheel names NVIDIA's, and its library needs one of them to start. */
export function makeCudaWheels(folder: string): void {
  const library = compile(folder, 'cuda', ['-DCUDA_LIBRARY="libcublas.so.12"']);
  makeWheel(
    folder,
    `tensorflow-2.21.0-${tag}`,
    [
      'Provides-Extra: and-cuda',
      'Requires-Dist: nvidia-cublas-cu12<13.0,>=12.5.3.2; extra == "and-cuda"',
      'Requires-Dist: nvidia-cuda-nvcc-cu12<13.0,>=12.5.82; extra == "and-cuda"',
      'Requires-Dist: numpy>=1.26.0',
    ].join('\n'),
    tensorflowFiles(folder, library),
  );
  const cublas = path.join(folder, 'cublas.so');
  execFileSync('gcc', ['-shared', '-Wl,-soname,libcublas.so.12', '-o', cublas, '-x', 'c', '/dev/null']);
  makeWheel(folder, 'nvidia_cublas_cu12-12.9.1.4-py3-none-manylinux_2_27_x86_64', '', {
    'nvidia/cublas/lib/libcublas.so.12': cublas,
  });
  const ptxas = path.join(folder, 'ptxas');
  fs.writeFileSync(ptxas, '#!/bin/sh\n', { mode: 0o755 });
  makeWheel(folder, 'nvidia_cuda_nvcc_cu12-12.9.86-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64', '', {
    'nvidia/cuda_nvcc/bin/ptxas': ptxas,
    'nvidia/cuda_nvcc/nvvm/libdevice/libdevice.10.bc': ptxas,
  });
}

function compile(folder: string, name: string, flags: readonly string[]): string {
  fs.mkdirSync(folder, { recursive: true });
  const library = path.join(folder, `${name}.so`);
  const source = path.join(here, 'tensorflow.c');
  execFileSync('gcc', [
    '-shared',
    '-fPIC',
    '-Wl,-soname,libtensorflow_cc.so.2',
    ...flags,
    '-o',
    library,
    source,
    '-ldl',
  ]);
  return library;
}

function tensorflowFiles(folder: string, library: string): Record<string, string> {
  const framework = path.join(folder, 'framework.so');
  execFileSync('gcc', ['-shared', '-Wl,-soname,libtensorflow_framework.so.2', '-o', framework, '-x', 'c', '/dev/null']);
  // The headers are TensorFlow's own, from the runtime that `npm test` installed.
  const include = path.join(runtimeFolder('cpu'), 'deps', 'include');
  if (!fs.existsSync(include)) throw new Error(`no headers in ${include}: run \`npm run setup\``);
  return {
    'tensorflow/libtensorflow_cc.so.2': library,
    'tensorflow/libtensorflow_framework.so.2': framework,
    'tensorflow/include': include,
  };
}

function makeWheel(folder: string, name: string, metadata: string, files: Readonly<Record<string, string>>): void {
  const wheel = path.join(folder, `${name}.whl`);
  execFileSync('python3', [path.join(here, 'make_wheel.py'), wheel, metadata, ...Object.entries(files).flat()]);
}
