/** @file How much memory a training run will take, told before it starts. */
import process from 'node:process';
import type { Configuration } from '#shared/configuration/schema.ts';
import type { Dataset } from '#shared/dataset.ts';
import { UserError } from '#shared/errors.ts';
import type { BackendName } from '#shared/run.ts';
import { viewPipelineBytes } from '../data/view-pipeline.ts';
import { planProjection } from '../model/projection-head.ts';
import { blocksOfPlan, planResnet, type ResnetPlan } from '../model/resnet.ts';

const float = Float32Array.BYTES_PER_ELEMENT;

/** Resident before the first step: Node, the backend's library, its threads and arenas. Measured. */
const baseBytes: Record<BackendName, number> = { tensorflow: 560e6, wasm: 180e6 };

/** Copies of the trained values: weights, gradients, optimiser state, and the update being made. */
const copiesOfWeights = { lars: 4, sgd: 4, adamw: 6 } as const;

/** Values of one view's activations that wait for the backward pass, and of the largest single one. */
function activationValues(plan: ResnetPlan, side: number): { saved: number; largest: number } {
  let height = plan.stem === 'cifar' ? side : Math.ceil(side / 2);
  const stem = height ** 2 * plan.stemChannels;
  // Convolution output and normalised output; the ImageNet stem's pooling keeps its input and output too.
  let saved = side ** 2 * 3 + 2 * stem;
  let largest = stem;
  if (plan.stem === 'imagenet') {
    height = Math.ceil(height / 2);
    saved += height ** 2 * plan.stemChannels;
  }
  for (const block of blocksOfPlan(plan)) {
    for (const { output, stride } of block.main) {
      height = Math.ceil(height / stride);
      saved += 2 * height ** 2 * output;
      largest = Math.max(largest, height ** 2 * output);
    }
    const output = block.main.at(-1)?.output ?? 0;
    // The last normalised output becomes the sum with the shortcut, which is kept; so is the shortcut's convolution.
    saved += (block.shortcut === null ? 0 : 1) * height ** 2 * output;
  }
  return { saved, largest };
}

function weightValues(plan: ResnetPlan, configuration: Configuration): number {
  const stem = plan.stemChannels * 3 * (plan.stem === 'cifar' ? 9 : 49);
  const blocks = blocksOfPlan(plan).flatMap(({ main, shortcut }) => (shortcut === null ? main : [...main, shortcut]));
  const encoder = blocks.reduce((sum, { kernel, input, output }) => sum + kernel ** 2 * input * output, stem);
  const { widths } = planProjection(configuration.projection, plan.outputWidth);
  return widths.slice(1).reduce((sum, width, at) => sum + width * (widths[at] ?? 0), encoder);
}

/** Peak resident bytes of the training process, within about 20 %. */
export function estimateMemory(configuration: Configuration, dataset: Dataset, backend: BackendName): number {
  const plan = planResnet(configuration.encoder, dataset.imageSize);
  const rows = 2 * configuration.batchSize;
  const { saved, largest } = activationValues(plan, dataset.imageSize);
  const activations = rows * (saved + 4 * largest) * float;
  const similarities = 6 * rows ** 2 * float;
  const weights = copiesOfWeights[configuration.optimizer.name] * weightValues(plan, configuration) * float;
  return baseBytes[backend] + activations + similarities + weights + viewPipelineBytes({ dataset, configuration });
}

/** Refuses a run that will not fit. @throws UserError of kind `memory` with the batch size that fits. */
export function requireMemory(
  configuration: Configuration,
  dataset: Dataset,
  backend: BackendName,
  available: number = process.availableMemory(),
): void {
  const needed = estimateMemory(configuration, dataset, backend);
  if (needed <= available) return;
  const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
  let fitting = configuration.batchSize;
  while (fitting >= 2 && estimateMemory({ ...configuration, batchSize: fitting }, dataset, backend) > available) {
    fitting = Math.floor(fitting * 0.95);
  }
  const rounded = fitting >= 16 ? fitting - (fitting % 8) : fitting;
  throw new UserError(
    `Training with batch size ${configuration.batchSize} needs about ${gigabytes(needed)} of memory; ${gigabytes(available)} are free.`,
    rounded >= 2
      ? `A batch size of ${rounded} fits (--batch-size ${rounded}).`
      : 'Not even a batch of 2 fits: choose a smaller encoder or smaller images.',
    'memory',
  );
}
