/** @file Which images a run trains on, watches and is tested on: decided by the seed alone, so that any job finds them again. */
import type { Configuration } from '#shared/configuration/schema.ts';
import type { Dataset, SplitName } from '#shared/dataset.ts';
import { UserError } from '#shared/errors.ts';
import { Random, Stream } from '#shared/random.ts';
import type { ImageIndex } from './image-reader.ts';
import { drawEvenly, drawProportionally, groupByLabel } from './stratified-draw.ts';

/** Indices into the packed files, ascending. No image is in two of them. */
export interface Selection {
  /** What SimCLR trains on, also without labels. */
  train: Uint32Array;
  /** Held out for monitoring and for choosing a probe's settings. Empty where validationFraction is 0. */
  validation: Uint32Array;
  test: Uint32Array;
}

/** Streams of the split's random numbers. */
const Draw = { limit: 1, validation: 2 } as const;

/**
 * Selects images. `limitImages` first: where the pool (train and unlabelled splits) has labelled and unlabelled images,
 * each part keeps its share; the labelled ones are drawn evenly over the classes (a class that has too few gives all it
 * has). Then the validation split: the dataset's own, or `validationFraction` of the chosen images of the train split,
 * each class giving its share. Deterministic in the seed.
 * @throws UserError where the record and the packed files contradict each other, or nothing is left to train on.
 */
export function selectImages(
  dataset: Pick<Dataset, 'name' | 'splits'>,
  index: Pick<ImageIndex, 'count' | 'labels'>,
  configuration: Pick<Configuration, 'seed' | 'limitImages' | 'validationFraction'>,
): Selection {
  const { seed, limitImages, validationFraction } = configuration;
  const split = (name: SplitName) => imagesOf(dataset, name, index.count);
  const fromTrain = split('train');
  const pool = [...fromTrain, ...split('unlabelled')];
  const chosen = limit(pool, index.labels, limitImages, new Random(seed, Stream.split, Draw.limit));

  const own = split('validation');
  const lastOfTrain = fromTrain.at(-1) ?? -1;
  const firstOfTrain = fromTrain[0] ?? 0;
  const candidates = chosen.filter((image) => image >= firstOfTrain && image <= lastOfTrain);
  const held =
    own.length > 0
      ? own
      : drawProportionally(
          groupByLabel(candidates, index.labels),
          Math.round(validationFraction * candidates.length),
          new Random(seed, Stream.split, Draw.validation),
        );
  const heldOut = new Set(held);
  const train = chosen.filter((image) => !heldOut.has(image));
  if (train.length === 0) {
    throw new UserError(
      `The dataset "${dataset.name}" has no images to train on.`,
      'Add images to its train or unlabelled split.',
    );
  }
  return { train: ascending(train), validation: ascending(held), test: ascending(split('test')) };
}

function limit(pool: number[], labels: Int32Array, most: number, random: Random): number[] {
  if (most === 0 || most >= pool.length) return pool;
  const groups = groupByLabel(pool, labels);
  const unlabelled = groups.get(-1) ?? [];
  groups.delete(-1);
  const fromUnlabelled = Math.round((most * unlabelled.length) / pool.length);
  return [
    ...drawEvenly(groups, most - fromUnlabelled, random),
    ...drawEvenly(new Map([[-1, unlabelled]]), fromUnlabelled, random),
  ];
}

function imagesOf(dataset: Pick<Dataset, 'name' | 'splits'>, name: SplitName, count: number): number[] {
  const split = dataset.splits[name];
  if (split === undefined) return [];
  if (split.first + split.count > count) {
    throw new UserError(
      `The ${name} split of "${dataset.name}" should end at image ${split.first + split.count}, but only ${count} are packed.`,
      'Remove the dataset and add it again.',
    );
  }
  return Array.from({ length: split.count }, (_, at) => split.first + at);
}

function ascending(images: readonly number[]): Uint32Array {
  return Uint32Array.from(images).sort();
}
