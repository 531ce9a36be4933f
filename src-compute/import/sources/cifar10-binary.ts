/** @file CIFAR-10's official binary version: records of one label and 32 x 32 pixels, plane by plane. */
import { readFile, stat } from 'node:fs/promises';
import { UserError } from '#shared/errors.ts';
import type { ImageSource, SourceImage } from '../image-source.ts';
import { cifar10Classes, cifar10Licence, cifarBytes, cifarSide, type BatchFile } from './cifar10-format.ts';

const recordBytes = 1 + cifarBytes;
/** Images of a batch file as published. Files cut down to fewer whole records are taken, and told. */
const publishedRecords = 10_000;

/** Opens the batch files. @throws UserError where a file's size is not a whole number of records. */
export async function openBinary(batches: readonly BatchFile[], origin: string): Promise<ImageSource> {
  const remarks: string[] = [];
  let count = 0;
  for (const { name, file } of batches) {
    const { size } = await stat(file);
    if (size === 0 || size % recordBytes !== 0) {
      throw new UserError(
        `${name} has ${size.toLocaleString('en-GB')} bytes, which is not a whole number of records of ${recordBytes} bytes.`,
        'The file was cut or is of another dataset: get it again.',
      );
    }
    const records = size / recordBytes;
    if (records !== publishedRecords) remarks.push(`${name} holds ${records} images; as published it has 10,000.`);
    count += records;
  }
  return {
    origin: `CIFAR-10, binary version, from ${origin}`,
    licence: cifar10Licence,
    classes: cifar10Classes,
    count,
    imageSize: { height: cifarSide, width: cifarSide },
    skipped: [],
    remarks,
    images: () => readRecords(batches),
  };
}

async function* readRecords(batches: readonly BatchFile[]): AsyncGenerator<SourceImage, void, undefined> {
  for (const { name, file, split } of batches) {
    const bytes = await readFile(file);
    for (let record = 0; (record + 1) * recordBytes <= bytes.length; record++) {
      const start = record * recordBytes;
      const label = bytes.readUInt8(start);
      if (label >= cifar10Classes.length) {
        throw new UserError(
          `Record ${record} of ${name} has label ${label}; CIFAR-10's labels are 0 to 9.`,
          'The file is damaged or of another dataset: get it again.',
        );
      }
      const pixels = interleave(bytes.subarray(start + 1, start + recordBytes));
      yield { path: `${name}#${record}`, split, label, content: { height: cifarSide, width: cifarSide, pixels } };
    }
  }
}

/** Planes R, G, B to pixels of three values. */
function interleave(planes: Uint8Array): Uint8Array {
  const size = planes.length / 3;
  const pixels = new Uint8Array(planes.length);
  for (let channel = 0; channel < 3; channel++) {
    const plane = planes.subarray(channel * size, (channel + 1) * size);
    for (let at = 0, to = channel; at < size; at++, to += 3) pixels[to] = plane[at] ?? 0;
  }
  return pixels;
}
