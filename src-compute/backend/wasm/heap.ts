/** @file Tensors and scratch space on the heap of TensorFlow.js' wasm backend, as the kernels need them. */
import * as tf from '@tensorflow/tfjs-core';
import type { DataType, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { UserError } from '#shared/errors.ts';
import type { Address, WasmMemory } from './kernels.ts';

/** The parts of TensorFlow.js' wasm backend (version pinned) that we use. */
export interface WasmKernelBackend {
  readonly wasm: {
    _malloc: (bytes: number) => number;
    _free: (address: number) => void;
    readonly asm: { readonly memory: WasmMemory };
  };
  readonly dataIdMap: { get(dataId: object): { memoryOffset: number } };
  makeOutput(shape: readonly number[], dtype: DataType): TensorInfo;
  incRef(dataId: object): void;
  disposeData(dataId: object): boolean;
}

const alignment = 16;

/**
 * [Note: the heap may grow] Any allocation may grow the WebAssembly memory, which detaches its ArrayBuffer. Addresses
 * stay good, views do not: so nothing here keeps a view, and kernels get addresses only.
 */
export class WasmHeap {
  readonly #backend: WasmKernelBackend;
  #scratch: Address = 0;
  #scratchBytes = 0;

  constructor(backend: WasmKernelBackend) {
    this.#backend = backend;
    refuseWhenFull(backend);
  }

  /** A new float32 tensor with arbitrary content, tracked by the current scope. */
  tensor(shape: readonly number[]): Tensor {
    return tf.engine().makeTensorFromTensorInfo(this.#backend.makeOutput([...shape], 'float32'));
  }

  /** Where a tensor's values lie. */
  address(tensor: TensorInfo): Address {
    if (tensor.dtype !== 'float32') throw new Error(`The wasm kernels take float32, not ${tensor.dtype}.`);
    return this.#backend.dataIdMap.get(tensor.dataId).memoryOffset;
  }

  /** Space for arrays of so many floats each, good until the next call. Its content is arbitrary. */
  scratch(...floats: readonly number[]): Address[] {
    const sizes = floats.map((count) => Math.ceil((4 * count) / alignment) * alignment);
    const bytes = sizes.reduce((sum, size) => sum + size, alignment);
    if (bytes > this.#scratchBytes) {
      this.#freeScratch();
      this.#scratch = this.#backend.wasm._malloc(bytes) >>> 0;
      this.#scratchBytes = bytes;
    }
    let next = Math.ceil(this.#scratch / alignment) * alignment;
    return sizes.map((size) => {
      const address = next;
      next += size;
      return address;
    });
  }

  dispose(): void {
    this.#freeScratch();
  }

  #freeScratch(): void {
    if (this.#scratchBytes > 0) this.#backend.wasm._free(this.#scratch);
    this.#scratchBytes = 0;
  }
}

/** TensorFlow.js does not look whether an allocation failed, and would write over its own data at address 0. */
function refuseWhenFull(backend: WasmKernelBackend): void {
  // Emscripten puts the real function in place of the first one at its first call, which must not undo our doing.
  backend.wasm._free(backend.wasm._malloc(alignment));
  const allocate = backend.wasm._malloc;
  backend.wasm._malloc = (bytes) => {
    const address = allocate(bytes);
    if (address !== 0) return address;
    const held = backend.wasm.asm.memory.buffer.byteLength;
    throw new UserError(
      `The wasm backend is out of memory: ${megabytes(bytes)} MB more do not fit beside the ${megabytes(held)} MB of its heap, which can have 4096 MB at most.`,
      'Choose a smaller batch size or encoder, or the tensorflow backend.',
      'memory',
    );
  };
}

function megabytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0);
}
