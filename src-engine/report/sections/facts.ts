/** @file Data, time, memory and machine. */
import { splitNames } from '#shared/dataset.ts';
import { bytes, count, decimal, duration, median, moment } from '../formatting.ts';
import { html, type Html, type HtmlPart } from '../html.ts';
import type { ReportInput } from '../report-input.ts';

type Fact = readonly [name: string, value: HtmlPart];

export function factsSection(input: ReportInput): Html {
  return html`<section>
    <h2>Data and machine</h2>
    <div class="columns">
      ${[
        factsTable('Dataset', datasetFacts(input)),
        factsTable('Time and memory', timeFacts(input)),
        factsTable('Environment', environmentFacts(input)),
      ]}
    </div>
    ${skipped(input)}
  </section>`;
}

function factsTable(caption: string, facts: readonly Fact[]): Html {
  return html`<table class="facts-table narrow">
    <caption>
      ${caption}
    </caption>
    <tbody>
      ${facts.map(
        ([name, value]) =>
          html`<tr>
            <th scope="row">${name}</th>
            <td>${value}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function datasetFacts({ run, dataset }: ReportInput): Fact[] {
  if (dataset === null)
    return [
      ['name', run.dataset.name],
      ['SHA-256', hash(run.dataset.sha256)],
      ['state', 'removed from the library'],
    ];
  const splits = splitNames.flatMap((name): Fact[] => {
    const split = dataset.splits[name];
    if (split === undefined) return [];
    const labels = split.labelled === split.count ? '' : `, ${count(split.labelled)} labelled`;
    return [[name, `${count(split.count)} images${labels}`]];
  });
  const triple = (values: readonly number[]) => values.map((value) => decimal(value, 4)).join(', ');
  return [
    ['name', dataset.name],
    ...splits,
    ['classes', dataset.classes.length === 0 ? 'none' : count(dataset.classes.length)],
    ['image size', `${dataset.imageSize} × ${dataset.imageSize} px`],
    ['mean (R, G, B)', triple(dataset.mean)],
    ['deviation (R, G, B)', triple(dataset.std)],
    ['skipped', count(dataset.skipped.length)],
    ['duplicates', count(dataset.duplicates)],
    ['size', bytes(dataset.bytes)],
    ['SHA-256', hash(dataset.sha256)],
    ['source', dataset.source],
    ['licence', dataset.licence],
  ];
}

function timeFacts({ run, series }: ReportInput): Fact[] {
  const rate = median(series.imagesPerSecond?.values ?? []);
  const waits = Array.from(series.dataWait?.values ?? []).filter(Number.isFinite);
  const evaluation = run.evaluations.reduce((sum, { seconds }) => sum + seconds, 0);
  const stored = run.checkpoints.reduce((sum, checkpoint) => sum + checkpoint.bytes, 0);
  const weights = run.checkpoints.at(-1)?.weightsSha256;
  const facts: (Fact | null)[] = [
    ['started', moment(run.startedAt)],
    ['ended', moment(run.endedAt)],
    ['training', duration(run.trainingSeconds)],
    run.progress && ['steps', `${count(run.progress.step)} of ${count(run.progress.steps)}`],
    Number.isNaN(rate) ? null : ['median throughput', `${decimal(rate, 3)} images/s`],
    waits.length > 0
      ? [
          'waiting for data',
          `${decimal((100 * waits.reduce((sum, wait) => sum + wait, 0)) / waits.length, 2)} % of the time`,
        ]
      : null,
    run.metrics.processMemory ? ['peak memory', bytes(run.metrics.processMemory.max)] : null,
    evaluation > 0 ? ['evaluation', duration(evaluation)] : null,
    ['checkpoints', run.checkpoints.length === 0 ? 'none' : `${count(run.checkpoints.length)}, ${bytes(stored)}`],
    weights === undefined ? null : ['weights’ SHA-256', hash(weights)],
  ];
  return facts.filter((fact) => fact !== null);
}

function environmentFacts({ run: { environment, id }, version }: ReportInput): Fact[] {
  if (environment === null)
    return [
      ['run', id],
      ['report by', `SimCLR Studio ${version}`],
      ['state', 'never ran'],
    ];
  return [
    ['backend', `${environment.backend} ${environment.backendVersion}`],
    ['device', environment.device],
    ['threads', count(environment.threads)],
    ['processor', environment.cpu],
    ['cores', count(environment.cores)],
    ['memory', bytes(environment.memoryBytes)],
    ['platform', environment.platform],
    ['Node', environment.node],
    ['SimCLR Studio', environment.studio],
    ['run', id],
    ...environment.passedOver.map((reason): Fact => ['not used', reason]),
  ];
}

function skipped({ dataset }: ReportInput): Html | null {
  if (dataset === null || dataset.skipped.length === 0) return null;
  const shown = dataset.skipped.slice(0, 50);
  const rest = dataset.skipped.length - shown.length;
  return html`<details>
    <summary>${count(dataset.skipped.length)} skipped files</summary>
    <ul class="skipped">
      ${shown.map(
        ({ path, reason }) => html`<li><b>${path}</b> ${reason}</li>`,
      )}${rest > 0 && html`<li>and ${count(rest)} more</li>`}
    </ul>
  </details>`;
}

function hash(sha256: string): Html {
  return html`<code title="${sha256}">${sha256.slice(0, 16)}</code>`;
}
