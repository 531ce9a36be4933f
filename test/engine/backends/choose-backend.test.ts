import fs from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { chooseBackend } from '#engine/backends/choose-backend.ts';
import { listBackends } from '#engine/backends/list-backends.ts';
import { writeFailure } from '../../../scripts/runtime/failure-note.mjs';
import { installRuntime, machine } from './installed-runtime.ts';

const caches: string[] = [];

function fresh(nvidiaDevices = 0): { cache: string; env: NodeJS.ProcessEnv } {
  const made = machine(nvidiaDevices);
  caches.push(made.cache);
  return made;
}

afterEach(() => {
  for (const cache of caches.splice(0)) fs.rmSync(cache, { recursive: true, force: true });
});

describe('choosing a backend', () => {
  it('takes TensorFlow where it is installed, passing over nothing', async () => {
    const { cache, env } = fresh();
    const folder = await installRuntime(cache, 'cpu');
    const choice = await chooseBackend({}, env);
    expect(choice).toMatchObject({ name: 'tensorflow', device: 'cpu', runtimeFolder: folder, passedOver: [] });
    expect(choice.threads).toBeGreaterThanOrEqual(1);
  });

  it('takes the CUDA flavour where devices are, and the device that was asked for', async () => {
    const { cache, env } = fresh(2);
    await installRuntime(cache, 'cpu');
    const folder = await installRuntime(cache, 'cuda');
    expect(await chooseBackend({}, env)).toMatchObject({ device: 'cuda:0', runtimeFolder: folder });
    expect(await chooseBackend({ device: 'cuda:1' }, env)).toMatchObject({ device: 'cuda:1', runtimeFolder: folder });
    expect(await chooseBackend({ device: 'cpu' }, env)).toMatchObject({ device: 'cpu', runtimeFolder: folder });
  });

  it('ignores an installed CUDA flavour where no device is', async () => {
    const { cache, env } = fresh(0);
    await installRuntime(cache, 'cuda');
    const folder = await installRuntime(cache, 'cpu');
    expect(await chooseBackend({}, env)).toMatchObject({ device: 'cpu', runtimeFolder: folder });
  });

  it('tells why the CUDA flavour was passed over, in the words of the set-up', async () => {
    const { cache, env } = fresh(1);
    await installRuntime(cache, 'cpu');
    writeFailure('tensorflow-2.21.0-cuda-linux-x64', { reason: 'The wheels are away.', conditions: '' }, cache);
    const { passedOver } = await chooseBackend({}, env);
    expect(passedOver).toEqual(['TensorFlow 2.21.0 (CUDA): The wheels are away.']);
  });

  it('falls back to wasm on one thread, telling why', async () => {
    const { env } = fresh();
    const choice = await chooseBackend({ threads: 8 }, env);
    expect(choice).toMatchObject({ name: 'wasm', device: 'cpu', threads: 1 });
    expect(choice.passedOver).toEqual(['TensorFlow 2.21.0 (CPU): it is not installed; run `npm run setup`.']);
  });

  it('does not take a damaged runtime', async () => {
    const { cache, env } = fresh();
    const folder = await installRuntime(cache, 'cpu');
    fs.writeFileSync(path.join(folder, 'deps', 'lib', 'libtensorflow_cc.so.2'), 'b library');
    const choice = await chooseBackend({}, env);
    expect(choice.name).toBe('wasm');
    expect(choice.passedOver.join()).toContain('deps/lib/libtensorflow_cc.so.2 is damaged');
  });

  it('takes wasm when it is asked for though TensorFlow is there', async () => {
    const { cache, env } = fresh();
    await installRuntime(cache, 'cpu');
    const choice = await chooseBackend({ requested: 'wasm' }, env);
    expect(choice).toMatchObject({ name: 'wasm', passedOver: ['TensorFlow is installed, but wasm was asked for.'] });
  });

  it('refuses what was asked for and is not there, saying why and what to do', async () => {
    const { cache, env } = fresh();
    await expect(chooseBackend({ requested: 'tensorflow' }, env)).rejects.toMatchObject({
      kind: 'backend',
      message: expect.stringContaining('it is not installed') as string,
      hint: expect.stringContaining('npm run setup') as string,
    });
    await installRuntime(cache, 'cpu');
    await expect(chooseBackend({ device: 'cuda:0' }, env)).rejects.toMatchObject({ kind: 'backend' });
    await expect(chooseBackend({ requested: 'wasm', device: 'cuda:0' }, env)).rejects.toMatchObject({
      kind: 'backend',
    });
  });

  it('refuses impossible threads and devices as wrong usage', async () => {
    const { env } = fresh();
    await expect(chooseBackend({ threads: 0 }, env)).rejects.toMatchObject({ kind: 'usage' });
    await expect(chooseBackend({ device: 'gpu' }, env)).rejects.toMatchObject({ kind: 'usage' });
  });
});

describe('listing the backends', () => {
  it('puts the better one first, with device and version', async () => {
    const { cache, env } = fresh(1);
    await installRuntime(cache, 'cuda');
    expect(await listBackends(env)).toMatchObject([
      { name: 'tensorflow', usable: true, trainable: true, device: 'cuda:0', version: '2.21.0', reason: '' },
      { name: 'wasm', usable: true, trainable: true, device: 'cpu', version: '4.22.0' },
    ]);
  });

  it('says why TensorFlow is not usable', async () => {
    const { env } = fresh();
    const [tensorflow] = await listBackends(env);
    expect(tensorflow).toMatchObject({ usable: false, trainable: false, device: null });
    expect(tensorflow?.reason).toContain('it is not installed');
  });
});
