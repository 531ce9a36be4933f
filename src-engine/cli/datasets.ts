/** @file `datasets`: add, list, show, verify and remove datasets. */
import type { Progress } from '#shared/compute-protocol.ts';
import { UserError } from '#shared/errors.ts';
import { openLibrary, type Library } from '#store/library.ts';
import { addDataset } from '../datasets/add-dataset.ts';
import { listDatasets, removeDataset, showDataset, verifyDataset } from '../datasets/datasets.ts';
import { defineCommand, type CommandGroup } from './command.ts';
import { datasetList, datasetText, removalText, verificationText } from './dataset-text.ts';
import { exitCodes, interruptedBy } from './exit-codes.ts';
import { interruptible } from './interrupt.ts';
import { JobProgress } from './job-progress.ts';
import { styleFor } from './style.ts';
import type { Terminal } from './terminal.ts';

const add = defineCommand({
  name: 'add',
  summary: 'Add CIFAR-10, or a folder of images.',
  operands: 'cifar10|FOLDER|FILE…',
  operandCount: [1, 1000],
  options: {
    name: { type: 'text', value: 'N', help: 'Name in the library; else the folder’s.' },
    size: { type: 'text', value: 'PX', help: 'Side of the images that training sees; else chosen from them.' },
    from: {
      type: 'text',
      value: 'PATH',
      help: 'A copy of the named dataset: folder or archive. Nothing is downloaded.',
    },
  },
  notes: [
    'A folder holds one folder a class, or train, val and test folders with class folders in them, or just images.',
    'JPEG, PNG, WebP, GIF, TIFF and AVIF are read; files that cannot be read are skipped and listed.',
  ],
  examples: [
    'datasets add cifar10',
    'datasets add ~/Pictures/birds --size 96',
    'datasets add cifar10 --from ./cifar-10-binary.tar.gz',
  ],
  run: ({ options, operands, library, terminal }) =>
    withLibrary(library, async (opened) => {
      const imageSize = readSize(options.size);
      const { value: outcome, signal: heard } = await interruptible(async (signal) => {
        const shown = new JobProgress(terminal);
        const handlers = {
          progress: (progress: Progress) => {
            shown.progress(progress);
          },
          log: (text: string) => {
            terminal.note(text);
          },
          signal,
        };
        return addDataset(opened, { operands, imageSize, from: options.from, name: options.name }, handlers);
      });
      if (outcome.state === 'stopped') {
        terminal.note('Stopped; nothing was added.');
        return interruptedBy(heard);
      }
      const { dataset } = outcome;
      if (outcome.state === 'alreadyThere')
        terminal.note(`The library has this already, as "${dataset.name}": nothing was added.`);
      const view = showDataset(opened, dataset.id);
      terminal.result(view, () => datasetText(view, styleFor(terminal.styled)));
      return exitCodes.done;
    }),
});

const list = defineCommand({
  name: 'list',
  summary: 'List the datasets of the library.',
  options: {},
  run: ({ library, terminal }) =>
    withLibrary(library, (opened) => {
      const datasets = listDatasets(opened);
      terminal.result(datasets, () => datasetList(datasets, styleFor(terminal.styled)));
      return exitCodes.done;
    }),
});

const show = defineCommand({
  name: 'show',
  summary: 'Show a dataset: splits, classes, sizes, what was skipped.',
  operands: 'DATASET',
  operandCount: [1, 1],
  options: {},
  run: ({ operands, library, terminal }) =>
    withLibrary(library, (opened) => {
      const view = showDataset(opened, operands[0] ?? '');
      terminal.result(view, () => datasetText(view, styleFor(terminal.styled)));
      return exitCodes.done;
    }),
});

const verify = defineCommand({
  name: 'verify',
  summary: 'Hash a dataset’s files again and compare them with its record.',
  operands: 'DATASET',
  operandCount: [1, 1],
  options: {},
  run: ({ operands, library, terminal }) =>
    withLibrary(library, async (opened) => {
      const found = await verifyDataset(opened, operands[0] ?? '', verifyProgress(terminal));
      const { dataset, ...verification } = found;
      terminal.result({ id: dataset.id, name: dataset.name, ...verification }, () => verificationText(found));
      return found.sound ? exitCodes.done : exitCodes.failed;
    }),
});

const remove = defineCommand({
  name: 'remove',
  summary: 'Remove a dataset and its files; runs made on it stay readable.',
  operands: 'DATASET',
  operandCount: [1, 1],
  options: {},
  run: ({ operands, library, terminal }) =>
    withLibrary(library, async (opened) => {
      const removal = await removeDataset(opened, operands[0] ?? '');
      const { dataset, ...rest } = removal;
      terminal.result({ id: dataset.id, name: dataset.name, ...rest }, () => removalText(removal));
      return exitCodes.done;
    }),
});

export const datasetsCommand: CommandGroup = {
  name: 'datasets',
  summary: 'Add, list, show, verify and remove datasets.',
  commands: [add, list, show, verify, remove],
};

async function withLibrary(folder: string, work: (library: Library) => number | Promise<number>): Promise<number> {
  const library = openLibrary(folder);
  try {
    return await work(library);
  } finally {
    library.close();
  }
}

function readSize(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const size = Number(text);
  if (Number.isInteger(size) && size >= 8 && size <= 1024) return size;
  throw new UserError(`"${text}" is no size for --size.`, 'Give a whole number of pixels from 8 to 1024.', 'usage');
}

function verifyProgress(terminal: Terminal): (done: number, total: number) => void {
  const shown = new JobProgress(terminal);
  const started = performance.now();
  return (done, total) => {
    const rate = done / 1e6 / Math.max(1e-3, (performance.now() - started) / 1000);
    const [megabytes, all] = [Math.round(done / 1e6), Math.round(total / 1e6)];
    const secondsLeft = (total - done) / 1e6 / rate;
    shown.progress({ phase: 'Verifying', unit: 'MB', done: megabytes, total: all, rate, secondsLeft });
  };
}
