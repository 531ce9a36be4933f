/** @file Reads splits and classes off the paths of a folder's images. A pure function, so that every layout is tested. */
import { splitNames, type SplitName } from '#shared/dataset.ts';
import { UserError } from '#shared/errors.ts';
import type { SkippedFile } from '../image-source.ts';
import { byCodeUnits } from './find-images.ts';

/** An image of a folder with its place in the dataset. */
export interface PlacedImage {
  /** Within the folder, with `/` between the parts. */
  path: string;
  split: SplitName;
  /** Name of its class, or null. */
  className: string | null;
}

/** Images in the order they are stored. */
export interface FolderLayout {
  images: PlacedImage[];
  classes: string[];
  skipped: SkippedFile[];
  remarks: string[];
}

/** What people call the folders of splits. */
const splitFolders: Readonly<Record<string, SplitName>> = {
  train: 'train',
  training: 'train',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
  dev: 'validation',
  test: 'test',
  testing: 'test',
  unlabelled: 'unlabelled',
  unlabeled: 'unlabelled',
};

/**
 * [Note: folder layouts] Splits: where a folder holds `train` (or another name of it, or `unlabelled`) and no other
 * folders with images but splits — or at least two splits — its folders are splits; else all of it is `train`. Classes:
 * the folders within a split are its classes, by the first folder's name however deep an image lies. Images beside
 * class folders have no class: in training they are the `unlabelled` split, elsewhere they are skipped. A split without
 * folders in it is unlabelled.
 * @param paths - with `/` between the parts, sorted.
 */
export function layOut(paths: readonly string[]): FolderLayout {
  const layout: FolderLayout = { images: [], classes: [], skipped: [], remarks: [] };
  const splits = findSplits(paths);
  for (const image of paths) {
    const [top = '', ...rest] = image.split('/');
    if (splits === undefined) place(layout, image, 'train', rest.length === 0 ? [] : [top]);
    else {
      const split = rest.length === 0 ? undefined : splits.get(top);
      if (split === undefined) layout.skipped.push({ path: image, reason: 'lies beside the folders of the splits' });
      else place(layout, image, split, rest.slice(0, -1));
    }
  }
  settleUnclassed(layout);
  layout.classes = nameClasses(layout);
  layout.images.sort(
    (a, b) => splitNames.indexOf(a.split) - splitNames.indexOf(b.split) || byCodeUnits(a.path, b.path),
  );
  return layout;
}

/** Split of each top folder that is one, or undefined where the folder is not laid out by splits. */
function findSplits(paths: readonly string[]): Map<string, SplitName> | undefined {
  const tops = new Set(paths.filter((image) => image.includes('/')).map((image) => image.slice(0, image.indexOf('/'))));
  const splits = new Map<string, SplitName>();
  for (const top of tops) {
    const split = splitFolders[top.toLowerCase()];
    if (split !== undefined) splits.set(top, split);
  }
  const names = [...splits.values()];
  if (!names.includes('train') && !names.includes('unlabelled')) return undefined;
  if (splits.size < 2 && splits.size < tops.size) return undefined; // a class that happens to be called `train`
  for (const name of new Set(names)) {
    const folders = [...splits].filter(([, split]) => split === name).map(([folder]) => folder);
    if (folders.length > 1) {
      throw new UserError(`The folders ${folders.join(' and ')} are both the ${name} split.`, 'Keep one of them.');
    }
  }
  return splits;
}

function place(layout: FolderLayout, image: string, split: SplitName, folders: readonly string[]): void {
  const className = split === 'unlabelled' ? null : (folders[0] ?? null);
  layout.images.push({ path: image, split, className });
}

/** Deals with images that have no class in a split that has classes. */
function settleUnclassed(layout: FolderLayout): void {
  const withClasses = new Set(layout.images.filter(({ className }) => className !== null).map(({ split }) => split));
  layout.images = layout.images.filter((image) => {
    if (image.className !== null || !withClasses.has(image.split)) return true;
    if (image.split !== 'train') {
      layout.skipped.push({ path: image.path, reason: 'lies beside class folders' });
      return false;
    }
    image.split = 'unlabelled';
    return true;
  });
}

function nameClasses({ images, remarks }: FolderLayout): string[] {
  const namesIn = (splits: readonly SplitName[]): Set<string> =>
    new Set(images.filter(({ split }) => splits.includes(split)).flatMap(({ className }) => className ?? []));
  const trained = namesIn(['train']);
  const judged = namesIn(['validation', 'test']);
  const unseen = [...judged].filter((name) => !trained.has(name));
  if (trained.size > 0 && unseen.length > 0) {
    remarks.push(`No training images have the class ${unseen.sort(byCodeUnits).join(', ')}.`);
  }
  return [...new Set([...trained, ...judged])].sort(byCodeUnits);
}
