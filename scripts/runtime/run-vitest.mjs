/** @file Runs vitest on Node 24 and counts what it did. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { checkout, checkoutEnvironment } from './checkout.mjs';
import { runVisibly } from './programs.mjs';
import { closingLine, readReport } from './test-report.mjs';

/**
 * @param {string} node24
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env Added to the environment.
 * @returns {Promise<import('./test-report.mjs').Counts>}
 */
export async function runVitest(node24, args, env = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'simclr-studio-report-'));
  const report = path.join(folder, 'report.json');
  try {
    const code = await runVisibly(
      node24,
      [
        path.join(checkout, 'node_modules', 'vitest', 'vitest.mjs'),
        'run',
        '--reporter=default',
        '--reporter=json',
      ].concat([`--outputFile.json=${report}`, ...args]),
      { cwd: checkout, env: { ...checkoutEnvironment(), ...env } },
    );
    return readReport(report, code);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Closes a run: names what was skipped, prints the counts, sets the exit code. Under CI nothing may be skipped.
 * @param {import('./test-report.mjs').Counts} counts
 */
export function closeRun(counts) {
  const strict = process.env['CI'] === 'true';
  for (const name of counts.skipped) console.log(`skipped: ${name}`);
  if (strict && counts.skipped.length > 0) console.log('With CI=true a skipped test counts as a failure.');
  console.log(closingLine(counts));
  if (counts.failed > 0 || (strict && counts.skipped.length > 0)) process.exitCode = 1;
}
