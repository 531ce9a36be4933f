/** @file Kernels of TensorFlow.js' own operations that we replace on its wasm backend, because they are slow there. */
import * as tf from '@tensorflow/tfjs-core';
import type { KernelConfig, KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmHeap, WasmKernelBackend } from './heap.ts';
import type { Kernels } from './kernels.ts';
import { product, transposedProduct } from './mat-mul.ts';

type WithOriginal = (original: KernelFunc) => KernelFunc;

/** Replaces the kernels; the function returned puts the originals back. */
export function overrideKernels(backend: WasmKernelBackend, kernels: Kernels, heap: WasmHeap): () => void {
  const restore = [
    override('Identity', (original) => identity(backend, original)),
    override('BatchMatMul', (original) => matrixProduct(backend, kernels, heap, original)),
  ];
  return () => {
    for (const undo of restore) undo();
  };
}

function override(kernelName: string, replacement: WithOriginal): () => void {
  const original: KernelConfig = tf.getKernel(kernelName, 'wasm');
  tf.unregisterKernel(kernelName, 'wasm');
  tf.registerKernel({ ...original, kernelFunc: replacement(original.kernelFunc) });
  return () => {
    tf.unregisterKernel(kernelName, 'wasm');
    tf.registerKernel(original);
  };
}

/** Shares the data instead of copying it: the tape clones every tensor that it saves. */
function identity(backend: WasmKernelBackend, original: KernelFunc): KernelFunc {
  return (call) => {
    const x = call.inputs.x as TensorInfo;
    if (x.dtype === 'string') return original(call);
    backend.incRef(x.dataId);
    return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
  };
}

/** One product of two matrices by our kernels; batches, and both factors transposed, as before. */
function matrixProduct(backend: WasmKernelBackend, kernels: Kernels, heap: WasmHeap, original: KernelFunc): KernelFunc {
  return (call) => {
    const [a, b] = [call.inputs.a, call.inputs.b] as [TensorInfo, TensorInfo];
    const { transposeA, transposeB } = call.attrs as { transposeA: boolean; transposeB: boolean };
    const [leading, inner, rows] = matrix(a, transposeA);
    const [leadingB, columns, innerB] = matrix(b, transposeB);
    if (leading.length > 0 || leadingB.length > 0 || (transposeA && transposeB) || a.dtype !== 'float32') {
      return original(call);
    }
    if (inner !== innerB) throw new Error(`No product of [${a.shape.join()}] and [${b.shape.join()}].`);
    const out = backend.makeOutput([rows, columns], 'float32');
    if (transposeA) transposedProduct(kernels, heap, a, b, out, inner, rows, columns);
    else product(kernels, heap, a, b, out, rows, inner, columns, transposeB);
    return out;
  };
}

/** A matrix' leading dimensions other than 1, columns and rows, after transposition. */
function matrix(tensor: TensorInfo, transposed: boolean): [number[], number, number] {
  const [rows, columns] = tensor.shape.slice(-2) as [number, number];
  const leading = tensor.shape.slice(0, -2);
  return transposed ? [leading, rows, columns] : [leading, columns, rows];
}
