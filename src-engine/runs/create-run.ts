/** @file Makes a run from what a person asked for, refusing what can't work before anything starts. */
import type { Configuration } from '#shared/configuration/schema.ts';
import type { Dataset } from '#shared/dataset.ts';
import { UserError } from '#shared/errors.ts';
import type { Library } from '#store/library.ts';
import { buildConfiguration, findPreset, type KeySetting } from './configuration.ts';

/** What a new run is asked to be. */
export interface RunRequest {
  /** Id or name. */
  readonly dataset: string;
  readonly preset?: string | undefined;
  readonly settings: readonly KeySetting[];
  /** Made from recipe and dataset where absent. */
  readonly name?: string | undefined;
}

/** Makes a draft. @returns its id. @throws UserError for unknown names, keys, values, and more than the data hold. */
export function createRun(library: Library, request: RunRequest): string {
  const preset = request.preset === undefined ? null : findPreset(request.preset);
  const config = buildConfiguration(preset, request.settings);
  const dataset = library.datasets.resolve(request.dataset);
  checkAgainstData(config, dataset);
  const { id, name, sha256 } = dataset;
  return library.runs.create({
    name: request.name ?? library.runs.freeName(`${preset?.name ?? config.encoder.architecture}-${name}`),
    dataset: { id, name, sha256 },
    preset: preset?.name ?? null,
    config,
  });
}

/** How many images there are to pretrain on, with those held out for validation. */
function pretrainingImages({ splits }: Dataset): number {
  return (splits.train?.count ?? 0) + (splits.unlabelled?.count ?? 0);
}

function checkAgainstData(config: Configuration, dataset: Dataset): void {
  const there = pretrainingImages(dataset);
  const images = config.limitImages === 0 ? there : Math.min(config.limitImages, there);
  if (config.batchSize <= images) return;
  const limited = config.limitImages > 0 && config.limitImages < there ? ' after limitImages' : '';
  throw new UserError(
    `A batch of ${config.batchSize} is larger than the ${images} training images of ${dataset.name}${limited}.`,
    `Take a --batch-size of at most ${Math.max(2, images)}.`,
    'usage',
  );
}
