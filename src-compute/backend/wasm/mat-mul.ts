/** @file Matrix products by the convolution kernels, in place of TensorFlow.js' own with their slow transposed forms. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmHeap } from './heap.ts';
import type { Address, Kernels } from './kernels.ts';

/** Positions that the kernel `transposedProduct` takes at a time. */
const productBlock = 64;

/** product [left, right] = a' b, for a [positions, left] and b [positions, right]. */
export function transposedProduct(
  kernels: Kernels,
  heap: WasmHeap,
  a: TensorInfo,
  b: TensorInfo,
  product: TensorInfo,
  positions: number,
  left: number,
  right: number,
): void {
  const wider = Math.ceil(right / 8) * 8;
  const [sums, aScratch, bScratch] = heap.scratch(
    Math.ceil(left / 4) * 4 * wider,
    productBlock * left + 4,
    productBlock * wider,
  ) as [Address, Address, Address];
  kernels.transposedProduct(
    heap.address(a),
    heap.address(b),
    heap.address(product),
    sums,
    aScratch,
    bScratch,
    positions,
    left,
    right,
  );
}

/** product [rows, columns] = a b, for a [rows, inner] and b [inner, columns] or, transposed, [columns, inner]. */
export function product(
  kernels: Kernels,
  heap: WasmHeap,
  a: TensorInfo,
  b: TensorInfo,
  product: TensorInfo,
  rows: number,
  inner: number,
  columns: number,
  transposeB: boolean,
): void {
  const [panels] = heap.scratch(inner * Math.ceil(columns / 8) * 8) as [Address];
  const [innerStride, columnStride] = transposeB ? [1, inner] : [columns, 1];
  kernels.packPanels(heap.address(b), panels, 1, 1, inner, columns, 0, 0, innerStride, columnStride);
  // A row of `rows` pixels through a 1x1 convolution, which needs no padded copy.
  kernels.convolve(heap.address(a), panels, heap.address(product), 0, 1, 1, rows, inner, 1, rows, columns, 1, 1, 0);
}
