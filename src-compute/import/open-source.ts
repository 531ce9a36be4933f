/** @file Which file opens which format of datasets. */
import type { ImportSource } from '#shared/compute-protocol.ts';
import type { ImageSource, OpeningContext } from './image-source.ts';
import { openCifar10 } from './sources/cifar10.ts';
import { openFolder } from './sources/folder.ts';

/** Opens a source by its format: [Note: one file a format]. @throws UserError where the input is not what it should be. */
export function openSource(source: ImportSource, context: OpeningContext): Promise<ImageSource> {
  switch (source.format) {
    case 'cifar10':
      return openCifar10(source, context);
    case 'folder':
      return openFolder(source, context);
  }
}
