/** @file Batches are the same whoever draws them, come in order from any step on, and end without leaving anything. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { truncateSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { drawView } from '#compute/augment/draw-view.ts';
import { drawRows } from '#compute/data/batch-work.ts';
import { threadCount } from '#compute/data/draw-threads.ts';
import { epochOrder } from '#compute/data/epoch-order.ts';
import { openImages, type ImageReader } from '#compute/data/image-reader.ts';
import { ViewPipeline, viewPipelineBytes, type ViewPipelineOptions } from '#compute/data/view-pipeline.ts';
import { configurationSchema } from '#shared/configuration/schema.ts';
import { Random, Stream } from '#shared/random.ts';
import { hashBatches } from './hash-batches.ts';
import { packImages, removeFolder, unevenImages } from './packed-images.ts';

const run = promisify(execFile);
const size = 40; // blurs, unlike sizes below 20
const values = size * size * 3;
let folder: string;
let reader: ImageReader;
beforeAll(() => {
  folder = packImages(unevenImages(103));
  reader = openImages(folder);
});
afterAll(() => {
  reader.close();
  removeFolder(folder);
});

const open = new Set<ViewPipeline>();
afterEach(async () => {
  await Promise.all([...open].map((pipeline) => pipeline.close()));
  open.clear();
});

interface Changes extends Partial<ViewPipelineOptions> {
  workers?: number;
  epochs?: number;
  batchSize?: number;
  normalization?: 'none' | 'dataset';
}

/** 100 of the 103 images in batches of 32: three steps an epoch. */
function optionsWith({
  workers = 2,
  epochs = 3,
  batchSize = 32,
  normalization = 'none',
  ...changes
}: Changes = {}): ViewPipelineOptions {
  return {
    datasetFolder: folder,
    dataset: { imageSize: size, mean: [0.4, 0.5, 0.6], std: [0.2, 0.25, 0.3] },
    configuration: configurationSchema.parse({ seed: 11, epochs, batchSize, workers, normalization }),
    images: Uint32Array.from({ length: 100 }, (_, at) => at + 2),
    ...changes,
  };
}

function pipelineWith(changes: Changes = {}): ViewPipeline {
  const pipeline = new ViewPipeline(optionsWith(changes));
  open.add(pipeline);
  return pipeline;
}

/** What `hashBatches` must give, drawn here without threads. */
function expectedHash(count: number, start = 0): string {
  const { configuration, images } = optionsWith();
  const hash = createHash('sha256');
  const views = new Float32Array(2 * 32 * values);
  for (let at = start; at < start + count; at++) {
    const [epoch, step] = [Math.floor(at / 3), at % 3];
    const batch = epochOrder(11, epoch, images).subarray(32 * step, 32 * step + 32);
    const task = {
      kind: 'pairs',
      size,
      normalization: undefined,
      seed: 11,
      augmentation: configuration.augmentation,
    } as const;
    drawRows(task, reader, batch, epoch, 0, 32, views);
    hash.update(`${epoch} ${step} ${batch.join()}`);
    hash.update(new Uint8Array(views.buffer));
  }
  return hash.digest('hex');
}

describe('ViewPipeline', () => {
  it.each([1, 2, 3])('gives bit for bit the batches drawn without threads, with %i workers', async (workers) => {
    expect(await hashBatches(optionsWith({ workers }), 9)).toBe(expectedHash(9));
  });

  it('gives the same batches in another process', async () => {
    const options = { ...optionsWith({ workers: 3 }), images: [...optionsWith().images] };
    const program = path.join(import.meta.dirname, 'hash-batches.ts');
    const { stdout } = await run(process.execPath, [program, JSON.stringify({ options, count: 9 })]);
    expect(stdout.trim()).toBe(expectedHash(9));
  });

  it('starts at any step of any epoch with the batches an unbroken run would give', async () => {
    expect(await hashBatches(optionsWith({ start: { epoch: 1, step: 2 } }), 4)).toBe(expectedHash(4, 5));
    expect(await hashBatches(optionsWith({ start: { epoch: 2, step: 0 }, workers: 1 }), 3)).toBe(expectedHash(3, 6));
  });

  it('puts the first views of all images before the second views', async () => {
    const pipeline = pipelineWith();
    const { views, images, epoch } = await pipeline.next();
    expect(views.length).toBe(2 * 32 * values);
    const expected = new Float32Array(values);
    for (const at of [0, 7, 31]) {
      const index = images[at] ?? -1;
      for (const view of [0, 1]) {
        const random = new Random(11, Stream.view, epoch, index, view);
        drawView(reader.readImage(index), size, optionsWith().configuration.augmentation, random, expected, 0);
        const row = view * 32 + at;
        expect(views.slice(row * values, (row + 1) * values)).toEqual(expected);
      }
    }
  });

  it('draws other views of an image in the next epoch', async () => {
    const pipeline = pipelineWith({ batchSize: 100 });
    const first = await pipeline.next();
    const second = await pipeline.next();
    const at = second.images.indexOf(first.images[0] ?? -1);
    expect(second.views.slice(at * values, (at + 1) * values)).not.toEqual(first.views.slice(0, values));
  });

  it('drops the last partial batch, another one in each epoch, and ends after the last epoch', async () => {
    const pipeline = pipelineWith({ epochs: 2 });
    expect(pipeline.stepsPerEpoch).toBe(3);
    const seen: string[] = [];
    const images: number[] = [];
    for (let at = 0; at < 6; at++) {
      const batch = await pipeline.next();
      seen.push(`${batch.epoch}/${batch.step}`);
      if (batch.epoch === 0) images.push(...batch.images);
      batch.release();
    }
    expect(seen).toEqual(['0/0', '0/1', '0/2', '1/0', '1/1', '1/2']);
    expect(new Set(images).size).toBe(96);
    await expect(pipeline.next()).rejects.toThrow(/no more batches/);
  });

  it('refuses a batch larger than the images, before any thread starts', () => {
    expect(() => new ViewPipeline(optionsWith({ batchSize: 101 }))).toThrow(
      /A batch of 101 images is larger than the 100/,
    );
  });

  it('normalises by the dataset where asked, as the last operation', async () => {
    const plain = await pipelineWith().next();
    const normal = await pipelineWith({ normalization: 'dataset' }).next();
    const [mean, std] = [
      [0.4, 0.5, 0.6],
      [0.2, 0.25, 0.3],
    ];
    const worst = normal.views.reduce((most, value, at) => {
      const expected = ((plain.views[at] ?? NaN) - (mean[at % 3] ?? NaN)) / (std[at % 3] ?? NaN);
      return Math.max(most, Math.abs(value - expected));
    }, 0);
    expect(worst).toBeLessThan(1e-5);
  });

  it('tells classes where it is given labels', async () => {
    const batch = await pipelineWith({ labels: reader.labels }).next();
    expect([...(batch.labels ?? [])]).toEqual([...batch.images].map((image) => image % 10));
    expect((await pipelineWith().next()).labels).toBeUndefined();
  });

  it('leaves a batch alone until it is released', async () => {
    const pipeline = pipelineWith();
    const first = await pipeline.next();
    const kept = first.views.slice();
    (await pipeline.next()).release();
    (await pipeline.next()).release();
    expect(first.views).toEqual(kept);
    first.release();
    (await pipeline.next()).release();
    expect(first.views).not.toEqual(kept); // its memory now holds the fourth batch
  });

  it('says so where all batches are held, instead of waiting for ever', async () => {
    const pipeline = pipelineWith();
    const first = await pipeline.next();
    await pipeline.next();
    await pipeline.next();
    await expect(pipeline.next()).rejects.toThrow(/Release an earlier batch/);
    first.release();
    first.release();
    expect((await pipeline.next()).epoch).toBe(1);
  });

  it('knows the shared memory it takes', () => {
    expect(viewPipelineBytes(optionsWith())).toBe(3 * 32 * (2 * values * 4 + 4));
  });
});

