import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { fullCheck, readManifest } from '../../scripts/runtime/manifest.mjs';
import { findProgram } from '../../scripts/runtime/programs.mjs';
import { freshEnvironment, freshFolder, runScript, startScript, type ScriptResult } from './stand-in/run-script.ts';
import { makeCpuWheels, makeCudaWheels } from './stand-in/wheels.ts';

const cpuKey = 'tensorflow-2.21.0-cpu-linux-x64';
const cudaKey = 'tensorflow-2.21.0-cuda-linux-x64';
const root = freshFolder();
const wheels = path.join(root, 'wheels');
/** A binding compiled once, for the tests that are not about compiling, and a cache with it. */
const binding = path.join(root, 'tfjs_binding.node');
const installed = path.join(root, 'installed');
const quickCompiler = {
  CXX: path.join(import.meta.dirname, 'stand-in', 'compiler.sh'),
  STAND_IN_BINDING: binding,
};

// A set-up takes a few seconds alone, and these run beside all other tests.
vi.setConfig({ testTimeout: 300_000 });

let home = '';
let cache = '';
let number = 0;

beforeEach(() => {
  home = path.join(root, `home-${number++}`);
  fs.mkdirSync(home);
  cache = path.join(home, '.cache', 'simclr-studio');
});

beforeAll(() => {
  makeCpuWheels(wheels);
  makeCudaWheels(wheels);
});

afterAll(() => {
  fs.rmSync(root, { recursive: true, force: true });
});

function setUp(more: NodeJS.ProcessEnv = quickCompiler, args: readonly string[] = []): Promise<ScriptResult> {
  return runScript('scripts/setup.mjs', args, freshEnvironment(home, wheels, more));
}

/** What should not be in a cache: half-made folders, locks, downloads. */
function leftovers(): string[] {
  return fs
    .readdirSync(cache, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.startsWith('.making-') || name.startsWith('.removed-') || /\.lock|\.whl$/.test(name));
}

function expectNoStackTrace(result: ScriptResult): void {
  expect(result.stderr).not.toMatch(/^\s+at /m);
  expect(result.stderr).not.toContain('Traceback');
}

