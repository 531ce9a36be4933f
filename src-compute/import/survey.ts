/** @file The first look at a source: which images can be read, how large they are, what the import will need. */
import { indexRecordBytes } from '#shared/dataset.ts';
import { inspectImage, UnreadableImage } from './decode-image.ts';
import type { ImageSource, SkippedFile, SourceImage } from './image-source.ts';
import { mapInOrder } from './ordered-parallel.ts';
import { chooseTrainingSize, storedSize, type ImageSize } from './training-size.ts';

/** What is known before the first image is decoded. */
export interface Survey {
  /** Side of the images that training sees. */
  trainingSize: number;
  /** Images that are stored at all, unless their pixels turn out damaged. */
  readable: number;
  /** Size of the image at a place in the source's order; undefined for one that cannot be read. */
  sizeOf: (place: number) => ImageSize | undefined;
  /** Bytes of the packed files. */
  bytes: number;
  skipped: readonly SkippedFile[];
}

export interface SurveyOptions {
  /** As the user asked. */
  imageSize: number | undefined;
  parallel: number;
  /** Called after each image. */
  onImage: () => void;
}

/** Reads every header, unless the source knows the size of its images. */
export async function surveySource(source: ImageSource, options: SurveyOptions): Promise<Survey> {
  const { imageSize: uniform } = source;
  if (uniform !== undefined) {
    const trainingSize = options.imageSize ?? chooseTrainingSize([uniform]);
    const bytes = source.count * (uniform.height * uniform.width * 3 + indexRecordBytes);
    return { trainingSize, readable: source.count, sizeOf: () => uniform, bytes, skipped: [] };
  }
  const sizes: (ImageSize | undefined)[] = [];
  const skipped: SkippedFile[] = [];
  for await (const { image, size, reason } of mapInOrder(source.images(), options.parallel, look)) {
    sizes.push(size);
    if (reason !== undefined) skipped.push({ path: image.path, reason });
    options.onImage();
  }
  const trainingSize = options.imageSize ?? chooseTrainingSize(sizes.filter((size) => size !== undefined));
  let bytes = 0;
  let readable = 0;
  sizes.forEach((size, place) => {
    if (size === undefined) return;
    const stored = storedSize(size, trainingSize);
    sizes[place] = stored;
    bytes += stored.height * stored.width * 3 + indexRecordBytes;
    readable++;
  });
  return { trainingSize, readable, sizeOf: (place) => sizes[place], bytes, skipped };
}

interface Look {
  image: SourceImage;
  size?: ImageSize;
  reason?: string;
}

async function look(image: SourceImage): Promise<Look> {
  const { content } = image;
  if (!('file' in content)) return { image, size: { height: content.height, width: content.width } };
  try {
    const size = await inspectImage(content.file);
    return { image, size };
  } catch (error) {
    if (error instanceof UnreadableImage) return { image, reason: error.message };
    throw error;
  }
}
