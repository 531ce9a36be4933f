/** @file Imports a dataset: source in, packed images and their record out, or nothing at all. */
import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { ImportSpec, Progress } from '#shared/compute-protocol.ts';
import { datasetFiles, datasetSchema, type Dataset } from '#shared/dataset.ts';
import { UserError } from '#shared/errors.ts';
import { decodeImage, UnreadableImage } from './decode-image.ts';
import { freeBytes, readableBytes, requireRoom, writingError } from './disk.ts';
import type { ImageSource, PixelImage, SkippedFile, SourceImage } from './image-source.ts';
import { PhaseProgress } from './import-progress.ts';
import { mapInOrder } from './ordered-parallel.ts';
import { PackedWriter, writeSynced, type Packed } from './packed-writer.ts';
import { openSource } from './open-source.ts';
import { openStagingFolder } from './staging-folder.ts';
import { Stopped } from './stopped.ts';
import { surveySource, type Survey } from './survey.ts';
import { trainingSizeRange } from './training-size.ts';

/** How an import talks to whoever runs it. */
export interface ImportCallbacks {
  /** About ten times a second, and at each phase's end. */
  progress: (progress: Progress) => void;
  /** Asked before every image: true ends the import, and nothing is left of it. */
  shouldStop: () => boolean;
  /** Sentences for the user. */
  log: (text: string) => void;
}

interface ImportContext {
  callbacks: ImportCallbacks;
  checkStop: () => void;
  parallel: number;
}

/**
 * Reads a source and packs its images into `spec.targetFolder`, which appears when it is whole.
 * @returns the dataset's record, or undefined when the import was stopped.
 * @throws UserError where the source cannot be used, holds no readable image, or the disk has no room.
 */
export async function importDataset(spec: ImportSpec, callbacks: ImportCallbacks): Promise<Dataset | undefined> {
  requireSize(spec.imageSize);
  const checkStop = (): void => {
    if (callbacks.shouldStop()) throw new Stopped();
  };
  const context: ImportContext = { callbacks, checkStop, parallel: availableParallelism() };
  const staging = await openStagingFolder(spec.targetFolder);
  try {
    checkStop();
    const source = await openSource(spec.source, { scratchFolder: staging.scratch, checkStop, log: callbacks.log });
    for (const remark of source.remarks) callbacks.log(remark);
    const survey = await examine(source, spec.imageSize, context);
    await tellAndCheckRoom(survey, staging.folder, callbacks);
    const { packed, skipped } = await pack(source, survey, staging.folder, context);
    const dataset = describe(spec, source, survey, packed, skipped);
    await writeSynced(path.join(staging.folder, datasetFiles.manifest), `${JSON.stringify(dataset, null, 2)}\n`);
    checkStop();
    await staging.publish();
    return dataset;
  } catch (error) {
    if (error instanceof Stopped) return undefined;
    throw writingError(error, path.dirname(spec.targetFolder));
  } finally {
    await staging.discard();
  }
}

function requireSize(size: number | undefined): void {
  const { min, max } = trainingSizeRange;
  if (size === undefined || (Number.isInteger(size) && size >= min && size <= max)) return;
  throw new UserError(`${size} is no size for training images.`, `Give a whole number from ${min} to ${max}.`, 'usage');
}

async function examine(source: ImageSource, imageSize: number | undefined, context: ImportContext): Promise<Survey> {
  const { callbacks, checkStop, parallel } = context;
  const needsHeaders = source.imageSize === undefined;
  const progress = needsHeaders ? new PhaseProgress('Reading headers', source.count, callbacks.progress) : undefined;
  const survey = await surveySource(source, {
    imageSize,
    parallel: parallel * 4,
    onImage: () => {
      checkStop();
      progress?.advance();
    },
  });
  progress?.end();
  requireImages(survey.readable, [...source.skipped, ...survey.skipped], source);
  return survey;
}

async function tellAndCheckRoom(survey: Survey, folder: string, { log }: ImportCallbacks): Promise<void> {
  const free = await freeBytes(folder);
  const parent = path.dirname(folder);
  log(
    `${survey.readable.toLocaleString('en-GB')} images for training at ${survey.trainingSize} px need ` +
      `${readableBytes(survey.bytes)} in ${parent} (${readableBytes(free)} free).`,
  );
  requireRoom(survey.bytes, free, parent);
}

interface Decoded {
  image: SourceImage;
  pixels?: PixelImage;
  reason?: string;
}

async function pack(
  source: ImageSource,
  survey: Survey,
  folder: string,
  { callbacks, checkStop, parallel }: ImportContext,
): Promise<{ packed: Packed; skipped: SkippedFile[] }> {
  const progress = new PhaseProgress('Packing images', survey.readable, callbacks.progress);
  const skipped = [...source.skipped, ...survey.skipped];
  const writer = await PackedWriter.create(folder, source.classes.length);
  let place = 0;
  const decode = async (image: SourceImage): Promise<Decoded> => {
    const size = survey.sizeOf(place++);
    if (size === undefined) return { image };
    if (!('file' in image.content)) return { image, pixels: image.content };
    try {
      return { image, pixels: await decodeImage(image.content.file, size) };
    } catch (error) {
      if (error instanceof UnreadableImage) return { image, reason: error.message };
      throw error;
    }
  };
  try {
    for await (const { image, pixels, reason } of mapInOrder(source.images(), parallel * 2, decode)) {
      checkStop();
      if (reason !== undefined) skipped.push({ path: image.path, reason });
      if (pixels !== undefined) await writer.add(pixels, image.split, image.label);
      if (pixels !== undefined || reason !== undefined) progress.advance();
    }
    requireImages(writer.count, skipped, source);
    const packed = await writer.finish();
    progress.end();
    return { packed, skipped };
  } finally {
    await writer.close();
  }
}

function requireImages(count: number, skipped: readonly SkippedFile[], source: ImageSource): void {
  if (count > 0) return;
  const [first] = skipped;
  const why = first === undefined ? '' : ` The first file, ${first.path}: ${first.reason}.`;
  throw new UserError(
    `No readable image is in ${source.origin}.${why}`,
    'Give a folder with JPEG, PNG, WebP, GIF, TIFF or AVIF images.',
  );
}

function describe(
  spec: ImportSpec,
  source: ImageSource,
  survey: Survey,
  packed: Packed,
  skipped: readonly SkippedFile[],
): Dataset {
  return datasetSchema.parse({
    id: spec.id,
    name: spec.name,
    classes: [...source.classes],
    imageSize: survey.trainingSize,
    ...packed,
    skipped: skipped.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)),
    source: source.origin,
    licence: source.licence,
    createdAt: new Date().toISOString(),
  } satisfies Dataset);
}
