/** @file Tells by a file's name whether it is, looks like, or is no image. The content is judged when it is decoded. */

const read = new Set(['jpg', 'jpeg', 'jpe', 'jfif', 'png', 'webp', 'gif', 'tif', 'tiff', 'avif']);

/** Images of kinds that are not read, so that a user who has them learns why they are not there. */
const known = new Set(
  'bmp dib heic heif hif svg jp2 j2k jpf jxl psd ico ppm pgm pbm pnm tga exr hdr raw cr2 cr3 nef arw dng orf rw2 raf'.split(
    ' ',
  ),
);

/** `image`: to be decoded. `unread`: looks like an image of a kind that is not read. `other`: none of our business. */
export type FileKind = 'image' | 'unread' | 'other';

export function kindOfFile(name: string): FileKind {
  const ending = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  if (read.has(ending)) return 'image';
  return known.has(ending) ? 'unread' : 'other';
}

/** True for what systems and programs leave in folders. */
export function isHidden(name: string): boolean {
  return name.startsWith('.') || name === '__MACOSX' || name === 'Thumbs.db' || name === '$RECYCLE.BIN';
}
