import process from 'node:process';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, test } from 'vitest';
import type { Backend } from '#compute/backend/backend.ts';
import { createWasmBackend } from '#compute/backend/wasm/wasm-backend.ts';
import { UserError } from '#shared/errors.ts';

describe('createWasmBackend', () => {
  let backend: Backend | undefined;

  afterEach(() => {
    backend?.dispose();
    backend = undefined;
  });

  test('names itself and its version', async () => {
    backend = await createWasmBackend({ threads: 1 });
    expect(backend).toMatchObject({ name: 'wasm', device: 'cpu', version: '4.22.0', threads: 1 });
    expect(tf.getBackend()).toBe('wasm');
  });

  test('leaves the handling of uncaught errors to the process', async () => {
    const before = [process.listenerCount('uncaughtException'), process.listenerCount('unhandledRejection')];
    backend = await createWasmBackend({ threads: 1 });
    expect([process.listenerCount('uncaughtException'), process.listenerCount('unhandledRejection')]).toEqual(before);
  });

  test('can be made again after it was disposed', async () => {
    const first = await createWasmBackend({ threads: 1 });
    first.dispose();
    backend = await createWasmBackend({ threads: 1 });
    expect([...backend.relu(tf.tensor1d([-1, 2])).dataSync()]).toEqual([0, 2]);
  });

  test('refuses more than one thread', async () => {
    await expect(createWasmBackend({ threads: 2 })).rejects.toThrow(UserError);
  });

  test('refuses shapes that do not fit and values that are not float32', async () => {
    backend = await createWasmBackend({ threads: 1 });
    const image = tf.zeros<tf.Rank.R4>([1, 4, 4, 3]);
    const filter = tf.zeros<tf.Rank.R4>([3, 3, 3, 8]);
    const made = backend;
    expect(() => made.conv2d(image, tf.zeros<tf.Rank.R4>([3, 3, 4, 8]), 1, 1)).toThrow('No convolution');
    expect(() => made.conv2d(image, filter, 1, 3)).toThrow('No convolution');
    expect(() => made.conv2d(tf.zeros<tf.Rank.R4>([1, 1, 1, 3]), filter, 1, 0)).toThrow('No convolution');
    expect(() => made.addRelu(image, filter)).toThrow('equal shapes');
    expect(() => made.batchNorm(image, tf.zeros([4]), tf.zeros([3]), 1e-5, false)).toThrow('3 values');
    expect(() => made.relu(tf.zeros([3], 'int32'))).toThrow('float32');
  });
});
