/** @file A folder of image files: splits and classes by its folders, or flat and unlabelled. */
import path from 'node:path';
import type { ImageSource, OpeningContext, SourceImage } from '../image-source.ts';
import { findImages } from './find-images.ts';
import { layOut, type FolderLayout } from './folder-layout.ts';

/** Opens a folder. @throws UserError where it is none. */
export async function openFolder({ folder }: { folder: string }, { checkStop }: OpeningContext): Promise<ImageSource> {
  const found = await findImages(folder, checkStop);
  const layout = layOut(found.paths);
  const remarks = [...layout.remarks];
  if (found.others > 0) remarks.push(`${found.others} files that are no images were passed over.`);
  return {
    origin: folder,
    licence: 'unknown',
    classes: layout.classes,
    count: layout.images.length,
    skipped: [...found.skipped, ...layout.skipped],
    remarks,
    images: () => listImages(found.root, layout),
  };
}

// eslint-disable-next-line @typescript-eslint/require-await -- sources are asynchronous; this one is read already
async function* listImages(root: string, layout: FolderLayout): AsyncGenerator<SourceImage, void, undefined> {
  const labels = new Map(layout.classes.map((name, label) => [name, label]));
  for (const { path: image, split, className } of layout.images) {
    const label = className === null ? -1 : (labels.get(className) ?? -1);
    yield { path: image, split, label, content: { file: path.join(root, ...image.split('/')) } };
  }
}
