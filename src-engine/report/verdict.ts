/** @file The report's first paragraph: how the run ended, whether it learned, and what its features are worth. */
import type { EvaluationView, Protocol } from '#shared/evaluation.ts';
import type { RunState } from '#shared/run.ts';
import { findEvaluation, gainOver } from './chosen-evaluations.ts';
import { count, duration, percent, points } from './formatting.ts';
import type { ReportInput } from './report-input.ts';

/** The sentences, in order. Plain text. */
export function verdictSentences(input: ReportInput): string[] {
  return [outcome(input), diagnosis(input), ...worth(input)].filter((sentence) => sentence !== '');
}

const stateWords: Readonly<Record<RunState, string>> = {
  draft: 'Not started yet.',
  queued: 'Waiting to start.',
  running: 'Still training',
  paused: 'Paused',
  finished: 'Finished',
  stopped: 'Stopped',
  failed: 'Failed',
  interrupted: 'Interrupted',
};

function outcome({ run }: ReportInput): string {
  const words = stateWords[run.state];
  if (run.state === 'draft' || run.state === 'queued' || run.progress === null)
    return words.endsWith('.') ? words : `${words}.`;
  const { epoch, epochs } = run.progress;
  const done = run.state === 'finished' ? `${count(epochs)} epochs` : `${count(epoch)} of ${count(epochs)} epochs`;
  const time = run.trainingSeconds > 0 ? `, ${duration(run.trainingSeconds)} of training` : '';
  const failure = run.failure === null ? '' : ` ${run.failure.message} ${run.failure.hint}`.trimEnd();
  return `${words} after ${done}${time}.${failure}`;
}

function diagnosis({ run }: ReportInput): string {
  return run.diagnosis?.text ?? '';
}

function worth({ run, dataset }: ReportInput): string[] {
  const sentences = (['linear', 'knn'] as const).map((protocol) => worthBy(protocol, run.evaluations));
  if (sentences.some((sentence) => sentence !== '')) return sentences;
  const labelled = Object.values(dataset?.splits ?? {}).some((split) => split.labelled > 0);
  if (dataset !== null && !labelled) {
    return ['The images have no labels, so accuracy can’t be measured; go by the label-free curves below.'];
  }
  if (run.checkpoints.length === 0) return ['There is no checkpoint, so nothing could be evaluated.'];
  return [`Its features have not been evaluated yet: run “simclr-studio evaluate ${run.id} --knn --linear”.`];
}

function worthBy(protocol: Protocol, evaluations: readonly EvaluationView[]): string {
  const own = findEvaluation(evaluations, protocol, 'pretrained');
  if (own === undefined) return '';
  const interval = `${percent(own.top1)} (95 % interval ${bounds(own.low, own.high)})`;
  const subject = protocol === 'linear' ? 'A linear probe on its frozen features reaches' : 'kNN reaches';
  const of = protocol === 'linear' ? ` on ${count(own.settings.testImages)} ${own.split} images` : '';
  const gains = (['random', 'pixels'] as const).flatMap((encoder) => {
    const other = findEvaluation(evaluations, protocol, encoder);
    if (other === undefined) return [];
    const { difference, low, high } = gainOver(own, other);
    const unsure = low <= 0 && high >= 0 ? ', no sure difference' : '';
    const name = encoder === 'random' ? 'the untrained encoder' : 'raw pixels';
    return [`${points(difference)} points against ${name} (${points(low)} to ${points(high)}${unsure})`];
  });
  return `${subject} ${interval}${of}${gains.length > 0 ? `: ${gains.join(', ')}` : ''}.`;
}

function bounds(low: number, high: number): string {
  return `${(low * 100).toFixed(1)}–${(high * 100).toFixed(1)}`;
}
