/** @file Datasets: what a record says, and how packed images lie on disk. */
import { z } from 'zod';

/** Splits a dataset may have. `unlabelled` holds images meant for pretraining alone. */
export const splitNames = ['train', 'validation', 'test', 'unlabelled'] as const;
export type SplitName = (typeof splitNames)[number];

const splitSchema = z.object({
  /** Index of the split's first image within the packed files. */
  first: z.int().min(0),
  count: z.int().min(0),
  /** How many of them have a class. */
  labelled: z.int().min(0),
  /** Images of each class, in the order of `classes`. */
  perClass: z.array(z.int().min(0)),
});

/** A dataset as `datasets show` prints it and as the library keeps it. */
export const datasetSchema = z.object({
  id: z.string(),
  name: z.string(),
  splits: z.partialRecord(z.enum(splitNames), splitSchema),
  classes: z.array(z.string()),
  /** Side, in pixels, of the square images that training sees. */
  imageSize: z.int().min(8).max(1024),
  /** Of the training images' pixels in [0, 1], per channel R, G, B. */
  mean: z.tuple([z.number(), z.number(), z.number()]),
  std: z.tuple([z.number(), z.number(), z.number()]),
  /** Of the packed files. */
  bytes: z.int().min(0),
  /** SHA-256, hex, of `images.bin` followed by `index.bin`. */
  sha256: z.string(),
  skipped: z.array(z.object({ path: z.string(), reason: z.string() })),
  /** Images whose stored pixels equal those of an earlier image. */
  duplicates: z.int().min(0),
  /** Those of them whose earlier image lies in another split: what a test must not have seen in training. */
  duplicatesAcrossSplits: z.int().min(0).optional(),
  source: z.string(),
  licence: z.string(),
  createdAt: z.string(),
});
export type Dataset = z.output<typeof datasetSchema>;

/**
 * [Note: packed images] `datasets/<id>/images.bin` holds every image's pixels one after the other: uint8, height x width
 * x 3, RGB. `index.bin` holds a record of 16 bytes an image, little-endian: byte offset into images.bin (uint32 low,
 * uint32 high), height (uint16), width (uint16), class (int32, -1 where there is none). Images of a split are contiguous.
 * `dataset.json` holds the record above. Images keep their aspect ratio; they are never upscaled when stored.
 */
export const indexRecordBytes = 16;

/** One record of `index.bin`. */
export interface IndexRecord {
  offset: number;
  height: number;
  width: number;
  /** Index into the dataset's classes, or -1. */
  label: number;
}

/** Writes record `at` of an index. */
export function writeIndexRecord(view: DataView, at: number, record: IndexRecord): void {
  const byte = at * indexRecordBytes;
  view.setUint32(byte, record.offset % 2 ** 32, true);
  view.setUint32(byte + 4, Math.floor(record.offset / 2 ** 32), true);
  view.setUint16(byte + 8, record.height, true);
  view.setUint16(byte + 10, record.width, true);
  view.setInt32(byte + 12, record.label, true);
}

/** Reads record `at` of an index. */
export function readIndexRecord(view: DataView, at: number): IndexRecord {
  const byte = at * indexRecordBytes;
  return {
    offset: view.getUint32(byte, true) + view.getUint32(byte + 4, true) * 2 ** 32,
    height: view.getUint16(byte + 8, true),
    width: view.getUint16(byte + 10, true),
    label: view.getInt32(byte + 12, true),
  };
}

/** Names of the files of a dataset's folder. */
export const datasetFiles = { images: 'images.bin', index: 'index.bin', manifest: 'dataset.json' } as const;
