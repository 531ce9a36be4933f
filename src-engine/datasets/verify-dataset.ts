/** @file Compares a dataset's files with its record. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { datasetFiles, indexRecordBytes, readIndexRecord, type Dataset } from '#shared/dataset.ts';

/** What a verification found. Without problems the files are, bit for bit, what was imported. */
export interface Verification {
  sound: boolean;
  /** One sentence each. */
  problems: string[];
  /** Of the files as they are; empty where they could not be read. */
  sha256: string;
}

/** Compares sizes alone, which costs nothing. @returns one sentence a problem. */
export async function checkSizes(folder: string, dataset: Dataset): Promise<string[]> {
  const images = countImages(dataset);
  const index = await sizeOf(path.join(folder, datasetFiles.index));
  const pixels = await sizeOf(path.join(folder, datasetFiles.images));
  if (index === undefined || pixels === undefined) return [`Its files are missing in ${folder}.`];
  const problems: string[] = [];
  if (index !== images * indexRecordBytes) {
    problems.push(`${datasetFiles.index} has ${index} bytes; ${images} images need ${images * indexRecordBytes}.`);
  }
  if (index + pixels !== dataset.bytes) {
    problems.push(`The files have ${index + pixels} bytes; the record says ${dataset.bytes}.`);
  }
  return problems;
}

/** Reads all files: sizes, the hash, and whether every index record lies within the images and the classes. */
export async function verifyFiles(
  folder: string,
  dataset: Dataset,
  onBytes: (done: number, total: number) => void = () => undefined,
  signal?: AbortSignal,
): Promise<Verification> {
  const problems = await checkSizes(folder, dataset);
  if (problems.some((problem) => problem.startsWith('Its files are missing'))) {
    return { sound: false, problems, sha256: '' };
  }
  const sum = createHash('sha256');
  let done = 0;
  for (const name of [datasetFiles.images, datasetFiles.index]) {
    const stream = createReadStream(path.join(folder, name), { highWaterMark: 2 ** 20 });
    for await (const chunk of stream) {
      signal?.throwIfAborted();
      const bytes = chunk as Buffer;
      sum.update(bytes);
      onBytes((done += bytes.length), dataset.bytes);
    }
  }
  const sha256 = sum.digest('hex');
  if (sha256 !== dataset.sha256) problems.push(`The files' SHA-256 is ${sha256}; the record says ${dataset.sha256}.`);
  problems.push(...(await checkIndex(folder, dataset)));
  return { sound: problems.length === 0, problems, sha256 };
}

/** Says the first record that leads outside, where one does. */
async function checkIndex(folder: string, dataset: Dataset): Promise<string[]> {
  const bytes = await readFile(path.join(folder, datasetFiles.index));
  const pixels = (await sizeOf(path.join(folder, datasetFiles.images))) ?? 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let expected = 0;
  for (let at = 0; (at + 1) * indexRecordBytes <= bytes.length; at++) {
    const { offset, height, width, label } = readIndexRecord(view, at);
    const end = offset + height * width * 3;
    if (offset !== expected || end > pixels) return [`Record ${at} of ${datasetFiles.index} leads outside the images.`];
    if (label < -1 || label >= dataset.classes.length) {
      return [`Record ${at} of ${datasetFiles.index} names class ${label} of ${dataset.classes.length}.`];
    }
    expected = end;
  }
  return [];
}

function countImages(dataset: Dataset): number {
  return Object.values(dataset.splits).reduce((sum, split) => sum + split.count, 0);
}

async function sizeOf(file: string): Promise<number | undefined> {
  return stat(file).then(
    (found) => found.size,
    () => undefined,
  );
}
