/** @file Builds TensorFlow.js' Node binding on TensorFlow's own libraries, and proves that it loads. */
import fs from 'node:fs';
import path from 'node:path';
import { checkout, requireNode24 } from './checkout.mjs';
import { startStep } from './progress.mjs';
import { findProgram, run } from './programs.mjs';
import { SetupProblem } from './setup-problem.mjs';

/** The binding's place in a runtime; it looks for the libraries in ../../deps/lib, relative to itself. */
export const bindingPath = 'lib/napi-v8/tfjs_binding.node';

const bindingPackage = path.join(checkout, 'node_modules', '@tensorflow', 'tfjs-node-gpu');
const nodeGyp = path.join(checkout, 'node_modules', 'node-gyp', 'bin', 'node-gyp.js');

/**
 * The C++ compiler and make, as make's rules will look for them.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {{ compiler: string | null, make: string | null }}
 */
export function buildTools(env = process.env) {
  return { compiler: findProgram(env['CXX'] || 'g++', env), make: findProgram(env['MAKE'] || 'make', env) };
}

/** @throws {SetupProblem} where the compiler or make is missing. */
export function requireBuildTools() {
  const { compiler, make } = buildTools();
  if (compiler !== null && make !== null) return;
  const missing = [compiler === null ? 'A C++ compiler (g++)' : '', make === null ? 'make' : ''].filter(Boolean);
  throw new SetupProblem(
    `${missing.join(' and ')} ${missing.length === 1 ? 'was' : 'were'} not found.`,
    'Install a compiler (Debian, Ubuntu: apt install g++ make) and run `npm run setup`.',
  );
}

/**
 * Compiles the binding against `runtime`/deps and puts it at `bindingPath` there.
 * @param {object} order
 * @param {string} order.python node-gyp is partly Python.
 * @param {string} order.runtime Folder with deps/include and deps/lib.
 * @param {string} order.work An empty folder to build in.
 * @param {string} order.log File for the compiler's output.
 * @throws {SetupProblem}
 */
export async function buildBinding({ python, runtime, work, log }) {
  const step = startStep('compiling the binding', 1);
  const node = requireNode24();
  fs.mkdirSync(work, { recursive: true });
  for (const name of ['binding', 'binding.gyp', 'package.json'])
    fs.cpSync(path.join(bindingPackage, name), path.join(work, name), { recursive: true });
  fs.symlinkSync(path.join(runtime, 'deps'), path.join(work, 'deps'));
  const { code, output } = await run(
    node,
    [nodeGyp, 'rebuild', `--nodedir=${path.resolve(node, '..', '..')}`, `--python=${python}`, `--jobs=2`].concat([
      '--module_name=tfjs_binding',
      '--module_path=lib/napi-v8',
      '--napi_build_version=8',
    ]),
    // node-gyp takes a personal npm configuration from the environment: nothing of it may reach the build.
    { cwd: work, env: withoutNpmSettings(process.env) },
  );
  const built = path.join(work, 'build', bindingPath);
  if (code !== 0 || !fs.existsSync(built)) {
    step.end('failed');
    fs.mkdirSync(path.dirname(log), { recursive: true });
    fs.writeFileSync(log, output);
    throw new SetupProblem(
      'The binding to TensorFlow could not be compiled.',
      `The compiler's words are in ${log}; with that mended, run \`npm run setup\`.`,
      'build',
    );
  }
  fs.mkdirSync(path.dirname(path.join(runtime, bindingPath)), { recursive: true });
  fs.copyFileSync(built, path.join(runtime, bindingPath));
  step.end();
}

/**
 * Loads the binding in a process of its own: it starts TensorFlow and lists the devices.
 * @param {string} runtime
 * @param {readonly string[]} libraryFolders Relative to the runtime.
 * @throws {SetupProblem}
 */
export async function proveBinding(runtime, libraryFolders) {
  const step = startStep('trying it', 1);
  const { code, output } = await run(
    requireNode24(),
    ['-e', 'require(process.argv[1])', path.join(runtime, bindingPath)],
    {
      timeout: 180_000,
      env: {
        ...process.env,
        TF_CPP_MIN_LOG_LEVEL: '3',
        TF_FORCE_GPU_ALLOW_GROWTH: 'true',
        LD_LIBRARY_PATH: [...libraryFolders.map((folder) => path.join(runtime, folder)), process.env['LD_LIBRARY_PATH']]
          .filter(Boolean)
          .join(':'),
      },
    },
  );
  step.end(code === 0 ? undefined : 'failed');
  if (code === 0) return;
  const detail = output.split('\n').find((line) => /error|undefined symbol|cannot open|not found/i.test(line)) ?? '';
  throw new SetupProblem(
    `TensorFlow's library does not load here (${detail.trim().slice(0, 200)}).`,
    'It needs x86-64 with AVX and glibc 2.27 or newer.',
    'build',
  );
}

/** @param {NodeJS.ProcessEnv} env */
function withoutNpmSettings(env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^npm_(config|package_config)_/i.test(name)));
}
