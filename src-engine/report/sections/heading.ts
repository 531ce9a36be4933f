/** @file The head of the report: what run this is, what came of it, and the figures that matter. */
import { presets } from '#shared/configuration/presets.ts';
import type { Verdict } from '#shared/run.ts';
import { findEvaluation, gainOver } from '../chosen-evaluations.ts';
import { bytes, count, decimal, duration, fixed, median, moment, percent, points } from '../formatting.ts';
import { html, type Html, type HtmlPart } from '../html.ts';
import type { ReportInput } from '../report-input.ts';
import { verdictSentences } from '../verdict.ts';

/** Verdicts that call for attention, as a badge says them. */
const alarming: Readonly<Partial<Record<Verdict, string>>> = {
  atChance: 'not learning',
  collapsed: 'collapsed',
  diverged: 'diverged',
  trivial: 'trivial',
};

export function headingSection(input: ReportInput): Html {
  const { run } = input;
  const { encoder, epochs, batchSize } = run.config;
  const badVerdict = run.diagnosis === null ? undefined : alarming[run.diagnosis.verdict];
  const alarm = run.state === 'failed' || badVerdict !== undefined;
  const preset = presets.find(({ name }) => name === run.preset);
  const facts = [
    run.dataset.name,
    preset === undefined ? 'own recipe' : `preset ${preset.name}`,
    `${encoder.architecture}${encoder.widthMultiplier === 1 ? '' : ` ×${encoder.widthMultiplier}`}`,
    `${count(epochs)} epochs, batch ${count(batchSize)}`,
    run.backend === null ? 'not run yet' : `${run.backend} on ${run.device ?? 'cpu'}`,
    `seed ${run.seed}`,
    moment(run.startedAt ?? run.createdAt),
  ];
  return html`<header>
    <p class="brand">SimCLR Studio<span>Run report</span></p>
    <h1>
      ${run.name}<span class="badge${run.state === 'failed' ? ' alarm' : ''}">${run.state}</span
      >${badVerdict && html`<span class="badge alarm">${badVerdict}</span>`}
    </h1>
    <ul class="facts">
      ${facts.map((fact) => html`<li>${fact}</li>`)}
    </ul>
    <p class="verdict${alarm ? ' alarm' : ''}">${verdictSentences(input).join(' ')}</p>
    <dl class="figures">${keyFigures(input)}</dl>
  </header>`;
}

function keyFigures({ run, series }: ReportInput): HtmlPart {
  const probe = findEvaluation(run.evaluations, 'linear', 'pretrained');
  const knn = findEvaluation(run.evaluations, 'knn', 'pretrained');
  const untrained = findEvaluation(run.evaluations, 'linear', 'random');
  const gain = probe !== undefined && untrained !== undefined ? gainOver(probe, untrained) : undefined;
  const { loss, chanceLoss, processMemory } = run.metrics;
  const rate = median(series.imagesPerSecond?.values ?? []);
  return [
    probe && figure('Linear probe', percent(probe.top1), `${percent(probe.low)} to ${percent(probe.high)}`),
    knn && figure('kNN', percent(knn.top1), `${percent(knn.low)} to ${percent(knn.high)}`),
    gain && figure('Over untrained', points(gain.difference), `points, ${points(gain.low)} to ${points(gain.high)}`),
    loss && figure('Loss', fixed(loss.last, 3), chanceLoss === undefined ? '' : `chance ${fixed(chanceLoss.last, 3)}`),
    figure('Training', duration(run.trainingSeconds), run.progress === null ? '' : `${count(run.progress.step)} steps`),
    !Number.isNaN(rate) && figure('Throughput', decimal(rate, 3), 'images/s, median'),
    processMemory && figure('Peak memory', bytes(processMemory.max), 'training process'),
  ];
}

function figure(name: string, value: string, note: string): Html {
  return html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
    <dd class="sub">${note}</dd>
  </div>`;
}
