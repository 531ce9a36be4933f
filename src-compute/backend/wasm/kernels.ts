/** @file The compiled kernels (see kernels.as.ts) as typed functions over TensorFlow.js' heap. */
import { readFileSync } from 'node:fs';
import { UserError } from '#shared/errors.ts';

/** A byte address on the heap. */
export type Address = number;

/** The kernels. Sizes count elements, `relu` is 1 or 0; what each writes is told beside its source in kernels/. */
export interface Kernels {
  packPanels(
    filter: Address,
    panels: Address,
    kernelRows: number,
    kernelColumns: number,
    inputChannels: number,
    outputChannels: number,
    rowStride: number,
    columnStride: number,
    inputStride: number,
    outputStride: number,
  ): void;
  convolve(
    x: Address,
    panels: Address,
    y: Address,
    scratch: Address,
    images: number,
    height: number,
    width: number,
    inputChannels: number,
    outHeight: number,
    outWidth: number,
    outputChannels: number,
    kernel: number,
    stride: number,
    padding: number,
  ): void;
  convolveInputGradient(
    dy: Address,
    filter: Address,
    dx: Address,
    panels: Address,
    scratch: Address,
    images: number,
    height: number,
    width: number,
    inputChannels: number,
    outHeight: number,
    outWidth: number,
    outputChannels: number,
    kernel: number,
    stride: number,
    padding: number,
    before: number,
    after: number,
  ): void;
  convolutionFilterGradient(
    x: Address,
    dy: Address,
    filter: Address,
    sums: Address,
    xScratch: Address,
    dyScratch: Address,
    images: number,
    height: number,
    width: number,
    inputChannels: number,
    outHeight: number,
    outWidth: number,
    outputChannels: number,
    kernel: number,
    stride: number,
    padding: number,
  ): void;
  transposedProduct(
    a: Address,
    b: Address,
    product: Address,
    sums: Address,
    aScratch: Address,
    bScratch: Address,
    positions: number,
    left: number,
    right: number,
  ): void;
  batchNorm(
    x: Address,
    gamma: Address,
    beta: Address,
    y: Address,
    mean: Address,
    variance: Address,
    inverse: Address,
    rows: number,
    channels: number,
    epsilon: number,
    relu: number,
  ): void;
  normalise(
    x: Address,
    gamma: Address,
    beta: Address,
    mean: Address,
    inverse: Address,
    y: Address,
    rows: number,
    channels: number,
    relu: number,
  ): void;
  batchNormGradient(
    x: Address,
    dy: Address,
    gamma: Address,
    beta: Address,
    mean: Address,
    inverse: Address,
    dx: Address,
    dgamma: Address,
    dbeta: Address,
    rows: number,
    channels: number,
    relu: number,
  ): void;
  relu(x: Address, y: Address, count: number): void;
  addRelu(a: Address, b: Address, y: Address, count: number): void;
  reluGradient(y: Address, dy: Address, dx: Address, count: number): void;
  maxPool(x: Address, y: Address, images: number, height: number, width: number, channels: number): void;
  maxPoolGradient(
    x: Address,
    y: Address,
    dy: Address,
    dx: Address,
    images: number,
    height: number,
    width: number,
    channels: number,
  ): void;
  averagePool(x: Address, y: Address, images: number, pixels: number, channels: number): void;
  averagePoolGradient(dy: Address, dx: Address, images: number, pixels: number, channels: number): void;
}

/** A WebAssembly memory. */
export interface WasmMemory {
  readonly buffer: ArrayBufferLike;
}

/** What we use of the global WebAssembly, whose types come with the browser's only. */
interface WebAssemblyGlobal {
  validate: (bytes: Uint8Array) => boolean;
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: Record<string, Record<string, unknown>>) => { readonly exports: unknown };
}

/**
 * Instantiates kernels.wasm over a memory.
 * @throws UserError where this Node's WebAssembly lacks the instructions.
 */
export function loadKernels(memory: WasmMemory): Kernels {
  const { validate, Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyGlobal }).WebAssembly;
  const bytes = readFileSync(new URL('./kernels.wasm', import.meta.url));
  if (!validate(bytes)) {
    throw new UserError(
      `WebAssembly in Node ${process.versions.node} lacks the relaxed SIMD instructions that the wasm backend needs.`,
      'Use the Node 24 that "npm run setup" brings.',
      'backend',
    );
  }
  return new Instance(new Module(bytes), { env: { memory } }).exports as Kernels;
}
