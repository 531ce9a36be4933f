/**
 * @file `npm run bench:parity`: the same weights and the same batch through the studio and a live PyTorch, then 100 SGD
 * steps of both on the same augmented batches. Ends with exit code 1 where they differ by more than promised.
 */
import { parseArgs } from 'node:util';
import { createTensorflowBackend } from '#compute/backend/tensorflow/tensorflow-backend.ts';
import { chooseBackend } from '#engine/backends/choose-backend.ts';
import { compareStep, compareTraining, type ParityErrors, type ParitySetting } from './parity-comparison.ts';
import { printResult, printTable } from './report.ts';

const { values: options } = parseArgs({
  options: { steps: { type: 'string', default: '100' }, only: { type: 'string' } },
});

/** max|a - b| / max|b| of any tensor; relative difference of any loss. */
const limits = { tensors: 1e-3, losses: 0.01 };

/** Networks, the batch of the single step, and that of the training. */
const settings: { step: ParitySetting; training: ParitySetting }[] = [
  {
    step: { architecture: 'resnet8' as const, batchSize: 8, hiddenWidths: [64], batchNorm: true, side: 24 },
    training: { architecture: 'resnet8' as const, batchSize: 64, hiddenWidths: [64], batchNorm: false, side: 32 },
  },
  {
    step: { architecture: 'resnet18' as const, batchSize: 8, hiddenWidths: [512], batchNorm: true, side: 16 },
    training: { architecture: 'resnet18' as const, batchSize: 32, hiddenWidths: [512], batchNorm: false, side: 32 },
  },
].filter(({ step }) => options.only === undefined || options.only === step.architecture);

const { runtimeFolder = '', device, threads } = await chooseBackend({ requested: 'tensorflow' });
const backend = await createTensorflowBackend({ runtimeFolder, device, threads });

const worst = { h: 0, z: 0, loss: 0, gradients: 0 } satisfies Partial<ParityErrors>;
const training: Record<string, { steps: number; studioLast: number; peerLast: number; maxRelativeDifference: number }> =
  {};
const rows: string[][] = [];
for (const { step, training: longer } of settings) {
  const errors = await compareStep(backend, step);
  for (const kind of ['h', 'z', 'loss', 'gradients'] as const) worst[kind] = Math.max(worst[kind], errors[kind]);
  const curves = await compareTraining(backend, longer, Number(options.steps));
  const differences = curves.studio.map((loss, step) => Math.abs(loss / (curves.peer[step] ?? NaN) - 1));
  const result = {
    steps: curves.studio.length,
    studioLast: curves.studio.at(-1) ?? NaN,
    peerLast: curves.peer.at(-1) ?? NaN,
    maxRelativeDifference: differences.reduce((most, each) => (each <= most ? most : each), 0),
  };
  training[step.architecture] = result;
  rows.push([
    step.architecture,
    ...[errors.h, errors.z, errors.loss, errors.gradients, errors.rounding].map((error) => error.toExponential(1)),
    `${result.studioLast.toFixed(4)} / ${result.peerLast.toFixed(4)}`,
    `${(100 * result.maxRelativeDifference).toFixed(2)} %`,
  ]);
}
console.log(`Largest max|a - b| / max|b| of one step; losses after ${options.steps} SGD steps on the same batches.`);
printTable(
  ['', 'h', 'z', 'loss', 'gradients', 'PyTorch’s rounding', 'last loss, studio / PyTorch', 'largest difference'],
  rows,
);
printResult({ maxRelativeError: worst, training });

const within =
  Object.values(worst).every((error) => error <= limits.tensors) &&
  Object.values(training).every(({ maxRelativeDifference }) => maxRelativeDifference <= limits.losses);
if (!within) {
  console.error(`The limits are ${limits.tensors} for tensors and ${100 * limits.losses} % for losses.`);
  process.exitCode = 1;
}
