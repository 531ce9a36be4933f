/** @file What every format of datasets looks like to the importer: a stream of images in the order they are stored. */
import type { ImportSource } from '#shared/compute-protocol.ts';
import type { Dataset, SplitName } from '#shared/dataset.ts';

/** A file left out of the dataset, and why. */
export type SkippedFile = Dataset['skipped'][number];

/** Pixels of an image: uint8, height x width x 3, RGB. */
export interface PixelImage {
  height: number;
  width: number;
  pixels: Uint8Array;
}

/** One image of a source: its pixels where the format holds them plainly, else the path of an encoded file. */
export interface SourceImage {
  /** Names the image in reports. */
  path: string;
  split: SplitName;
  /** Index into the source's classes, or -1. */
  label: number;
  content: PixelImage | { file: string };
}

/**
 * [Note: one file a format] A format of datasets is one file in `sources/` that gives an `ImageSource`, and one line in
 * `open-source.ts`. It knows where images, splits and classes come from and nothing else: sizes, decoding, packing,
 * statistics, progress and stopping are the importer's.
 */
export interface ImageSource {
  /** Where the images come from, in words, for the record. */
  readonly origin: string;
  readonly licence: string;
  readonly classes: readonly string[];
  /** Images that `images` gives: counted before the first is read. */
  readonly count: number;
  /** The size of every image, where the format fixes it: then no header needs to be read. */
  readonly imageSize?: { height: number; width: number };
  /** What the source left out, found while it was opened. */
  readonly skipped: readonly SkippedFile[];
  /** What the user should know before the import starts. */
  readonly remarks: readonly string[];
  /**
   * The images, split after split in the order of `splitNames`. May be called more than once and gives the same each
   * time. Several are in work at once: pixels once given stay as they are.
   */
  images(): AsyncIterable<SourceImage>;
}

/** How a source is opened. */
export interface OpeningContext {
  /** An empty folder for unpacked files; removed after the import. */
  scratchFolder: string;
  /** To be called now and then in long work. @throws Stopped when the import is to end. */
  checkStop: () => void;
  /** Takes sentences for the user about work that takes a while. */
  log: (text: string) => void;
}

/** Opens a source of one format. @throws UserError where the input is not what it should be. */
export type SourceOpener<Format extends ImportSource['format']> = (
  source: Extract<ImportSource, { format: Format }>,
  context: OpeningContext,
) => Promise<ImageSource>;
