import { beforeAll, describe, expect, it } from 'vitest';
import type { BackendChoice, CheckpointRecord } from '#shared/compute-protocol.ts';
import { UserError } from '#shared/errors.ts';
import { makeClassImages } from '../../support/class-images.ts';
import { tensorflowChoice } from '../../support/open-tensorflow.ts';
import { pretrainSpec, runPretraining } from '../../support/run-pretraining.ts';

/** 72 train images less 8 held out make 4 steps of 16 an epoch. */
const data = makeClassImages({ train: 80, test: 16, side: 16, classes: 4 });
const stepsAnEpoch = 4;

let backend: BackendChoice;
beforeAll(async () => {
  backend = await tensorflowChoice();
});

const specOf = (configuration: Parameters<typeof pretrainSpec>[2] = {}) => pretrainSpec(data, backend, configuration);

function lastHash(checkpoints: CheckpointRecord[]): string {
  return checkpoints.at(-1)?.weightsSha256 ?? 'no checkpoint';
}

describe('a pretraining run', () => {
  it('records every metric of every step once, and those of epochs at their ends', async () => {
    const { samples, finished, logs } = await runPretraining(specOf());
    expect(finished).toBe(true);
    const stepsOf = (metric: string) => samples.filter((sample) => sample.metric === metric).map(({ step }) => step);
    const everyStep = Array.from({ length: 2 * stepsAnEpoch }, (_, at) => at + 1);
    for (const metric of [
      'loss',
      'chanceLoss',
      'contrastiveTop1',
      'contrastiveTop5',
      'positiveSimilarity',
      'negativeSimilarity',
      'learningRate',
      'gradientNorm',
      'imagesPerSecond',
      'dataWait',
      'embeddingStd',
      'processMemory',
    ]) {
      expect(stepsOf(metric), metric).toEqual(everyStep);
    }
    for (const metric of ['alignment', 'uniformity', 'effectiveRank', 'knnTop1']) {
      expect(stepsOf(metric), metric).toEqual([stepsAnEpoch, 2 * stepsAnEpoch]);
    }
    expect(logs.filter((line) => line.includes('sit out'))).toHaveLength(1);
  });

  it('gives the same weights for any number of augmentation workers, and others for another seed', async () => {
    const one = await runPretraining(specOf({ workers: 1 }));
    const three = await runPretraining(specOf({ workers: 3 }));
    const other = await runPretraining(specOf({ seed: 1 }));
    expect(lastHash(three.checkpoints)).toBe(lastHash(one.checkpoints));
    expect(lastHash(other.checkpoints)).not.toBe(lastHash(one.checkpoints));
  });

  it.each(['sgd', 'lars', 'adamw'] as const)('resumed with %s ends with the bits of an unbroken run', async (name) => {
    const configuration = {
      epochs: 3,
      optimizer: { name, learningRate: 0.05 },
      checkpoint: { everyEpochs: 1, everyMinutes: 0 },
    };
    const whole = await runPretraining(specOf(configuration));
    expect(whole.checkpoints.map(({ epoch, step }) => [epoch, step])).toEqual([
      [1, 4],
      [2, 8],
      [3, 12],
    ]);
    const spec = specOf(configuration);
    const broken = await runPretraining(spec, (job, samples) => {
      if (samples.some(({ step }) => step >= 2)) job.stop();
    });
    const stoppedAt = broken.checkpoints.at(-1);
    expect(broken.finished).toBe(stoppedAt?.step === 12);
    const resumed = await runPretraining({ ...spec, resumeFrom: { checkpointId: stoppedAt?.id ?? '' } });
    expect(lastHash(resumed.checkpoints)).toBe(lastHash(whole.checkpoints));
    const losses = [...broken.series('loss'), ...resumed.series('loss')];
    expect(losses).toEqual(whole.series('loss'));
  });

  it('pauses with a checkpoint, goes on, and ends with the bits of an unbroken run', async () => {
    const whole = await runPretraining(specOf({ epochs: 3 }));
    let pauses = 0;
    const paused = await runPretraining(
      specOf({ epochs: 3 }),
      (job) => {
        if (pauses === 0) job.pause();
      },
      (job) => {
        pauses++;
        job.resume();
      },
    );
    expect(pauses).toBe(1);
    expect(paused.checkpoints.length).toBe(2);
    expect(lastHash(paused.checkpoints)).toBe(lastHash(whole.checkpoints));
  });

  it('stops at NaN, naming the step, and keeps the last good checkpoint', async () => {
    const spec = specOf({
      epochs: 50,
      // The loss does not change with the weights' length, so only decay can make them grow without bound.
      optimizer: { name: 'sgd', learningRate: 1e6, learningRateScaling: 'none', weightDecay: 1 },
      schedule: { warmupEpochs: 1 },
      checkpoint: { everyEpochs: 1, everyMinutes: 0 },
    });
    const failure: unknown = await runPretraining(spec).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UserError);
    expect(failure).toMatchObject({
      kind: 'diverged',
      message: expect.stringMatching(/NaN or infinity at step \d+ \(epoch \d+\)/) as string,
    });
  });

  it('refuses a batch that will not fit into memory before anything starts, naming one that fits', async () => {
    const large = makeClassImages({ train: 8, test: 0, side: 224, classes: 2 });
    const spec = pretrainSpec(large, backend, { batchSize: 60_000, encoder: { architecture: 'resnet50' } });
    const failure: unknown = await runPretraining(spec).catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: 'memory' });
    expect((failure as UserError).line).toMatch(/needs about [\d.]+ GB .*--batch-size \d+/);
  });
});