describe('threadCount', () => {
  it('is what was asked for, or leaves a core to the device', () => {
    expect([threadCount(1), threadCount(64)]).toEqual([1, 64]);
    expect(threadCount(0)).toBeGreaterThanOrEqual(1);
    expect(threadCount(0)).toBeLessThanOrEqual(Math.max(1, availableParallelism() - 1));
  });
});

describe('ViewPipeline in trouble', () => {
  it('rejects where the files are missing, and goes on rejecting', async () => {
    const pipeline = pipelineWith({ datasetFolder: path.join(folder, 'nowhere') });
    await expect(pipeline.next()).rejects.toThrow(
      expect.objectContaining({
        name: 'UserError',
        message: expect.stringContaining('index.bin is missing') as string,
      }),
    );
    await expect(pipeline.next()).rejects.toThrow(/index.bin is missing/);
  });

  it('rejects where an image can no longer be read in the middle of a run', async () => {
    const damaged = packImages(unevenImages(103));
    try {
      const pipeline = pipelineWith({ datasetFolder: damaged });
      (await pipeline.next()).release();
      truncateSync(path.join(damaged, 'images.bin'), 0);
      await expect(
        (async () => {
          for (let at = 1; at < 9; at++) (await pipeline.next()).release();
        })(),
      ).rejects.toThrow(/ends within image/);
    } finally {
      removeFolder(damaged);
    }
  });

  it('rejects where it is asked for an image that the dataset does not have', async () => {
    const pipeline = pipelineWith({ images: Uint32Array.from({ length: 40 }, (_, at) => 90 + at) });
    await expect(pipeline.next()).rejects.toThrow(/There is no image 1\d\d: the dataset has 103/);
  });

  it('refuses batches that no memory holds, before any thread starts', () => {
    const options = optionsWith({ batchSize: 65536, images: new Uint32Array(70_000) });
    options.dataset = { ...options.dataset, imageSize: 1024 };
    expect(() => new ViewPipeline(options)).toThrow(
      expect.objectContaining({ kind: 'memory', hint: 'Choose a smaller batch size.' }),
    );
  });

  it('rejects a waiting next() when it is closed, and every later one', async () => {
    const pipeline = pipelineWith({ batchSize: 100, workers: 1 });
    const waiting = pipeline.next();
    const closing = pipeline.close();
    await expect(waiting).rejects.toThrow(/closed/);
    await closing;
    await expect(pipeline.next()).rejects.toThrow(/closed/);
    await pipeline.close();
  });

  it('leaves no thread behind, however often it is opened', async () => {
    const handles = () => process.getActiveResourcesInfo().filter((name) => /MessagePort|Worker/.test(name)).length;
    const before = handles();
    for (let round = 0; round < 5; round++) {
      const pipeline = new ViewPipeline(optionsWith({ workers: 3 }));
      if (round % 2 === 0) await pipeline.next();
      await pipeline.close();
    }
    expect(handles()).toBe(before);
  });

  it.each([true, false])('keeps no process alive (closed: %s)', async (close) => {
    const options = { ...optionsWith({ workers: 3 }), images: [...optionsWith().images] };
    const program = path.join(import.meta.dirname, 'abandon-pipeline.ts');
    const { stdout } = await run(process.execPath, [program, JSON.stringify({ options, close })], { timeout: 60_000 });
    expect(stdout.trim().split('\n')).toEqual(close ? ['took 32', 'closed'] : ['took 32']);
  });
});
