/** @file Splits and classes of every layout of folders. */
import { describe, expect, it } from 'vitest';
import { layOut } from '#compute/import/sources/folder-layout.ts';

/** `split/class path` of each image, in order. */
function laidOut(...paths: string[]): string[] {
  return layOut(paths.toSorted()).images.map(({ split, className, path }) => `${split}/${className ?? '-'} ${path}`);
}

describe('layOut', () => {
  it('takes a flat folder as unlabelled training images', () => {
    expect(laidOut('b.jpg', 'a.jpg')).toEqual(['train/- a.jpg', 'train/- b.jpg']);
    expect(layOut(['a.jpg']).classes).toEqual([]);
  });

  it('takes subfolders as classes, however deep their images lie', () => {
    expect(laidOut('dog/x/1.jpg', 'cat/1.jpg')).toEqual(['train/cat cat/1.jpg', 'train/dog dog/x/1.jpg']);
    expect(layOut(['cat/1.jpg', 'dog/1.jpg']).classes).toEqual(['cat', 'dog']);
  });

  it('takes train, val and test folders as splits with class folders in them', () => {
    const paths = ['test/cat/1.jpg', 'train/cat/1.jpg', 'train/dog/2.jpg', 'val/dog/1.jpg'];
    expect(laidOut(...paths)).toEqual([
      'train/cat train/cat/1.jpg',
      'train/dog train/dog/2.jpg',
      'validation/dog val/dog/1.jpg',
      'test/cat test/cat/1.jpg',
    ]);
  });

  it('takes splits without class folders as unlabelled', () => {
    expect(laidOut('train/1.jpg', 'test/2.jpg')).toEqual(['train/- train/1.jpg', 'test/- test/2.jpg']);
  });

  it('knows other names of splits in any case', () => {
    expect(laidOut('Training/a/1.jpg', 'VALID/a/1.jpg', 'testing/a/1.jpg', 'unlabeled/9.jpg')).toEqual([
      'train/a Training/a/1.jpg',
      'validation/a VALID/a/1.jpg',
      'test/a testing/a/1.jpg',
      'unlabelled/- unlabeled/9.jpg',
    ]);
  });

  it('takes a class that happens to be called train as a class', () => {
    expect(layOut(['bus/1.jpg', 'plane/1.jpg', 'train/1.jpg']).classes).toEqual(['bus', 'plane', 'train']);
  });

  it('lists images beside the folders of the splits as skipped', () => {
    const { images, skipped } = layOut(['extra/1.jpg', 'stray.jpg', 'test/a/1.jpg', 'train/a/1.jpg']);
    expect(images.map(({ path }) => path)).toEqual(['train/a/1.jpg', 'test/a/1.jpg']);
    expect(skipped.map(({ path }) => path)).toEqual(['extra/1.jpg', 'stray.jpg']);
  });

  it('pretrains on images beside class folders without a class, and does not judge by them', () => {
    const { images, skipped } = layOut(['test/a/1.jpg', 'test/2.jpg', 'train/3.jpg', 'train/a/1.jpg'].toSorted());
    expect(images.map(({ split, path }) => `${split} ${path}`)).toEqual([
      'train train/a/1.jpg',
      'test test/a/1.jpg',
      'unlabelled train/3.jpg',
    ]);
    expect(skipped).toEqual([{ path: 'test/2.jpg', reason: 'lies beside class folders' }]);
  });

  it('refuses two folders of one split', () => {
    expect(() => layOut(['train/a/1.jpg', 'val/a/1.jpg', 'valid/a/1.jpg'])).toThrow('val and valid are both');
  });

  it('says which classes are judged and never trained on', () => {
    const { classes, remarks } = layOut(['test/b/1.jpg', 'train/a/1.jpg']);
    expect(classes).toEqual(['a', 'b']);
    expect(remarks).toEqual(['No training images have the class b.']);
  });

  it('orders by code units, whatever the locale', () => {
    expect(layOut(['a/1.jpg', 'B/1.jpg', 'ä/1.jpg', 'Z/1.jpg', '10/1.jpg', '9/1.jpg']).classes).toEqual([
      '10',
      '9',
      'B',
      'Z',
      'a',
      'ä',
    ]);
  });
});
