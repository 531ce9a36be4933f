/** @file Reads packed images by position: memory holds the index and one image, however large the dataset is. */
import fs from 'node:fs';
import path from 'node:path';
import { datasetFiles, indexRecordBytes, readIndexRecord } from '#shared/dataset.ts';
import { UserError } from '#shared/errors.ts';
import type { StoredImage } from '../augment/image.ts';

/** Where each image lies and its class; see [Note: packed images]. */
export interface ImageIndex {
  readonly count: number;
  /** Bytes into `images.bin`. */
  readonly offsets: Float64Array;
  readonly heights: Uint16Array;
  readonly widths: Uint16Array;
  /** Index into the dataset's classes, or -1. */
  readonly labels: Int32Array;
}

/** An open dataset folder. Not to be shared between threads: each opens its own. */
export interface ImageReader extends ImageIndex {
  /**
   * Reads one image. The result and its pixels are reused: valid until the next call.
   * @throws UserError where the file can't be read; RangeError for an index outside the dataset.
   */
  readImage(index: number): StoredImage;
  close(): void;
}

const repair = 'Check it with "simclr-studio datasets verify", or remove the dataset and add it again.';

/**
 * Opens the packed images of a dataset.
 * @param datasetFolder - holds `images.bin` and `index.bin`.
 * @throws UserError where a file is missing, truncated or contradicts the other.
 */
export function openImages(datasetFolder: string): ImageReader {
  const index = readIndex(path.join(datasetFolder, datasetFiles.index));
  const imagesFile = path.join(datasetFolder, datasetFiles.images);
  const descriptor = openFile(imagesFile);
  try {
    checkSize(imagesFile, fs.fstatSync(descriptor).size, index);
  } catch (error) {
    fs.closeSync(descriptor);
    throw error;
  }
  return new PackedImages(index, descriptor, imagesFile);
}

class PackedImages implements ImageReader {
  readonly count: number;
  readonly offsets: Float64Array;
  readonly heights: Uint16Array;
  readonly widths: Uint16Array;
  readonly labels: Int32Array;
  readonly #file: string;
  readonly #image: StoredImage = { pixels: new Uint8Array(32 * 32 * 3), height: 0, width: 0 };
  #descriptor: number | undefined;

  constructor(index: ImageIndex, descriptor: number, file: string) {
    this.count = index.count;
    this.offsets = index.offsets;
    this.heights = index.heights;
    this.widths = index.widths;
    this.labels = index.labels;
    this.#descriptor = descriptor;
    this.#file = file;
  }

  readImage(index: number): StoredImage {
    const image = this.#image;
    if (this.#descriptor === undefined) throw new Error('These images are closed.');
    const height = this.heights[index];
    const width = this.widths[index];
    const offset = this.offsets[index];
    if (height === undefined || width === undefined || offset === undefined) {
      throw new RangeError(`There is no image ${index}: the dataset has ${this.count}.`);
    }
    const length = height * width * 3;
    if (image.pixels.length < length) image.pixels = new Uint8Array(length);
    image.height = height;
    image.width = width;
    let done = 0;
    while (done < length) {
      const read = readAt(this.#descriptor, this.#file, image.pixels, done, length - done, offset + done);
      if (read === 0) throw damaged(`${this.#file} ends within image ${index}.`);
      done += read;
    }
    return image;
  }

  close(): void {
    if (this.#descriptor !== undefined) fs.closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}

function readAt(descriptor: number, file: string, into: Uint8Array, at: number, length: number, from: number): number {
  try {
    return fs.readSync(descriptor, into, at, length, from);
  } catch (error) {
    throw new UserError(`${file} can't be read (${codeOf(error)}).`, 'Check the drive that holds the library.', 'disk');
  }
}

function readIndex(file: string): ImageIndex {
  const bytes = readWholeFile(file);
  if (bytes.length === 0 || bytes.length % indexRecordBytes !== 0) {
    throw damaged(`${file} has ${bytes.length} bytes, which is not a whole number of records.`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const count = bytes.length / indexRecordBytes;
  const index = {
    count,
    offsets: new Float64Array(count),
    heights: new Uint16Array(count),
    widths: new Uint16Array(count),
    labels: new Int32Array(count),
  };
  for (let at = 0; at < count; at++) {
    const record = readIndexRecord(view, at);
    if (record.height === 0 || record.width === 0) throw damaged(`${file} gives image ${at} no pixels.`);
    index.offsets[at] = record.offset;
    index.heights[at] = record.height;
    index.widths[at] = record.width;
    index.labels[at] = record.label;
  }
  return index;
}

/** Every image must lie within the file. */
function checkSize(file: string, size: number, index: ImageIndex): void {
  let end = 0;
  for (let at = 0; at < index.count; at++) {
    const length = (index.heights[at] as number) * (index.widths[at] as number) * 3;
    end = Math.max(end, (index.offsets[at] as number) + length);
  }
  if (size < end) throw damaged(`${file} has ${size} bytes, but its index needs ${end}.`);
}

function openFile(file: string): number {
  try {
    return fs.openSync(file, 'r');
  } catch (error) {
    throw unreadable(file, error);
  }
}

function readWholeFile(file: string): Buffer {
  try {
    return fs.readFileSync(file);
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(file: string, error: unknown): UserError {
  const code = codeOf(error);
  if (code === 'ENOENT') return damaged(`${file} is missing.`);
  return new UserError(`${file} can't be opened (${code}).`, 'Check the permissions of the library folder.', 'disk');
}

function damaged(message: string): UserError {
  return new UserError(message, repair, 'input');
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
