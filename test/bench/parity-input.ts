/** @file What a comparison with PyTorch starts from: a configuration, weights, and batches that the studio's pipeline drew. */
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ViewPipeline } from '#compute/data/view-pipeline.ts';
import { encodeTensors } from '#compute/model/safetensors.ts';
import type { NamedValues } from '#compute/model/weights.ts';
import { completeConfiguration } from '#shared/configuration/keys.ts';
import type { Configuration } from '#shared/configuration/schema.ts';
import type { Random } from '#shared/random.ts';
import { toTorch } from '../golden/model/torch-layout.ts';
import { makeClassImages } from '../support/class-images.ts';

/** What is compared. */
export interface ParitySetting {
  architecture: 'resnet8' | 'resnet18';
  batchSize: number;
  hiddenWidths: number[];
  batchNorm: boolean;
  /** Of the images, in pixels. */
  side: number;
}

/** Of 256 images: what dkobak/simclr-cifar10 trains 100 epochs with. */
const ratePer256 = 0.06;

/** The recipe of cifar-quick, with another network and batch size. */
export function configurationOf(setting: ParitySetting): Configuration {
  const { architecture, batchSize, hiddenWidths, batchNorm } = setting;
  return completeConfiguration({
    epochs: 100,
    batchSize,
    temperature: 0.5,
    encoder: { architecture, stem: 'cifar' },
    projection: { hiddenWidths, outputWidth: 128, batchNorm },
    optimizer: { name: 'sgd', weightDecay: 1e-4 },
    augmentation: { cropScaleMin: 0.2, colorStrength: 0.5, blurProbability: 0 },
    validationFraction: 0,
  });
}

/** The learning rate, the same at every step. */
export function rateOf({ batchSize }: Configuration): number {
  return (ratePer256 * batchSize) / 256;
}

/** Gives a new folder to the work and removes it. */
export async function inFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(path.join(tmpdir(), 'simclr-parity-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Draws batches by the studio's pipeline and writes what the peer needs. Returns the batches. */
export async function writeInput(
  folder: string,
  configuration: Configuration,
  side: number,
  weights: NamedValues,
  batches: number,
): Promise<Float32Array[]> {
  const data = makeClassImages({ train: 16 * configuration.batchSize, test: 10, side, classes: 10, draw: drawPicture });
  const images = Uint32Array.from({ length: 16 * configuration.batchSize }, (_, at) => at);
  const pipeline = new ViewPipeline({ datasetFolder: data.folder, dataset: data.dataset, configuration, images });
  const drawn: Float32Array[] = [];
  const file = openSync(path.join(folder, 'views.bin'), 'w');
  try {
    for (let batch = 0; batch < batches; batch++) {
      const given = await pipeline.next();
      const views = Float32Array.from(given.views);
      given.release();
      drawn.push(views);
      writeSync(file, new Uint8Array(views.buffer));
    }
  } finally {
    closeSync(file);
    await pipeline.close();
    rmSync(path.dirname(data.folder), { recursive: true });
  }
  const torchWeights = Object.entries(weights).map(([name, value]) => [name, toTorch(value)] as const);
  writeFileSync(
    path.join(folder, 'weights.safetensors'),
    Buffer.concat(encodeTensors(Object.fromEntries(torchWeights), { format: 'pt' })),
  );
  const { batchSize, temperature, encoder, projection, optimizer } = configuration;
  const settings = {
    ...{ architecture: encoder.architecture, stem: 'cifar', ...projection, batchSize, side, temperature },
    ...{ weightDecay: optimizer.weightDecay, momentum: optimizer.momentum, rate: rateOf(configuration) },
  };
  writeFileSync(path.join(folder, 'settings.json'), JSON.stringify(settings));
  return drawn;
}

/** A picture unlike any other: five by five random colours, blended, with a little noise. */
function drawPicture(_: number, random: Random, side: number): Uint8Array {
  const knots = 5;
  const colours = Float64Array.from({ length: knots * knots * 3 }, () => random.uniform(0, 255));
  const pixels = new Uint8ClampedArray(side * side * 3);
  for (let at = 0; at < pixels.length; at++) {
    const channel = at % 3;
    const [x, y] = [Math.floor(at / 3) % side, Math.floor(at / 3 / side)].map((place) => {
      return (place * (knots - 1)) / side;
    }) as [number, number];
    const [left, top] = [Math.floor(x), Math.floor(y)];
    const colour = (row: number, column: number): number => colours[(row * knots + column) * 3 + channel] as number;
    const across = (row: number): number => colour(row, left) * (1 - x + left) + colour(row, left + 1) * (x - left);
    pixels[at] = across(top) * (1 - y + top) + across(top + 1) * (y - top) + random.uniform(-10, 10);
  }
  return new Uint8Array(pixels);
}