describe('set-up with an empty home', () => {
  it('installs, compiles and tries the runtime, says what is coming, and is silent the next time', async () => {
    const first = await setUp({});
    expect(first.stderr).toMatch(/^SimCLR Studio sets up what is missing/);
    expect(first.stderr).toMatch(/about 274 MB to download, 860 MB in /);
    expect(first.stderr).toMatch(/compiling the binding: \d/);
    expect(first.code).toBe(0);
    const folder = path.join(cache, cpuKey);
    expect(await fullCheck(folder)).toBeNull();
    expect(readManifest(folder)).toMatchObject({ version: '2.21.0', flavour: 'cpu', libraryFolders: ['deps/lib'] });
    expect(leftovers()).toEqual([]);
    fs.copyFileSync(path.join(folder, 'lib/napi-v8/tfjs_binding.node'), binding);
    fs.cpSync(cache, installed, { recursive: true, preserveTimestamps: true });

    const again = await setUp({});
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(again.stdout).toContain(folder);
  });

  it('replaces a runtime in which a byte has changed', async () => {
    fs.cpSync(installed, cache, { recursive: true, preserveTimestamps: true });
    const library = path.join(cache, cpuKey, 'deps/lib/libtensorflow_cc.so.2');
    flipByte(library);
    const result = await setUp();
    expect(result.stderr).toMatch(
      /is damaged \(deps\/lib\/libtensorflow_cc\.so\.2 is damaged\); it will be installed again/,
    );
    expect(result.code).toBe(0);
    expect(await fullCheck(path.join(cache, cpuKey))).toBeNull();
  });

  it('finds damage that left size and time alone when asked to verify', async () => {
    fs.cpSync(installed, cache, { recursive: true, preserveTimestamps: true });
    const library = path.join(cache, cpuKey, 'deps/lib/libtensorflow_cc.so.2');
    const { atime, mtime } = fs.statSync(library);
    flipByte(library);
    fs.utimesSync(library, atime, mtime);
    const result = await setUp(quickCompiler, ['--verify']);
    expect(result.stderr).toContain('is damaged');
    expect(await fullCheck(path.join(cache, cpuKey))).toBeNull();
  });

  it('lets two set-ups at once install one runtime', async () => {
    const both = await Promise.all([setUp(), setUp()]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    const said = both.map(({ stderr }) => stderr).join('');
    expect(said.match(/unpacking TensorFlow: \d/g)).toHaveLength(1);
    expect(said).toMatch(/Another set-up \(process \d+\) is at it; waiting/);
    expect(await fullCheck(path.join(cache, cpuKey))).toBeNull();
    expect(leftovers()).toEqual([]);
  });

  it('leaves no broken cache when it is killed at any moment', async () => {
    const folder = path.join(cache, cpuKey);
    const started = performance.now();
    await setUp();
    const whole = performance.now() - started;
    fs.rmSync(folder, { recursive: true });
    const kills = 6;
    for (let index = 0; index < kills; index++) {
      const { child, done } = startScript('scripts/setup.mjs', [], freshEnvironment(home, wheels, quickCompiler));
      // Spread over the whole of it, at another moment each time the test runs.
      await sleep((whole * (index + Math.random())) / kills);
      if (child.pid !== undefined && child.exitCode === null)
        process.kill(index % 2 === 0 ? -child.pid : child.pid, 'SIGKILL');
      await done;
      if (readManifest(folder) !== null) {
        expect(await fullCheck(folder)).toBeNull();
        fs.rmSync(folder, { recursive: true });
      }
    }
    const last = await setUp();
    expect(last.code).toBe(0);
    expect(await fullCheck(folder)).toBeNull();
    // What a killed one had started may have gone on for a moment: a later set-up sweeps that too.
    await setUp();
    expect(leftovers()).toEqual([]);
  });

  it('removes what it was making when it is interrupted', async () => {
    const { child, done } = startScript('scripts/setup.mjs', [], freshEnvironment(home, wheels, quickCompiler));
    while (!fs.existsSync(cache) || !fs.readdirSync(cache).some((name) => name.startsWith('.making-'))) await sleep(5);
    child.kill('SIGINT');
    expect((await done).code).toBe(130);
    expect(leftovers().filter((name) => !name.endsWith('.whl'))).toEqual([]);
  });

  it('takes the lock of a dead set-up over', async () => {
    const lock = path.join(cache, 'locks', `${cpuKey}.lock`);
    fs.mkdirSync(path.dirname(lock), { recursive: true });
    const { child, done } = startScript('scripts/setup.mjs', [], freshEnvironment(home, wheels, quickCompiler));
    while (!fs.existsSync(lock)) await sleep(5);
    child.kill('SIGKILL');
    await done;
    expect(fs.existsSync(lock)).toBe(true);
    const result = await setUp();
    expect(result.code).toBe(0);
    expect(await fullCheck(path.join(cache, cpuKey))).toBeNull();
    expect(fs.existsSync(lock)).toBe(false);
  });
});

describe('the CUDA flavour, with stand-in wheels', () => {
  it("lays NVIDIA's libraries out so that TensorFlow's library finds them", async () => {
    const result = await setUp({ SIMCLR_STUDIO_NVIDIA_DEVICES: '1' });
    expect(result.stderr).toContain('(CUDA): about 3.4 GB to download');
    // The stand-in starts only when the loader finds libcublas.so.12, as the set-up's own trial run does.
    expect(result.stderr).toMatch(/trying it: \d/);
    const folder = path.join(cache, cudaKey);
    expect(await fullCheck(folder)).toBeNull();
    expect(readManifest(folder)).toMatchObject({
      flavour: 'cuda',
      libraryFolders: ['deps/lib', 'deps/nvidia/cublas/lib'],
      programFolders: ['deps/nvidia/cuda_nvcc/bin'],
      cudaDataFolder: 'deps/nvidia/cuda_nvcc',
    });
    expect(() => {
      fs.accessSync(path.join(folder, 'deps/nvidia/cuda_nvcc/bin/ptxas'), fs.constants.X_OK);
    }).not.toThrow();
    expect(leftovers()).toEqual([]);
  });

  it('falls back to the CPU flavour where its wheels cannot be had', async () => {
    const cpuOnly = path.join(root, 'cpu-only');
    fs.mkdirSync(cpuOnly, { recursive: true });
    for (const name of fs.readdirSync(wheels).filter((file) => file.startsWith('tensorflow_cpu-')))
      fs.copyFileSync(path.join(wheels, name), path.join(cpuOnly, name));
    const env = freshEnvironment(home, cpuOnly, { ...quickCompiler, SIMCLR_STUDIO_NVIDIA_DEVICES: '1' });
    const result = await runScript('scripts/setup.mjs', [], env);
    expect(result.code).toBe(0);
    expect(result.stderr).toMatch(/TensorFlow \(CUDA\) is left out: pip could not fetch tensorflow==2\.21\.0/);
    expect(result.stdout).toContain(path.join(cache, cpuKey));
    expectNoStackTrace(result);
  });
});

describe('a machine on which TensorFlow cannot be had', () => {
  /** A PATH with only the named programs. */
  function pathOf(...programs: string[]): string {
    const folder = path.join(home, 'bin');
    fs.mkdirSync(folder);
    for (const name of programs) {
      // A version manager's python3 is a script that needs the rest of the PATH: link the interpreter itself.
      const program = name === 'python3' ? interpreter() : findProgram(name);
      fs.symlinkSync(program ?? '', path.join(folder, name));
    }
    return folder;
  }

  async function expectLeftOut(env: NodeJS.ProcessEnv, reason: RegExp): Promise<void> {
    const first = await setUp(env);
    expect(first.code).toBe(0);
    expect(first.stderr).toMatch(reason);
    expect(first.stderr).toContain('The wasm backend remains');
    expectNoStackTrace(first);
    expect(leftovers()).toEqual([]);
  }

  it('says in one line that Python is missing, once', async () => {
    const env = { PATH: pathOf('node', 'sh', 'g++', 'make') };
    await expectLeftOut(env, /^TensorFlow \(CPU\) is left out: Python 3 was not found\. Install Python 3 .*$/m);
    const start = await runScript('scripts/start.mjs', [], freshEnvironment(home, wheels, env));
    expect(start).toMatchObject({ code: 0, stderr: '' });
  });

  it('tries again by itself once Python is there', async () => {
    await setUp({ ...quickCompiler, PATH: pathOf('node', 'sh', 'make') });
    const start = await runScript('scripts/start.mjs', [], freshEnvironment(home, wheels, quickCompiler));
    expect(start.code).toBe(0);
    expect(await fullCheck(path.join(cache, cpuKey))).toBeNull();
  });

  it('says in one line that the compiler is missing, before anything is downloaded', async () => {
    await expectLeftOut(
      { PATH: pathOf('node', 'sh', 'python3') },
      /^TensorFlow \(CPU\) is left out: A C\+\+ compiler \(g\+\+\) and make were not found\. Install a compiler .*$/m,
    );
  });

  it('says in one line that pip found no wheel', async () => {
    const result = await runScript('scripts/setup.mjs', [], freshEnvironment(home, root, quickCompiler));
    expect(result.code).toBe(0);
    expect(result.stderr).toMatch(
      /^TensorFlow \(CPU\) is left out: pip could not fetch tensorflow-cpu==2\.21\.0 \(.*\)\. Check .*$/m,
    );
    expectNoStackTrace(result);
  });

  it("says in one line that compiling failed, and where the compiler's words are", async () => {
    const result = await setUp({ ...quickCompiler, STAND_IN_BINDING: '/nowhere' });
    expect(result.code).toBe(0);
    const log = /The compiler's words are in (\S+);/.exec(result.stderr)?.[1] ?? '';
    expect(fs.readFileSync(log, 'utf8')).toContain('/nowhere');
    expectNoStackTrace(result);
  });

  it('says in one line that the cache cannot be written', async () => {
    fs.writeFileSync(path.join(home, 'file'), '');
    const result = await setUp({ ...quickCompiler, SIMCLR_STUDIO_CACHE: path.join(home, 'file', 'cache') });
    expect(result.code).toBe(0);
    expect(result.stderr).toMatch(/The folder \S+ cannot be written \(ENOTDIR\)\. Set SIMCLR_STUDIO_CACHE/);
    expectNoStackTrace(result);
  });

  it('throws a download away that turns out to be damaged', async () => {
    const bad = path.join(home, 'wheels');
    fs.mkdirSync(bad);
    const name = 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl';
    fs.copyFileSync(path.join(wheels, name), path.join(bad, name));
    const kept = path.join(cache, 'downloads', cpuKey);
    fs.mkdirSync(kept, { recursive: true });
    fs.writeFileSync(path.join(kept, name), fs.readFileSync(path.join(wheels, name)).subarray(0, 4000));
    const result = await setUp();
    expect(result.stderr).toMatch(/TensorFlow \(CPU\) is left out: tensorflow_cpu\S+ could not be unpacked/);
    expectNoStackTrace(result);
    expect((await setUp()).stdout).toContain(path.join(cache, cpuKey));
  });
});

function interpreter(): string {
  return execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();
}

function flipByte(file: string): void {
  const bytes = fs.readFileSync(file);
  const at = Math.floor(bytes.length / 2);
  bytes[at] = (bytes[at] ?? 0) ^ 0xff;
  fs.writeFileSync(file, bytes);
}
