/** @file `pretrain`: starts a run, or resumes one, and shows it until it ends. */
import { UserError } from '#shared/errors.ts';
import type { Library } from '#store/library.ts';
import { chooseBackend } from '../backends/choose-backend.ts';
import { findInCatalogue } from '../datasets/catalogue.ts';
import { createRun } from '../runs/create-run.ts';
import { withEngineLibrary } from '../runs/open-engine-library.ts';
import { planResume } from '../runs/resume-run.ts';
import { backendOptions, backendRequest } from './backend-options.ts';
import { defineCommand, type CommandInput, type OptionDescriptions } from './command.ts';
import { configurationOptions, keySettings } from './configuration-options.ts';
import { programName } from './help.ts';
import { runText } from './run-text.ts';
import { styleFor } from './style.ts';
import { watchTraining, type WatchedEnd } from './watch-training.ts';

const options = {
  dataset: { type: 'text', value: 'DATASET', help: 'What to train on: id or name.' },
  preset: { type: 'text', value: 'NAME', help: 'Recipe to start from; the paper’s defaults without one.' },
  set: { type: 'text', value: 'KEY=VALUE', multiple: true, help: 'Sets a configuration key; may be repeated.' },
  name: { type: 'text', value: 'NAME', help: 'Name of the run; made from recipe and dataset unless given.' },
  resume: { type: 'text', value: 'RUN', help: 'Go on with a run that was stopped, interrupted or failed.' },
  checkpoint: { type: 'text', value: 'ID', help: 'With --resume: from this checkpoint, not the newest.' },
  'allow-different-environment': {
    type: 'switch',
    help: 'With --resume: go on although machine, backend or threads differ; the weights then differ too.',
  },
  ...backendOptions,
} as const satisfies OptionDescriptions;

type Input = CommandInput<typeof options>;

export const pretrainCommand = defineCommand({
  name: 'pretrain',
  summary: 'Pretrain an encoder with SimCLR, or resume a run.',
  options,
  furtherOptions: configurationOptions,
  notes: [
    'Ctrl+C stops with a checkpoint, a second one at once; so does SIGTERM. Exit codes: 0 finished, 1 failed, 2 wrong usage, 130 stopped by Ctrl+C, 143 stopped by SIGTERM.',
  ],
  examples: [
    'pretrain --dataset cifar10 --preset tiny',
    'pretrain --dataset cifar10 --preset cifar-quick --epochs 50 --set optimizer.name=lars',
    'pretrain --resume tiny-cifar10',
  ],
  run: (input) =>
    withEngineLibrary(input.library, async (library) => {
      const { run, end } = await (input.options.resume === undefined ? start(input, library) : resume(input, library));
      const view = library.runView(run);
      input.terminal.result(view, () => runText(view, styleFor(input.terminal.styled)));
      return end.exitCode;
    }),
});

interface Watched {
  run: string;
  end: WatchedEnd;
}

async function start({ options: given, further, terminal }: Input, library: Library): Promise<Watched> {
  for (const flag of ['checkpoint', 'allow-different-environment'] as const) {
    if (given[flag] === undefined) continue;
    throw new UserError(`--${flag} goes with --resume.`, 'Name the run to resume with --resume RUN.', 'usage');
  }
  const settings = keySettings(further, given.set);
  const request = { dataset: datasetName(library, given.dataset), preset: given.preset, settings, name: given.name };
  const backend = await chooseBackend(backendRequest(given));
  const run = createRun(library, request);
  return { run, end: await watchTraining(library, run, { backend }, terminal) };
}

async function resume({ options: given, further, terminal }: Input, library: Library): Promise<Watched> {
  const set = keySettings(further, given.set).map(({ key }) => key);
  const fixed = (['dataset', 'preset', 'name'] as const).filter((flag) => given[flag] !== undefined);
  const [changed] = [...set, ...fixed];
  if (changed !== undefined) {
    throw new UserError(
      `A resumed run keeps its configuration: ${changed} can't be given with --resume.`,
      'Start a new run to change it.',
      'usage',
    );
  }
  const run = library.resolveRun(given.resume ?? '');
  const plan = await planResume(library, {
    run,
    checkpoint: given.checkpoint,
    backend: backendRequest(given),
    allowDifferentEnvironment: given['allow-different-environment'] === true,
  });
  for (const difference of plan.differences) terminal.note(`Warning: ${difference} The weights will differ.`);
  if (plan.from === undefined) terminal.note('The run has no checkpoint yet: it begins anew.');
  const end = await watchTraining(library, run, { backend: plan.backend, resumeFrom: plan.from }, terminal);
  return { run, end };
}

/** The dataset meant. @throws UserError that lists those there are, or says how to add a known one. */
function datasetName(library: Library, asked: string | undefined): string {
  const names = library.datasets.list().map(({ name }) => name);
  if (asked === undefined) {
    throw new UserError(
      'Which dataset? --dataset is missing.',
      names.length === 0
        ? `The library has none yet; add one with: ${programName} datasets add cifar10`
        : `There are: ${names.join(', ')}.`,
      'usage',
    );
  }
  const known = findInCatalogue(asked);
  const isThere = library.datasets
    .list()
    .some(({ id, name }) => [id, name.toLowerCase()].includes(asked.toLowerCase()));
  if (!isThere && known !== undefined) {
    throw new UserError(
      `${known.title} is not in this library yet.`,
      `Add it with: ${programName} datasets add ${known.name}`,
      'usage',
    );
  }
  return asked;
}
