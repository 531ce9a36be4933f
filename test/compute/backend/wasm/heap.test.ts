import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Backend } from '#compute/backend/backend.ts';
import { valueAndGradients } from '#compute/backend/gradients.ts';
import type { WasmKernelBackend } from '#compute/backend/wasm/heap.ts';
import { createWasmBackend } from '#compute/backend/wasm/wasm-backend.ts';
import { UserError } from '#shared/errors.ts';
import { normal, toTensor } from '../reference/array.ts';

const mebibyte = 2 ** 20;

/** Takes heap without touching it. */
function allocate(bytes: number): tf.Tensor {
  const kernels = tf.backend() as unknown as WasmKernelBackend;
  return tf.engine().makeTensorFromTensorInfo(kernels.makeOutput([bytes / 4], 'float32'));
}

function heapBytes(): number {
  return (tf.backend() as unknown as WasmKernelBackend).wasm.asm.memory.buffer.byteLength;
}

describe('the heap of the wasm backend', () => {
  let backend: Backend;

  beforeAll(async () => {
    backend = await createWasmBackend({ threads: 1 });
  });
  afterAll(() => {
    backend.dispose();
  });

  function gradientsOfConvolution(between: () => void): number[][] {
    return tf.tidy(() => {
      const x = toTensor<Tensor4D>(normal([2, 8, 8, 5], 1));
      const filter = toTensor<Tensor4D>(normal([3, 3, 5, 7], 2));
      const { gradients } = valueAndGradients(
        () => {
          const y = backend.conv2d(x, filter, 1, 1);
          between();
          return tf.sum(tf.square(backend.relu(y)));
        },
        { x, filter },
      );
      return Object.values(gradients).map((gradient) => [...gradient.dataSync()]);
    });
  }

  test('may grow between and within computations without changing a result', () => {
    const expected = gradientsOfConvolution(() => undefined);
    const before = heapBytes();
    const grown = gradientsOfConvolution(() => {
      for (let count = 0; count < 4; count++) allocate(100 * mebibyte);
    });
    expect(heapBytes()).toBeGreaterThan(before + 300 * mebibyte);
    expect(grown).toEqual(expected);
    expect(gradientsOfConvolution(() => undefined)).toEqual(expected);
  });

  test('works above the 2 GB where addresses no longer fit a signed number', () => {
    const expected = gradientsOfConvolution(() => undefined);
    const lower = [allocate(1100 * mebibyte), allocate(1100 * mebibyte)];
    expect(gradientsOfConvolution(() => undefined)).toEqual(expected);
    tf.dispose(lower);
  });

  test('tells the user when its 4 GB are full, and works on afterwards', () => {
    const before = tf.memory().numTensors;
    const fill = (): void => {
      tf.tidy(() => {
        for (let count = 0; count < 5; count++) allocate(1000 * mebibyte);
      });
    };
    let thrown: unknown;
    try {
      fill();
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(UserError);
    expect(thrown).toMatchObject({ kind: 'memory' });
    expect((thrown as UserError).line).toMatch(/out of memory: 1000 MB more .* smaller batch size/);
    expect(tf.memory().numTensors).toBe(before);
    expect(
      gradientsOfConvolution(() => undefined)
        .flat()
        .every(Number.isFinite),
    ).toBe(true);
  });
});
