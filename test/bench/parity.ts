/**
 * @file `npm run bench:parity`: the same weights and the same batch through the studio and a live PyTorch, then 100 SGD
 * steps of both on the same augmented batches. Ends with exit code 1 where they differ by more than promised.
 *
 * Training amplifies rounding: PyTorch in single precision strays from PyTorch in double precision as far as from the
 * studio. `--double` measures that too. Single batches scatter more than the course of training, so what is held to the
 * limit is the loss at the end, averaged over the last ten steps; the largest difference of any step stands beside it.
 */
import { parseArgs } from 'node:util';
import { createTensorflowBackend } from '#compute/backend/tensorflow/tensorflow-backend.ts';
import { chooseBackend } from '#engine/backends/choose-backend.ts';
import { compareStep, compareTraining } from './parity-comparison.ts';
import type { ParitySetting } from './parity-input.ts';
import { printResult, printTable } from './report.ts';

const { values: options } = parseArgs({
  options: {
    steps: { type: 'string', default: '100' },
    only: { type: 'string' },
    double: { type: 'boolean', default: false },
  },
});

/** max|a - b| / max|b| of any tensor; relative difference of the loss at the end. */
const limits = { tensors: 1e-3, losses: 0.01 };

/** Steps at the end over which a loss is averaged. */
const lastSteps = 10;

/** Networks, the batch of the single step, and that of the training. */
const settings: { step: ParitySetting; training: ParitySetting }[] = [
  {
    step: { architecture: 'resnet8' as const, batchSize: 8, hiddenWidths: [64], batchNorm: true, side: 24 },
    training: { architecture: 'resnet8' as const, batchSize: 128, hiddenWidths: [64], batchNorm: false, side: 32 },
  },
  {
    step: { architecture: 'resnet18' as const, batchSize: 8, hiddenWidths: [512], batchNorm: true, side: 16 },
    training: { architecture: 'resnet18' as const, batchSize: 64, hiddenWidths: [512], batchNorm: false, side: 16 },
  },
].filter(({ step }) => options.only === undefined || options.only === step.architecture);

/** How far two courses of the loss lie apart, relative to the second. */
interface Distance {
  atEnd: number;
  ofAnyStep: number;
}

const { runtimeFolder = '', device, threads } = await chooseBackend({ requested: 'tensorflow' });
const backend = await createTensorflowBackend({ runtimeFolder, device, threads });

const worst = { h: 0, z: 0, loss: 0, gradients: 0 };
const training: Record<string, { steps: number; studio: number; peer: number; distance: Distance; rounding: unknown }> =
  {};
const rows: string[][] = [];
for (const { step, training: longer } of settings) {
  const errors = await compareStep(backend, step);
  for (const kind of ['h', 'z', 'loss', 'gradients'] as const) worst[kind] = Math.max(worst[kind], errors[kind]);
  const { studio, peer, double } = await compareTraining(backend, longer, Number(options.steps), {
    withDouble: options.double,
  });
  const distance = distanceOf(studio, peer);
  const rounding = double === null ? null : distanceOf(peer, double);
  training[step.architecture] = { steps: studio.length, studio: atEnd(studio), peer: atEnd(peer), distance, rounding };
  rows.push([
    step.architecture,
    ...[errors.h, errors.z, errors.loss, errors.gradients, errors.rounding].map((error) => error.toExponential(1)),
    `${atEnd(studio).toFixed(4)} / ${atEnd(peer).toFixed(4)}`,
    percent(distance.atEnd),
    percent(distance.ofAnyStep),
    rounding === null ? '' : `${percent(rounding.atEnd)}, ${percent(rounding.ofAnyStep)}`,
  ]);
}
console.log(
  'One step: largest max|a - b| / max|b| of any tensor; rounding: PyTorch in single against double precision.',
);
console.log(`Training: mean loss of the last ${lastSteps} of ${options.steps} SGD steps on the same batches.`);
printTable(
  [
    '',
    ...['h', 'z', 'loss', 'gradients', 'rounding'],
    ...['studio / PyTorch', 'apart', 'any step', options.double ? 'PyTorch itself' : ''],
  ],
  rows,
);
printResult({ maxRelativeError: worst, training });

const within =
  Object.values(worst).every((error) => error <= limits.tensors) &&
  Object.values(training).every(({ distance }) => distance.atEnd <= limits.losses);
if (!within) {
  console.error(`The limits are ${limits.tensors} for tensors and ${100 * limits.losses} % for the loss at the end.`);
  process.exitCode = 1;
}

function distanceOf(a: readonly number[], b: readonly number[]): Distance {
  const steps = a.map((loss, step) => Math.abs(loss / (b[step] ?? NaN) - 1));
  return {
    atEnd: Math.abs(atEnd(a) / atEnd(b) - 1),
    ofAnyStep: steps.reduce((most, each) => (each <= most ? most : each), 0),
  };
}

function atEnd(losses: readonly number[]): number {
  const last = losses.slice(-lastSteps);
  return last.reduce((sum, loss) => sum + loss, 0) / last.length;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}
