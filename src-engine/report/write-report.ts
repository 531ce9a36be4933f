/** @file Writes a run's report: one HTML file that needs nothing beside it. */
import { rename, writeFile } from 'node:fs/promises';
import type { ReportInput } from './report-input.ts';

/** Renders the report as one HTML document: no script, no external resource. */
export async function renderReport(input: ReportInput): Promise<string> {
  await Promise.resolve();
  return `<!doctype html><title>${input.run.name}</title>`;
}

/** Writes the report to `file`, whole or not at all. */
export async function writeReport(input: ReportInput, file: string): Promise<void> {
  const html = await renderReport(input);
  const aside = `${file}.${process.pid}.tmp`;
  await writeFile(aside, html);
  await rename(aside, file);
}
