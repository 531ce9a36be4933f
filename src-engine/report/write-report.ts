/** @file Writes a run's report: one HTML file that needs nothing beside it. */
import { rename, rm, writeFile } from 'node:fs/promises';
import process from 'node:process';
import { moment } from './formatting.ts';
import { Html, html } from './html.ts';
import type { ReportInput } from './report-input.ts';
import { classesSection } from './sections/classes.ts';
import { curvesSection } from './sections/curves.ts';
import { evaluationSection } from './sections/evaluation.ts';
import { factsSection } from './sections/facts.ts';
import { headingSection } from './sections/heading.ts';
import { settingsSection } from './sections/settings.ts';
import { viewsSection } from './sections/views.ts';
import { styles } from './styles.ts';

/** Renders the report as one HTML document: no script, no external resource. */
export async function renderReport(input: ReportInput): Promise<string> {
  const sections = [
    headingSection(input),
    evaluationSection(input),
    curvesSection(input),
    classesSection(input),
    await viewsSection(input),
    settingsSection(input),
    factsSection(input),
  ];
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"
        />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${input.run.name} · SimCLR Studio</title>
        <style>
          ${new Html(styles)}
        </style>
      </head>
      <body>
        <main>${sections}</main>
        <footer>SimCLR Studio ${input.version}, report of ${moment(input.generatedAt.toISOString())}</footer>
      </body>
    </html> `.text;
}

/** Writes the report to `file`, whole or not at all. */
export async function writeReport(input: ReportInput, file: string): Promise<void> {
  const aside = `${file}.${process.pid}.tmp`;
  try {
    await writeFile(aside, await renderReport(input));
    await rename(aside, file);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
}
