/** @file What the demo says at its end: what was learned, and where to look. */
import type { EvaluationView, Protocol } from '#shared/evaluation.ts';
import type { RunView } from '#shared/run.ts';
import { evaluationLines, protocolTitles } from './evaluation-text.ts';
import { programName } from './help.ts';
import type { Style } from './style.ts';
import { duration } from './table.ts';

/** The closing table, in a sentence or two what it means, and where the report lies. */
export function demoSummary(run: RunView, report: string, style: Style): string {
  const gains = (['linear', 'knn'] as const).flatMap((protocol) => gain(run.evaluations, protocol));
  return [
    `${style.strong(run.name)}: ${run.progress?.epochs ?? run.config.epochs} epochs in ${duration(run.trainingSeconds)}`,
    '',
    ...evaluationLines(run, style),
    ...(gains.length === 0
      ? []
      : ['', `Pretraining without labels gained ${gains.join(' and ')} over the untrained encoder.`]),
    '',
    `Report: ${style.strong(report)}`,
    `All of it again: ${programName} runs show ${run.name}`,
  ].join('\n');
}

function gain(evaluations: readonly EvaluationView[], protocol: Protocol): string[] {
  const of = (encoder: EvaluationView['encoder']): number | undefined =>
    evaluations.findLast((each) => each.protocol === protocol && each.encoder === encoder)?.top1;
  const [pretrained, random] = [of('pretrained'), of('random')];
  if (pretrained === undefined || random === undefined) return [];
  const points = (pretrained - random) * 100;
  return [`${points >= 0 ? '+' : '−'}${Math.abs(points).toFixed(1)} points (${protocolTitles[protocol]})`];
}
