/**
 * @file `npm test`: set-up, then types, lint, format and all tests. Arguments go to vitest, which then runs alone:
 * `npm test -- test/engine`.
 */
import path from 'node:path';
import { buildTools } from './runtime/binding.mjs';
import { checkout, checkoutEnvironment } from './runtime/checkout.mjs';
import { installDebianPackages } from './runtime/debian-packages.mjs';
import { entry } from './runtime/entry.mjs';
import { platformHasTensorflow } from './runtime/flavours.mjs';
import { findProgram, run, runVisibly } from './runtime/programs.mjs';
import { closeRun, runVitest } from './runtime/run-vitest.mjs';
import { setUp } from './runtime/set-up.mjs';

const checks = {
  types: ['typescript/bin/tsc', '--noEmit'],
  lint: ['eslint/bin/eslint.js', '.'],
  format: ['prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'],
};

await entry(async () => {
  const args = process.argv.slice(2);
  await installDebianPackages({
    'g++': () => buildTools().compiler !== null,
    make: () => buildTools().make !== null,
    'python3-pip': hasPip,
  });
  const { node24, tensorflow, problems } = await setUp({ explicit: true });
  if (tensorflow === null && platformHasTensorflow()) {
    console.log(`TensorFlow is not there, and its tests will fail: ${problems.join(' ')}`);
    if (process.env['CI'] === 'true') {
      closeRun({ passed: 0, failed: 1, skipped: [] });
      return;
    }
  }
  const failed = args.length === 0 ? await runChecks(node24) : [];
  const counts = await runVitest(node24, args);
  if (args.length === 0)
    console.log(
      `Checks: ${Object.keys(checks)
        .map((name) => `${name} ${failed.includes(name) ? 'FAILED' : 'ok'}`)
        .join(', ')}`,
    );
  const checked = args.length === 0 ? Object.keys(checks).length : 0;
  closeRun({
    passed: counts.passed + checked - failed.length,
    failed: counts.failed + failed.length,
    skipped: counts.skipped,
  });
});

/**
 * @param {string} node24
 * @returns {Promise<string[]>} Names of the checks that failed.
 */
async function runChecks(node24) {
  /** @type {string[]} */
  const failed = [];
  for (const [name, [program = '', ...args]] of Object.entries(checks)) {
    console.log(`Checking ${name} …`);
    const file = path.join(checkout, 'node_modules', program);
    if ((await runVisibly(node24, [file, ...args], { cwd: checkout, env: checkoutEnvironment() })) !== 0)
      failed.push(name);
  }
  return failed;
}

async function hasPip() {
  const python = findProgram('python3');
  return python !== null && (await run(python, ['-c', 'import pip'])).code === 0;
}
