/** @file `demo`: the whole way once, on real data: dataset, pretraining, evaluation, report. */
import { accessSync, constants } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { BackendChoice } from '#shared/compute-protocol.ts';
import { messageOf, UserError } from '#shared/errors.ts';
import type { Library } from '#store/library.ts';
import { chooseBackend } from '../backends/choose-backend.ts';
import { addDataset } from '../datasets/add-dataset.ts';
import { writeRunReport } from '../demo/run-report.ts';
import { buildConfiguration, findPreset, type KeySetting } from '../runs/configuration.ts';
import { createRun } from '../runs/create-run.ts';
import { withEngineLibrary } from '../runs/open-engine-library.ts';
import { planResume } from '../runs/resume-run.ts';
import { backendOptions, backendRequest } from './backend-options.ts';
import { defineCommand, type CommandInput, type OptionDescriptions } from './command.ts';
import { demoSummary } from './demo-summary.ts';
import { programName } from './help.ts';
import { interruptible } from './interrupt.ts';
import { JobProgress } from './job-progress.ts';
import { exitCodes } from './exit-codes.ts';
import { styleFor } from './style.ts';
import type { Terminal } from './terminal.ts';
import { watchEvaluation } from './watch-evaluation.ts';
import { watchTraining } from './watch-training.ts';

const options = {
  dataset: { type: 'text', value: 'DATASET', help: 'cifar10 unless told; added to the library where missing.' },
  from: { type: 'text', value: 'PATH', help: 'A copy of the dataset, where it is to be added without a network.' },
  preset: { type: 'text', value: 'NAME', help: 'Recipe; tiny unless told.' },
  epochs: { type: 'text', value: 'N', help: 'Fewer or more epochs than the preset’s.' },
  'limit-images': { type: 'text', value: 'N', help: 'Fewer or more training images than the preset’s.' },
  'batch-size': { type: 'text', value: 'N', help: 'Another batch size than the preset’s.' },
  seed: { type: 'text', value: 'N', help: 'Seed of the run.' },
  out: { type: 'text', value: 'FILE', help: 'Where the report goes; report.html in this folder unless told.' },
  resume: { type: 'text', value: 'RUN', help: 'Go on with a demo that was interrupted.' },
  ...backendOptions,
} as const satisfies OptionDescriptions;

type Input = CommandInput<typeof options>;

const keys = { epochs: 'epochs', 'limit-images': 'limitImages', 'batch-size': 'batchSize', seed: 'seed' } as const;

export const demoCommand = defineCommand({
  name: 'demo',
  summary: 'Pretrain a small encoder on CIFAR-10, judge it and write a report.',
  options,
  notes: [
    'About 7 minutes of training on two cores, then the evaluation. Each time makes a run of its own. Ctrl+C stops with a checkpoint and says how to go on.',
  ],
  examples: ['demo', 'demo --epochs 2 --limit-images 5000 --out /tmp/report.html', 'demo --resume tiny-cifar10'],
  run: (input) => withEngineLibrary(input.library, (library) => runDemo(input, library)),
});

async function runDemo({ options: given, terminal }: Input, library: Library): Promise<number> {
  const report = resolve(given.out ?? 'report.html');
  refuseUnwritable(report);
  const prepared = await (given.resume === undefined
    ? prepareNew(given, library, terminal)
    : prepareResumed(given, library));
  if (prepared === undefined) return exitCodes.interrupted;
  const { run, backend } = prepared;
  const goOn = `Go on with: ${programName} demo --resume ${run}`;
  if (library.runs.state(run) !== 'finished') {
    const { state, exitCode } = await watchTraining(library, run, prepared, terminal, goOn);
    if (state !== 'finished') return exitCode;
  }
  const { config, name } = library.runView(run);
  terminal.note(
    `Pretrained ${name} for ${config.epochs} epochs. Judging its features beside raw pixels and an untrained encoder.`,
  );
  if (canJudge(library, run)) {
    const exitCode = await watchEvaluation(library, { run, backend, protocols: ['knn', 'linear'] }, terminal);
    if (exitCode !== exitCodes.done) {
      terminal.note(goOn);
      return exitCode;
    }
  } else terminal.note('The dataset has no labelled test images: nothing to judge by.');
  await writeRunReport(library, run, report, backend);
  const view = library.runView(run);
  terminal.result({ ...view, report }, () => demoSummary(view, report, styleFor(terminal.styled)));
  return exitCodes.done;
}

interface Prepared {
  readonly run: string;
  readonly backend: BackendChoice;
  readonly resumeFrom?: Awaited<ReturnType<typeof planResume>>['from'];
}

async function prepareNew(
  given: Input['options'],
  library: Library,
  terminal: Terminal,
): Promise<Prepared | undefined> {
  const backend = await chooseBackend(backendRequest(given));
  const settings: KeySetting[] = Object.entries(keys).flatMap(([flag, key]) => {
    const text = given[flag as keyof typeof keys];
    return text === undefined ? [] : [{ key, text }];
  });
  const preset = given.preset ?? 'tiny';
  buildConfiguration(findPreset(preset), settings); // refused here rather than after a download
  const dataset = await ensureDataset(given, library, terminal);
  if (dataset === undefined) return undefined;
  return { run: createRun(library, { dataset, preset, settings }), backend };
}

async function prepareResumed(given: Input['options'], library: Library): Promise<Prepared> {
  const run = library.resolveRun(given.resume ?? '');
  const backend = backendRequest(given);
  if (library.runs.state(run) === 'finished') return { run, backend: await chooseBackend(backend) };
  const plan = await planResume(library, { run, backend, allowDifferentEnvironment: false });
  return { run, backend: plan.backend, resumeFrom: plan.from };
}

/** The id of the dataset asked for, added where it is missing; undefined where Ctrl+C came first. */
async function ensureDataset(
  given: Input['options'],
  library: Library,
  terminal: Terminal,
): Promise<string | undefined> {
  const asked = given.dataset ?? 'cifar10';
  const there = library.datasets.list().find(({ id, name }) => id === asked || name === asked);
  if (there !== undefined) return there.id;
  const shown = new JobProgress(terminal);
  const { value } = await interruptible((signal) =>
    addDataset(
      library,
      { operands: [asked], from: given.from },
      {
        signal,
        progress: (progress) => {
          shown.progress(progress);
        },
        log: (text) => {
          terminal.note(text);
        },
      },
    ),
  );
  terminal.clearTransient();
  if (value.state !== 'stopped') return value.dataset.id;
  terminal.note(`Stopped before the dataset was there. Start again with: ${programName} demo`);
  return undefined;
}

function canJudge(library: Library, run: string): boolean {
  const dataset = library.datasets.get(library.runView(run).dataset.id);
  return (dataset?.splits.test?.labelled ?? 0) > 0 && (dataset?.splits.train?.labelled ?? 0) > 0;
}

/** Better now than after minutes of training. */
function refuseUnwritable(file: string): void {
  try {
    accessSync(dirname(file), constants.W_OK);
  } catch (error) {
    throw new UserError(`The report can't be written to ${file}: ${messageOf(error)}.`, 'Choose another with --out.');
  }
}
