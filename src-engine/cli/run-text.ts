/** @file A run as a person reads it in a terminal. */
import type { RunState, RunView, Verdict } from '#shared/run.ts';
import { configurationDifferences } from '../runs/configuration-differences.ts';
import { evaluationLines } from './evaluation-text.ts';
import { wrap } from './help.ts';
import { metricLines } from './metric-text.ts';
import type { Style } from './style.ts';
import { byteSize, duration, numeral, table } from './table.ts';

const width = 100;

/** The whole of a run, in sections with empty lines between. */
export function runText(run: RunView, style: Style): string {
  const sections = [
    headLines(run, style),
    outcomeLines(run, style),
    settingLines(run, style),
    metricLines(run.metrics, style),
    checkpointLines(run, style),
    evaluationLines(run, style),
    run.notes === ''
      ? []
      : [style.strong('Notes'), ...run.notes.split('\n').flatMap((line) => indent(wrap(line, width - 2)))],
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

/** A state in the colour that its meaning asks for. */
export function stateText(state: RunState, style: Style): string {
  if (state === 'finished') return style.good(state);
  if (state === 'failed') return style.bad(state);
  return state === 'stopped' || state === 'interrupted' ? style.warn(state) : state;
}

/** A moment as `2026-11-23 19:20`, in local time. */
export function moment(iso: string): string {
  const at = new Date(iso);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

function headLines(run: RunView, style: Style): string[] {
  const { environment, progress } = run;
  const on =
    environment === null
      ? [run.backend, run.device].filter((part) => part !== null).join(' on ')
      : `${environment.backend} ${environment.backendVersion} on ${environment.device}, ` +
        `${count(environment.threads, 'thread')} (${environment.cpu}, ${environment.platform})`;
  const facts: [string, string][] = [
    ['Id', run.id],
    ['Dataset', run.dataset.name],
    ['Recipe', `${run.preset ?? 'own settings'}, seed ${run.seed}`],
    ['Computed', on],
    ['Started', run.startedAt === null ? '' : `${moment(run.startedAt)}, trained for ${duration(run.trainingSeconds)}`],
    [
      'Progress',
      progress === null
        ? ''
        : `epoch ${numeral(progress.epoch)} of ${numeral(progress.epochs)}, step ${numeral(progress.step)} of ${numeral(progress.steps)}`,
    ],
    ['Tags', run.tags.join(', ')],
  ];
  const rows = facts.filter(([, value]) => value !== '').map(([name, value]) => [style.faint(name), value]);
  return [`${style.strong(run.name)}  ${stateText(run.state, style)}`, ...indent(table(rows))];
}

const alarms: readonly Verdict[] = ['atChance', 'collapsed', 'diverged', 'trivial'];

function outcomeLines(run: RunView, style: Style): string[] {
  const lines: string[] = [];
  if (run.diagnosis !== null) {
    const mark = alarms.includes(run.diagnosis.verdict) ? style.warn : style.good;
    lines.push(...wrap(run.diagnosis.text, width).map(mark));
  }
  if (run.failure !== null) {
    lines.push(...wrap(`${run.failure.message} ${run.failure.hint}`.trim(), width).map(style.bad));
  }
  return lines;
}

function settingLines(run: RunView, style: Style): string[] {
  const differences = configurationDifferences(run.config, run.preset);
  if (differences.length === 0) return [];
  const than = run.preset === null ? 'the defaults' : `the preset ${run.preset}`;
  const rows = differences.map(({ key, value, was }) => [
    key,
    settingValue(value),
    style.faint(`was ${settingValue(was)}`),
  ]);
  return [style.strong(`Settings other than ${than}`), ...indent(table(rows, [1]))];
}

function settingValue(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(',');
  return String(value);
}

function checkpointLines(run: RunView, style: Style): string[] {
  if (run.checkpoints.length === 0) return [];
  const rows = run.checkpoints.map(({ id, epoch, step, bytes, weightsSha256, createdAt }) => [
    id,
    numeral(epoch),
    numeral(step),
    byteSize(bytes),
    weightsSha256.slice(0, 12),
    moment(createdAt),
  ]);
  const head = ['Checkpoint', 'Epoch', 'Step', 'Size', 'Weights', 'Written'].map(style.strong);
  return table([head, ...rows], [1, 2, 3]);
}

/** `1 thread`, `2 threads`. */
export function count(amount: number, noun: string): string {
  return `${numeral(amount)} ${noun}${amount === 1 ? '' : 's'}`;
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
