import fs from 'node:fs';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { closingLine, readReport } from '../../../scripts/runtime/test-report.mjs';
import { freshFolder } from '../stand-in/run-script.ts';

const folder = freshFolder();
const file = path.join(folder, 'report.json');

afterAll(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

function report(...results: { status: string; tests: string[] }[]): void {
  const testResults = results.map(({ status, tests }) => ({
    name: 'a.test.ts',
    status,
    assertionResults: tests.map((each, index) => ({ status: each, fullName: `test ${index}` })),
  }));
  fs.writeFileSync(file, JSON.stringify({ testResults }));
}

it('counts what passed, failed and was skipped, and names the skipped', () => {
  report({ status: 'failed', tests: ['passed', 'failed', 'pending', 'todo'] }, { status: 'passed', tests: ['passed'] });
  const counts = readReport(file, 1);
  expect(counts).toEqual({ passed: 2, failed: 1, skipped: ['test 2', 'test 3'] });
  expect(closingLine(counts)).toBe('2 passed, 1 failed, 2 skipped');
});

it('counts a file that could not be loaded as a failure', () => {
  report({ status: 'failed', tests: [] });
  expect(readReport(file, 1)).toMatchObject({ passed: 0, failed: 1 });
});

it('counts a run that failed without a failed test, or without a report, as a failure', () => {
  report({ status: 'passed', tests: ['passed'] });
  expect(closingLine(readReport(file, 1))).toBe('1 passed, 1 failed');
  expect(closingLine(readReport(path.join(folder, 'none.json'), 1))).toBe('0 passed, 1 failed');
});
