/** @file Fetches wheels with the user's pip and takes the needed files out of them. */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { folderSize } from './folder-size.mjs';
import { startStep } from './progress.mjs';
import { run } from './programs.mjs';
import { SetupProblem } from './setup-problem.mjs';
import { inStaging, moveIntoPlace } from './staging.mjs';

// Named explicitly, so that a pip of any Python on any distribution serves: only the libraries inside are used.
const target = ['--python-version', '3.11', '--implementation', 'cp', '--abi', 'cp311'];
const platforms = [
  'manylinux_2_28',
  'manylinux_2_27',
  'manylinux_2_24',
  'manylinux_2_17',
  'manylinux2014',
  'manylinux1',
];

/**
 * Wheels of the given requirements, without what they depend on. Kept under `downloads/` until the installation is
 * whole, so that a set-up that is ended in between does not download twice.
 * @param {object} order
 * @param {string} order.cache
 * @param {string} order.python
 * @param {string} order.name Name of the kept download.
 * @param {string} order.label For the user.
 * @param {readonly string[]} order.requirements
 * @param {number} order.bytes What is expected, about.
 * @returns {Promise<string[]>} Paths of the wheels.
 * @throws {SetupProblem}
 */
export async function fetchWheels({ cache, python, name, label, requirements, bytes }) {
  const kept = path.join(cache, 'downloads', name);
  if (!fs.existsSync(kept)) {
    await inStaging(cache, async (staging) => {
      const wheels = path.join(staging, 'wheels');
      const temporary = path.join(staging, 'temporary');
      fs.mkdirSync(temporary);
      const step = startStep(`downloading ${label}`, bytes);
      const watch = setInterval(() => step.update(Math.max(folderSize(temporary), folderSize(wheels))), 500);
      try {
        await download(python, wheels, temporary, requirements);
      } catch (thrown) {
        step.end('failed');
        throw thrown;
      } finally {
        clearInterval(watch);
      }
      step.end();
      moveIntoPlace(wheels, kept);
    });
  }
  return fs
    .readdirSync(kept)
    .filter((file) => file.endsWith('.whl'))
    .map((file) => path.join(kept, file));
}

/**
 * @param {string} python
 * @param {string} wheels
 * @param {string} temporary
 * @param {readonly string[]} requirements
 */
async function download(python, wheels, temporary, requirements) {
  const { code, output } = await run(
    python,
    ['-m', 'pip', 'download', '--dest', wheels, '--no-deps', '--only-binary=:all:', ...target]
      .concat(platforms.flatMap((platform) => ['--platform', `${platform}_x86_64`]))
      .concat(['--no-cache-dir', '--disable-pip-version-check', '--no-input', '--progress-bar', 'off'])
      .concat(['--retries', '2', '--timeout', '30', ...requirements]),
    // Newer pips resume a broken download; older ones don't know the variable and don't mind it.
    { env: { ...process.env, TMPDIR: temporary, PIP_RESUME_RETRIES: '5', PIP_REQUIRE_VIRTUALENV: '0' } },
  );
  if (code === 0) return;
  if (/No space left|ENOSPC|Errno 28\b/.test(output)) throw diskFull(wheels);
  const errors = output.split('\n').filter((line) => line.startsWith('ERROR:'));
  const detail = (errors[0] ?? output.trim().split('\n').at(-1) ?? '').replace(/^ERROR: */, '').slice(0, 160);
  throw new SetupProblem(
    `pip could not fetch ${requirements[0]}${requirements.length > 1 ? ' …' : ''} (${detail}).`,
    'Check the network connection and run `npm run setup`.',
    'download',
  );
}

/**
 * Takes files out of a wheel.
 * @param {object} order
 * @param {string} order.python
 * @param {string} order.wheel
 * @param {string} order.folder
 * @param {string} order.label
 * @param {readonly (readonly [prefix: string, destination: string])[]} order.rules What goes where; the first match counts.
 * @throws {SetupProblem}
 */
export async function extractWheel({ python, wheel, folder, label, rules }) {
  /** @type {ReturnType<typeof startStep> | undefined} */
  let step;
  const program = fileURLToPath(new URL('extract_wheel.py', import.meta.url));
  const { code, output } = await run(python, [program, wheel, folder, ...rules.flat()], {
    onLine(line) {
      const [word, number] = line.split(' ');
      if (word === 'total') step = startStep(`unpacking ${label}`, Number(number));
      if (word === 'done') step?.update(Number(number));
    },
  });
  step?.end(code === 0 ? undefined : 'failed');
  if (code === 0) return;
  if (code === 3) throw diskFull(folder);
  // A damaged download must not be used again.
  fs.rmSync(path.dirname(wheel), { recursive: true, force: true });
  throw new SetupProblem(
    `${path.basename(wheel)} could not be unpacked (${output.trim().split('\n').at(-1)?.slice(0, 160) ?? ''}).`,
    'Run `npm run setup` to download it again.',
    'download',
  );
}

/** @param {string} folder */
function diskFull(folder) {
  return new SetupProblem(
    `There is no space left in ${path.dirname(path.dirname(folder))}.`,
    'Free some, or set SIMCLR_STUDIO_CACHE to a folder elsewhere.',
    'disk',
  );
}
