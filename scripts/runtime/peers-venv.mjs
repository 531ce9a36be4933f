/** @file The Python environment with PyTorch that tests and benchmarks measure the studio against. */
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { cacheFolder } from './cache-folder.mjs';
import { installDebianPackages } from './debian-packages.mjs';
import { folderSize } from './folder-size.mjs';
import { withLock } from './install-lock.mjs';
import { megabytes, say, startStep } from './progress.mjs';
import { findProgram, run } from './programs.mjs';
import { findPython } from './python.mjs';
import { SetupProblem, explainDisk } from './setup-problem.mjs';
import { inStaging, moveIntoPlace, sweep } from './staging.mjs';

// The CPU build by name: the plain one brings gigabytes of CUDA along.
const requirements = [
  'torch==2.13.0+cpu',
  'torchvision==0.28.0',
  'timm==1.0.29',
  'numpy',
  'pillow',
  'scikit-learn',
  'safetensors',
];
const cost = { download: 400e6, disk: 1.3e9 };
const stampName = 'peers.json';
const pythonInside = process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python';

/**
 * Makes sure that the environment is there.
 * @returns {Promise<string>} Path of its Python.
 * @throws {SetupProblem}
 */
export async function preparePeers() {
  const cache = cacheFolder();
  const key = `peers-${crypto.createHash('sha256').update(requirements.join(' ')).digest('hex').slice(0, 12)}`;
  const folder = path.join(cache, key);
  const program = path.join(folder, pythonInside);
  // The stamp is written last; the program is a link to a Python that may have been uninstalled since.
  const isThere = () => fs.existsSync(path.join(folder, stampName)) && fs.existsSync(program);
  if (isThere()) return program;
  say('The studio is measured against PyTorch, which goes into an environment of its own (once):');
  say(
    `  PyTorch 2.13 (CPU), torchvision, timm: about ${megabytes(cost.download)} to download, ${megabytes(cost.disk)} in ${folder}`,
  );
  await installDebianPackages({
    'python3-pip': () => hasModules('pip'),
    'python3-venv': () => hasModules('venv, ensurepip'),
  });
  const python = await findPython();
  try {
    await withLock(
      cache,
      key,
      async () => {
        sweep(cache);
        if (isThere()) return;
        await inStaging(cache, async (staging) => {
          const venv = path.join(staging, 'venv');
          await build(python, venv, path.join(staging, 'temporary'));
          fs.writeFileSync(path.join(venv, stampName), JSON.stringify({ requirements }));
          moveIntoPlace(venv, folder);
        });
      },
      (pid) => say(`  Another process (${pid}) is installing it; waiting for it …`),
    );
  } catch (thrown) {
    throw explainDisk(thrown, cache);
  }
  return program;
}

/**
 * A venv may be renamed afterwards: its Python finds itself; only the scripts beside it, which we don't use, would not.
 * @param {string} python
 * @param {string} venv
 * @param {string} temporary
 */
async function build(python, venv, temporary) {
  const made = await run(python, ['-m', 'venv', venv]);
  if (made.code !== 0)
    throw new SetupProblem(
      `${python} could not make a virtual environment (${lastLine(made.output)}).`,
      'Install its venv module (Debian, Ubuntu: apt install python3-venv).',
    );
  fs.mkdirSync(temporary);
  const step = startStep('installing PyTorch and its companions', cost.download + cost.disk);
  const watch = setInterval(() => step.update(folderSize(path.dirname(venv))), 2000);
  const { code, output } = await run(
    path.join(venv, pythonInside),
    [
      '-m',
      'pip',
      'install',
      '--no-cache-dir',
      '--disable-pip-version-check',
      '--no-input',
      '--progress-bar',
      'off',
    ].concat(['--retries', '1', ...requirements]),
    {
      env: { ...process.env, TMPDIR: temporary, PIP_REQUIRE_VIRTUALENV: '0', PIP_RESUME_RETRIES: '5' },
    },
  );
  clearInterval(watch);
  step.end(code === 0 ? undefined : 'failed');
  if (code === 0) return;
  const error = output.split('\n').find((line) => line.startsWith('ERROR:')) ?? lastLine(output);
  throw new SetupProblem(
    `pip could not install ${requirements[0]} and its companions (${error.replace(/^ERROR: */, '').slice(0, 160)}).`,
    "Check the network connection and that pip's index offers PyTorch's CPU builds.",
    'download',
  );
}

/** @param {string} modules */
async function hasModules(modules) {
  const python = findProgram('python3');
  return python !== null && (await run(python, ['-c', `import ${modules}`])).code === 0;
}

/** @param {string} text */
function lastLine(text) {
  return text.trim().split('\n').at(-1)?.slice(0, 160) ?? '';
}
