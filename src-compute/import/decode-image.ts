/** @file Reads image files of any kind: their size by their header, their pixels as 8-bit sRGB. */
import { stat } from 'node:fs/promises';
import sharp from 'sharp';
import { messageOf } from '#shared/errors.ts';
import type { PixelImage } from './image-source.ts';
import type { ImageSize } from './training-size.ts';

/**
 * [Note: hostile images] Files are judged by their content, not their name. Only the decoders below may run: others that
 * libvips brings (SVG, PDF, ImageMagick) read further files or are programs of their own. A header that promises more
 * than `pixelLimit` is refused before a pixel is decoded; a decoder that does not end is stopped.
 */
const decoders = ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Tiff', 'Heif'] as const;

/** Most pixels an image may have: 134 million, the largest that cameras make (11,648 x 8,736) among them. */
export const pixelLimit = 2 ** 27;
/** Longest side that an index record can hold. */
const longestSide = 65_535;
/** Seconds after which a decoder is stopped. */
const longestDecode = 60;

sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: decoders.map((name) => `VipsForeignLoad${name}`) });
// The importer decodes a file a core, each once: libvips' own threads and cache would only cost memory.
sharp.cache(false);
sharp.concurrency(1);

/** Why a file cannot be used, in words. */
export class UnreadableImage extends Error {
  override readonly name = 'UnreadableImage';
}

/**
 * An image's size as it is looked at, read from its header.
 * @throws UnreadableImage for what is no image, is damaged, or is too large.
 */
export async function inspectImage(file: string): Promise<ImageSize> {
  const size = await readHeader(file);
  const pixels = size.height * size.width;
  if (pixels > pixelLimit) {
    throw new UnreadableImage(
      `${size.width} x ${size.height} pixels are more than the ${Math.round(pixelLimit / 1e6)} million that are read`,
    );
  }
  if (Math.max(size.height, size.width) > longestSide) {
    throw new UnreadableImage(`${size.width} x ${size.height} pixels: a side of more than ${longestSide}`);
  }
  if (Math.min(size.height, size.width) < 1) throw new UnreadableImage('has no pixels');
  return size;
}

async function readHeader(file: string): Promise<ImageSize> {
  try {
    const { size, ...kind } = await stat(file).then((found) => ({ size: found.size, regular: found.isFile() }));
    if (!kind.regular) throw new UnreadableImage('not a regular file');
    if (size === 0) throw new UnreadableImage('empty file');
    const { autoOrient } = await sharp(file, { limitInputPixels: false, failOn: 'error' }).metadata();
    return { height: autoOrient.height, width: autoOrient.width };
  } catch (error) {
    throw asUnreadable(error, file);
  }
}

/**
 * Decodes an image and brings it to a size: EXIF orientation applied, the first frame of an animation, transparency on
 * white, colour profile (also CMYK), 16 bits, grey and palette turned into 8-bit sRGB.
 * @returns uint8, height x width x 3.
 * @throws UnreadableImage where its pixels are damaged.
 */
export async function decodeImage(file: string, size: ImageSize): Promise<PixelImage> {
  try {
    const { data, info } = await sharp(file, { limitInputPixels: pixelLimit, failOn: 'error', sequentialRead: true })
      .autoOrient()
      .flatten({ background: '#ffffff' })
      .resize({ ...size, fit: 'fill', kernel: 'lanczos3' })
      .toColourspace('srgb')
      .timeout({ seconds: longestDecode })
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 3 || data.length !== size.height * size.width * 3) {
      throw new UnreadableImage(`decodes to ${info.channels} channels instead of 3`);
    }
    return { ...size, pixels: data };
  } catch (error) {
    throw asUnreadable(error, file);
  }
}

/** What libvips says, without its file names and repetitions, as a reason. */
function asUnreadable(error: unknown, file: string): UnreadableImage {
  if (error instanceof UnreadableImage) return error;
  const text = messageOf(error);
  if (/unsupported image format|blocked/i.test(text)) return new UnreadableImage('not an image of a kind that is read');
  if (/pixel limit/i.test(text)) return new UnreadableImage('more pixels than are read');
  if (/timeout/i.test(text)) return new UnreadableImage(`took more than ${longestDecode} s to decode`);
  if (/ENOENT|missing/i.test(text)) return new UnreadableImage('file vanished or a link leads nowhere');
  if (/EACCES|permission/i.test(text)) return new UnreadableImage('may not be read (permission)');
  const [first = ''] = text.replaceAll(file, '').split('\n');
  const detail = first.replace(/^Input (file|buffer) (has corrupt header|is missing):?[: ]*/, '').replace(/^[: ]+/, '');
  return new UnreadableImage(detail === '' ? 'damaged' : `damaged: ${detail}`);
}
