/** @file Calls the importer as a job would, and reads back what it packed. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ImportSource, Progress } from '#shared/compute-protocol.ts';
import { datasetFiles, indexRecordBytes, readIndexRecord, type Dataset } from '#shared/dataset.ts';
import { importDataset } from '#compute/import/import-dataset.ts';

export interface Imported {
  dataset: Dataset;
  target: string;
  logs: string[];
  progress: Progress[];
}

export interface RunOptions {
  imageSize?: number;
  shouldStop?: () => boolean;
}

/** Imports into `<library>/datasets/d`. */
export async function runImport(library: string, source: ImportSource, options: RunOptions = {}): Promise<Imported> {
  const target = path.join(library, 'datasets', 'd');
  const logs: string[] = [];
  const progress: Progress[] = [];
  const { imageSize, shouldStop = () => false } = options;
  const dataset = await importDataset(
    {
      kind: 'import',
      id: 'd',
      name: 'images',
      source,
      targetFolder: target,
      ...(imageSize === undefined ? {} : { imageSize }),
    },
    { progress: (each) => progress.push(each), shouldStop, log: (text) => logs.push(text) },
  );
  if (dataset === undefined) throw new Error('The import was stopped.');
  return { dataset, target, logs, progress };
}

export interface PackedImage {
  height: number;
  width: number;
  label: number;
  pixels: Uint8Array;
}

/** Every packed image, in order. */
export function readPacked(folder: string): PackedImage[] {
  const images = readFileSync(path.join(folder, datasetFiles.images));
  const index = readFileSync(path.join(folder, datasetFiles.index));
  const view = new DataView(index.buffer, index.byteOffset, index.byteLength);
  return Array.from({ length: index.length / indexRecordBytes }, (_, at) => {
    const { offset, height, width, label } = readIndexRecord(view, at);
    return { height, width, label, pixels: images.subarray(offset, offset + height * width * 3) };
  });
}
