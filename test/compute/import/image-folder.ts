/** @file A folder of images that a test fills and imports. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { runImport, type Imported } from './run-import.ts';
import { temporaryFolder } from './temporary-folder.ts';

export const colour = { r: 200, g: 40, b: 90 };

/** A picture of one colour. */
export function plain(width = 24, height = 16): Sharp {
  return sharp({ create: { width, height, channels: 3, background: colour } });
}

export interface ImageFolder {
  root: string;
  library: string;
  put: (name: string, content: Buffer | string) => void;
  importIt: (imageSize?: number) => Promise<Imported>;
}

/** An empty folder beside an empty library. */
export function newFolder(): ImageFolder {
  const base = temporaryFolder();
  const root = path.join(base, 'images');
  const library = path.join(base, 'library');
  mkdirSync(root);
  return {
    root,
    library,
    put: (name, content) => {
      mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
      writeFileSync(path.join(root, name), content);
    },
    importIt: (imageSize) =>
      runImport(library, { format: 'folder', folder: root }, imageSize === undefined ? {} : { imageSize }),
  };
}
