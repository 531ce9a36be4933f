/** @file The diagnosis on runs that are really made to fail, and on one that is not. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { BackendChoice } from '#shared/compute-protocol.ts';
import type { ConfigurationInput } from '#shared/configuration/schema.ts';
import { makeClassImages } from '../../support/class-images.ts';
import { tensorflowChoice } from '../../support/open-tensorflow.ts';
import { pretrainSpec, runPretraining } from '../../support/run-pretraining.ts';

const images = { train: 256, test: 0, side: 16, classes: 8 };

let backend: BackendChoice;
beforeAll(async () => {
  backend = await tensorflowChoice();
});

/** The verdicts of a run of 120 steps with 32 images each, in the order they changed. */
async function verdicts(
  data: ReturnType<typeof makeClassImages>,
  configuration: ConfigurationInput,
): Promise<string[]> {
  const { diagnoses } = await runPretraining(
    pretrainSpec(data, backend, {
      batchSize: 32,
      epochs: 15,
      validationFraction: 0,
      monitor: { knnEveryEpochs: 0 },
      optimizer: { name: 'sgd', learningRate: 0.05, learningRateScaling: 'none' },
      schedule: { warmupEpochs: 1 },
      augmentation: { colorStrength: 0.5, cropScaleMin: 0.2, blurProbability: 0 },
      ...configuration,
    }),
  );
  return diagnoses.map(({ verdict }) => verdict).filter((verdict, at, all) => verdict !== all[at - 1]);
}

describe('the diagnosis', () => {
  it('gives no alarm on a healthy run', async () => {
    expect(await verdicts(makeClassImages(images), {})).toEqual(['starting', 'learning']);
  });

  it('raises an alarm at a learning rate of 100', async () => {
    const given = await verdicts(makeClassImages(images), {
      // Batch norm in the head would undo the weights' blow-up, and the run would learn after all.
      projection: { hiddenWidths: [32], outputWidth: 32, batchNorm: false },
      optimizer: { name: 'sgd', learningRate: 100, learningRateScaling: 'none' },
    });
    // As the cosine brings the rate down, even this run may begin to learn.
    expect(given.some((verdict) => ['atChance', 'collapsed', 'diverged'].includes(verdict))).toBe(true);
  });

  it('calls a run on constant images collapsed', async () => {
    const gray = makeClassImages({
      ...images,
      draw: (_label, _random, side) => new Uint8Array(side * side * 3).fill(128),
    });
    const given = await verdicts(gray, { augmentation: { colorProbability: 0, grayscaleProbability: 0 } });
    expect(given.at(-1)).toBe('collapsed');
  });

  it('calls a run without augmentation trivial', async () => {
    const given = await verdicts(makeClassImages(images), {
      augmentation: {
        cropScaleMin: 1,
        colorProbability: 0,
        grayscaleProbability: 0,
        blurProbability: 0,
        flipProbability: 0,
      },
    });
    expect(given.at(-1)).toBe('trivial');
  });
});
