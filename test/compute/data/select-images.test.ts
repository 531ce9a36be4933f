/** @file Selections are even, disjoint and decided by the seed. */
import { describe, expect, it } from 'vitest';
import { selectImages, type Selection } from '#compute/data/select-images.ts';
import type { Dataset } from '#shared/dataset.ts';
import { Random } from '#shared/random.ts';

type Counts = Partial<Record<'train' | 'validation' | 'test' | 'unlabelled', number>>;

/** A dataset with these splits one after the other; `classOf` labels the images of all but the unlabelled split. */
function dataset(counts: Counts, classOf: (image: number) => number) {
  const splits: Dataset['splits'] = {};
  const labels: number[] = [];
  for (const [name, count] of Object.entries(counts)) {
    splits[name as keyof Counts] = { first: labels.length, count, labelled: 0, perClass: [] };
    for (let at = 0; at < count; at++) labels.push(name === 'unlabelled' ? -1 : classOf(labels.length));
  }
  return { record: { name: 'pictures', splits }, index: { count: labels.length, labels: Int32Array.from(labels) } };
}

const settings = { seed: 3, limitImages: 0, validationFraction: 0.1 };

function select({ record, index }: ReturnType<typeof dataset>, changes: Partial<typeof settings> = {}): Selection {
  return selectImages(record, index, { ...settings, ...changes });
}

function perClass(images: Uint32Array, labels: Int32Array, classes: number): number[] {
  const counts = Array.from({ length: classes }, () => 0);
  for (const image of images) counts[labels[image] ?? 0] = (counts[labels[image] ?? 0] ?? 0) + 1;
  return counts;
}

const even = dataset({ train: 1000, test: 200 }, (image) => image % 10);

describe('selectImages', () => {
  it('uses every training image once, for training or validation', () => {
    const { train, validation, test } = select(even);
    expect([...train, ...validation].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, at) => at));
    expect([...test]).toEqual(Array.from({ length: 200 }, (_, at) => 1000 + at));
    expect(validation.length).toBe(100);
    expect([...train]).toEqual([...train].sort((a, b) => a - b));
  });

  it('holds out the same share of each class', () => {
    expect(perClass(select(even).validation, even.index.labels, 10)).toEqual(Array.from({ length: 10 }, () => 10));
    const skewed = dataset({ train: 1000 }, (image) => (image < 700 ? 0 : image < 990 ? 1 : 2));
    expect(perClass(select(skewed).validation, skewed.index.labels, 3)).toEqual([70, 29, 1]);
  });

  it('draws a limit evenly over the classes', () => {
    const { train, validation } = select(even, { limitImages: 505 });
    expect(train.length + validation.length).toBe(505);
    const counts = perClass(Uint32Array.from([...train, ...validation]), even.index.labels, 10);
    expect(counts.filter((count) => count === 50)).toHaveLength(5);
    expect(counts.filter((count) => count === 51)).toHaveLength(5);
  });

  it('gives the places of a class that has too few images to the others', () => {
    const skewed = dataset({ train: 1000 }, (image) => (image < 700 ? 0 : image < 990 ? 1 : 2));
    const { train } = select(skewed, { limitImages: 410, validationFraction: 0 });
    expect(perClass(train, skewed.index.labels, 3)).toEqual([200, 200, 10]);
  });

  it('keeps the shares of labelled and unlabelled images when limited', () => {
    const mixed = dataset({ train: 500, unlabelled: 1500, test: 10 }, (image) => image % 5);
    const { train } = select(mixed, { limitImages: 400, validationFraction: 0 });
    expect(train.filter((image) => image < 500).length).toBe(100);
    expect(
      perClass(
        train.filter((image) => image < 500),
        mixed.index.labels,
        5,
      ),
    ).toEqual([20, 20, 20, 20, 20]);
    expect(train.length).toBe(400);
  });

  it('trains on the unlabelled split too, and holds out none of it', () => {
    const mixed = dataset({ train: 500, unlabelled: 1500 }, (image) => image % 5);
    const { train, validation } = select(mixed);
    expect(train.length).toBe(1950);
    expect(validation.every((image) => image < 500)).toBe(true);
  });

  it("uses the dataset's own validation split and then carves none", () => {
    const own = dataset({ train: 500, validation: 60 }, (image) => image % 5);
    const { train, validation } = select(own);
    expect(train.length).toBe(500);
    expect([...validation]).toEqual(Array.from({ length: 60 }, (_, at) => 500 + at));
  });

  it('works without labels', () => {
    const { train, validation } = select(
      dataset({ train: 300 }, () => -1),
      { limitImages: 200 },
    );
    expect([train.length, validation.length]).toEqual([180, 20]);
  });

  it('is decided by the seed, and another seed draws others', () => {
    const again = select(even, { limitImages: 500 });
    expect(select(even, { limitImages: 500 })).toEqual(again);
    const other = select(even, { limitImages: 500, seed: 4 });
    expect(other.train).not.toEqual(again.train);
    expect(other.validation).not.toEqual(again.validation);
  });

  it('draws each image as often as the others over many seeds', () => {
    const small = dataset({ train: 40 }, (image) => image % 4);
    const counts = new Float64Array(40);
    for (let seed = 0; seed < 2000; seed++) {
      for (const image of select(small, { seed, limitImages: 10, validationFraction: 0 }).train) {
        counts[image] = (counts[image] ?? 0) + 1;
      }
    }
    for (const count of counts) expect(Math.abs(count - 500)).toBeLessThan(5 * Math.sqrt(500 * 0.75));
  });

  it('takes a limit beyond the dataset as all of it', () => {
    const { train, validation } = select(even, { limitImages: 10 ** 9 });
    expect(train.length + validation.length).toBe(1000);
  });

  it('refuses a dataset with nothing to train on', () => {
    expect(() => select(dataset({ test: 30 }, () => 0))).toThrow(/no images to train on/);
  });

  it('refuses a record that promises more images than are packed', () => {
    const { record } = even;
    expect(() => selectImages(record, { count: 1100, labels: new Int32Array(1100) }, settings)).toThrow(
      /test split of "pictures" should end at image 1200, but only 1100 are packed/,
    );
  });

  it('keeps tens of thousands of images fast enough to select at every start', () => {
    const random = new Random(1);
    const large = dataset({ train: 50_000, test: 10_000 }, () => random.integer(10));
    const { train, validation } = select(large, { limitImages: 20_000, validationFraction: 0.05 });
    expect([train.length, validation.length]).toEqual([19_000, 1000]);
  });
});
