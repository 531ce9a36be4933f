/** @file Reads vitest's report, so that a run closes with counts that leave nothing out. */
import fs from 'node:fs';

/**
 * @typedef {object} Counts
 * @property {number} passed
 * @property {number} failed
 * @property {string[]} skipped Full names.
 */

/**
 * @param {string} file vitest's JSON report.
 * @param {number} exitCode vitest's own.
 * @returns {Counts}
 */
export function readReport(file, exitCode) {
  /** @type {Counts} */
  const counts = { passed: 0, failed: 0, skipped: [] };
  if (fs.existsSync(file)) {
    /** @type {{ testResults: { name: string, status: string, assertionResults: { status: string, fullName: string }[] }[] }} */
    const report = JSON.parse(fs.readFileSync(file, 'utf8'));
    for (const result of report.testResults) {
      for (const test of result.assertionResults) {
        if (test.status === 'passed') counts.passed++;
        else if (test.status === 'failed') counts.failed++;
        else counts.skipped.push(test.fullName);
      }
      // A file that could not even be loaded has no tests to count.
      if (result.status === 'failed' && result.assertionResults.length === 0) counts.failed++;
    }
  }
  // Errors outside any test fail the run as well.
  if (exitCode !== 0 && counts.failed === 0) counts.failed = 1;
  return counts;
}

/**
 * The closing line of a run.
 * @param {Counts} counts
 * @returns {string}
 */
export function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`;
}
