/** @file `runs`: list, show and delete them. */
import type { RunView } from '#shared/run.ts';
import { withEngineLibrary } from '../runs/open-engine-library.ts';
import { defineCommand, type CommandGroup } from './command.ts';
import { programName } from './help.ts';
import { moment, runText, stateText } from './run-text.ts';
import { styleFor, type Style } from './style.ts';
import { byteSize, numeral, table } from './table.ts';

const list = defineCommand({
  name: 'list',
  summary: 'List the runs of the library, oldest first.',
  options: {},
  run: ({ library, terminal }) =>
    withEngineLibrary(library, (opened) => {
      const runs = opened.runList();
      terminal.result(runs, () => runTable(runs, styleFor(terminal.styled)));
      return 0;
    }),
});

const show = defineCommand({
  name: 'show',
  summary: 'Show a run: settings, metrics, checkpoints, evaluations.',
  operands: 'RUN',
  operandCount: [1, 1],
  options: {},
  notes: ['RUN is an id, the beginning of one, or a name.'],
  run: ({ operands, library, terminal }) =>
    withEngineLibrary(library, (opened) => {
      const view = opened.runView(opened.resolveRun(operands[0] ?? ''));
      terminal.result(view, () => runText(view, styleFor(terminal.styled)));
      return 0;
    }),
});

const remove = defineCommand({
  name: 'delete',
  summary: 'Delete runs with their checkpoints.',
  operands: 'RUN…',
  operandCount: [1, 1000],
  options: {},
  notes: ['A run that is under way is refused; nothing is deleted then.'],
  run: ({ operands, library, terminal }) =>
    withEngineLibrary(library, (opened) => {
      const runs = [...new Set(operands.map((operand) => opened.resolveRun(operand)))];
      const deleted = runs.map((run) => ({ id: run, name: opened.runView(run).name, freedBytes: 0 }));
      opened.transaction(() => {
        for (const { id } of deleted) opened.runs.delete(id);
      });
      for (const each of deleted) each.freedBytes = opened.purge(each.id);
      terminal.result(deleted, () =>
        deleted.map(({ name, freedBytes }) => `Deleted ${name} (${byteSize(freedBytes)})`).join('\n'),
      );
      return 0;
    }),
});

export const runsCommand: CommandGroup = {
  name: 'runs',
  summary: 'List, show and delete runs.',
  commands: [list, show, remove],
};

function runTable(runs: readonly RunView[], style: Style): string {
  if (runs.length === 0)
    return `No runs yet. Start one with: ${programName} pretrain, or see it all: ${programName} demo`;
  const rows = runs.map((run) => [
    run.id,
    run.name,
    stateText(run.state, style),
    run.dataset.name,
    run.progress === null ? '–' : `${run.progress.epoch}/${run.progress.epochs}`,
    cell(run.metrics.loss?.last, numeral),
    cell(run.metrics.knnTop1?.last, share),
    cell(bestLinear(run), share),
    moment(run.createdAt),
  ]);
  const head = ['Id', 'Name', 'State', 'Dataset', 'Epoch', 'Loss', 'kNN %', 'Linear %', 'Created'].map(style.strong);
  return table([head, ...rows], [4, 5, 6, 7]).join('\n');
}

function bestLinear(run: RunView): number | undefined {
  return run.evaluations.findLast(({ protocol, encoder }) => protocol === 'linear' && encoder === 'pretrained')?.top1;
}

const share = (value: number): string => (value * 100).toFixed(1);

function cell(value: number | undefined, show: (value: number) => string): string {
  return value === undefined ? '–' : show(value);
}
