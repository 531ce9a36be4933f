/** @file Datasets in words and tables for a terminal. */
import { splitNames, type Dataset } from '#shared/dataset.ts';
import type { DatasetView, Removal } from '../datasets/datasets.ts';
import type { Verification } from '../datasets/verify-dataset.ts';
import type { Style } from './style.ts';
import { byteSize, numeral, table } from './table.ts';

/** Lines of a long list that a terminal shows; `--json` has them all. */
const shownLines = 20;

/** One line a dataset. */
export function datasetList(datasets: readonly Dataset[], style: Style): string {
  if (datasets.length === 0) return 'There are no datasets yet. Add one: datasets add cifar10';
  const head = ['Name', 'Id', 'Images', 'Classes', 'Size', 'On disk', 'Added'].map((word) => style.strong(word));
  const rows = datasets.map((dataset) => [
    dataset.name,
    dataset.id,
    numeral(Object.values(dataset.splits).reduce((sum, { count }) => sum + count, 0)),
    dataset.classes.length === 0 ? '–' : numeral(dataset.classes.length),
    `${dataset.imageSize} px`,
    byteSize(dataset.bytes),
    dataset.createdAt.slice(0, 10),
  ]);
  return table([head, ...rows], [2, 3, 4, 5]).join('\n');
}

/** All of a dataset. */
export function datasetText(dataset: DatasetView, style: Style): string {
  const { mean, std } = dataset;
  const triple = (values: readonly number[]): string => values.map((value) => value.toFixed(4)).join(' ');
  const facts = table([
    ['Dataset', `${style.strong(dataset.name)} (${dataset.id})`],
    ['Source', dataset.source],
    ['Licence', dataset.licence],
    ['Training size', `${dataset.imageSize} x ${dataset.imageSize} px`],
    ['Mean, deviation', `${triple(mean)}, ${triple(std)}`],
    ['On disk', `${byteSize(dataset.bytes)} in ${dataset.folder}`],
    ['SHA-256', dataset.sha256],
    ['Duplicates', duplicates(dataset)],
    ...(dataset.usedBy.length === 0 ? [] : [['Used by', dataset.usedBy.map(({ name }) => name).join(', ')]]),
  ]);
  const splits = splitNames.flatMap((name) => {
    const split = dataset.splits[name];
    return split === undefined ? [] : [[name, numeral(split.count), numeral(split.labelled)]];
  });
  const parts = [facts, table([['Split', 'Images', 'Labelled'].map((word) => style.strong(word)), ...splits], [1, 2])];
  if (dataset.classes.length > 0) parts.push(classTable(dataset, style));
  if (dataset.skipped.length > 0) parts.push(skippedLines(dataset, style));
  return parts.map((lines) => lines.join('\n')).join('\n\n');
}

function duplicates({ duplicates: all, duplicatesAcrossSplits: across = 0 }: Dataset): string {
  if (all === 0) return 'none';
  return across === 0 ? numeral(all) : `${numeral(all)}, of them ${numeral(across)} across splits: judge with care`;
}

function classTable(dataset: Dataset, style: Style): string[] {
  const splits = splitNames.filter((name) => (dataset.splits[name]?.labelled ?? 0) > 0);
  const rows = dataset.classes
    .slice(0, shownLines)
    .map((name, label) => [name, ...splits.map((split) => numeral(dataset.splits[split]?.perClass[label] ?? 0))]);
  const lines = table(
    [['Class', ...splits].map((word) => style.strong(word)), ...rows],
    splits.map((_, column) => column + 1),
  );
  return dataset.classes.length > shownLines ? [...lines, `… of ${numeral(dataset.classes.length)} classes`] : lines;
}

function skippedLines({ skipped }: Dataset, style: Style): string[] {
  const lines = skipped.slice(0, shownLines).map(({ path, reason }) => `${path}: ${reason}`);
  const more = skipped.length > shownLines ? [`… ${numeral(skipped.length - shownLines)} more; --json lists all`] : [];
  return [style.warn(`${numeral(skipped.length)} files were skipped:`), ...lines, ...more];
}

export function verificationText({ dataset, sound, problems }: Verification & { dataset: Dataset }): string {
  if (sound) return `${dataset.name}: the files are what was imported (SHA-256 ${dataset.sha256}).`;
  return [`${dataset.name} is damaged:`, ...problems, 'Remove it and add it again.'].join('\n');
}

export function removalText({ dataset, freedBytes, usedBy }: Removal): string {
  const gone = `Removed ${dataset.name}; ${byteSize(freedBytes)} freed.`;
  if (usedBy.length === 0) return gone;
  return `${gone}\nRuns made on it stay readable: ${usedBy.map(({ name }) => name).join(', ')}.`;
}
