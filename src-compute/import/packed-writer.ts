/** @file Writes packed images: [Note: packed images] in src-shared/dataset.ts says how they lie. */
import { createHash, hash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { datasetFiles, indexRecordBytes, splitNames, writeIndexRecord } from '#shared/dataset.ts';
import type { Dataset, SplitName } from '#shared/dataset.ts';
import type { PixelImage } from './image-source.ts';
import { PixelHistogram } from './pixel-statistics.ts';

type Splits = Dataset['splits'];
type Split = NonNullable<Splits[SplitName]>;

/** What was written, as the dataset's record says it. */
export type Packed = Pick<
  Dataset,
  'splits' | 'mean' | 'std' | 'bytes' | 'sha256' | 'duplicates' | 'duplicatesAcrossSplits'
>;

/** Bytes gathered before they go to the disk. */
const chunkBytes = 8 * 2 ** 20;

/** Takes images one by one, in the order of their splits, and counts what the record says of them. */
export class PackedWriter {
  readonly #folder: string;
  readonly #images: FileHandle;
  readonly #classes: number;
  readonly #sha256 = createHash('sha256');
  readonly #histograms = new Map<SplitName, PixelHistogram>();
  readonly #firstSeen = new Map<string, SplitName>();
  readonly #splits: Splits = {};
  #index = new DataView(new ArrayBuffer(1024 * indexRecordBytes));
  #count = 0;
  #offset = 0;
  #duplicates = 0;
  #acrossSplits = 0;
  #chunk: Uint8Array[] = [];
  #chunkSize = 0;

  private constructor(folder: string, images: FileHandle, classes: number) {
    this.#folder = folder;
    this.#images = images;
    this.#classes = classes;
  }

  /** @param folder - an existing folder. @param classes - how many there are. */
  static async create(folder: string, classes: number): Promise<PackedWriter> {
    return new PackedWriter(folder, await open(path.join(folder, datasetFiles.images), 'wx'), classes);
  }

  /** Images added so far. */
  get count(): number {
    return this.#count;
  }

  /** Adds an image; its pixels are copied or written before this returns. */
  async add(image: PixelImage, splitName: SplitName, label: number): Promise<void> {
    const split = this.#splitFor(splitName);
    split.count++;
    if (label >= 0) {
      split.labelled++;
      split.perClass[label] = (split.perClass[label] ?? 0) + 1;
    }
    this.#record(image, label);
    this.#compare(image, splitName);
    const histogram = this.#histograms.get(splitName) ?? new PixelHistogram();
    this.#histograms.set(splitName, histogram);
    histogram.add(image.pixels);
    this.#sha256.update(image.pixels);
    this.#chunk.push(image.pixels.slice());
    this.#chunkSize += image.pixels.length;
    if (this.#chunkSize >= chunkBytes) await this.#flush();
  }

  /** Writes the index and forces all to the disk. */
  async finish(): Promise<Packed> {
    await this.#flush();
    await this.#images.sync();
    const index = new Uint8Array(this.#index.buffer, 0, this.#count * indexRecordBytes);
    this.#sha256.update(index);
    await writeSynced(path.join(this.#folder, datasetFiles.index), index);
    return {
      splits: this.#splits,
      ...this.#statistics(),
      bytes: this.#offset + index.length,
      sha256: this.#sha256.digest('hex'),
      duplicates: this.#duplicates,
      duplicatesAcrossSplits: this.#acrossSplits,
    };
  }

  async close(): Promise<void> {
    await this.#images.close();
  }

  #splitFor(name: SplitName): Split {
    const known = this.#splits[name];
    if (known !== undefined) {
      if (known.first + known.count !== this.#count) throw new Error(`Images of split ${name} came apart.`);
      return known;
    }
    const perClass = new Array<number>(this.#classes).fill(0);
    return (this.#splits[name] = { first: this.#count, count: 0, labelled: 0, perClass });
  }

  #record({ height, width, pixels }: PixelImage, label: number): void {
    if ((this.#count + 1) * indexRecordBytes > this.#index.byteLength) {
      const larger = new Uint8Array(this.#index.byteLength * 2);
      larger.set(new Uint8Array(this.#index.buffer));
      this.#index = new DataView(larger.buffer);
    }
    writeIndexRecord(this.#index, this.#count, { offset: this.#offset, height, width, label });
    this.#count++;
    this.#offset += pixels.length;
  }

  /** Counts an image whose size and pixels were seen before. */
  #compare({ height, width, pixels }: PixelImage, split: SplitName): void {
    // 132 of 256 bits: chance alike in 2^64 images, and half the memory.
    const key = `${height}x${width}:${hash('sha256', pixels, 'base64url').slice(0, 22)}`;
    const first = this.#firstSeen.get(key);
    if (first === undefined) this.#firstSeen.set(key, split);
    else {
      this.#duplicates++;
      if (first !== split) this.#acrossSplits++;
    }
  }

  /** Of the training split; where there is none, of the first split in the order of `splitNames` that has images. */
  #statistics(): Pick<Dataset, 'mean' | 'std'> {
    const inOrder = ['train', 'unlabelled', ...splitNames] as const;
    const histogram = inOrder.map((name) => this.#histograms.get(name)).find((found) => found !== undefined);
    return (histogram ?? new PixelHistogram()).statistics();
  }

  async #flush(): Promise<void> {
    const chunk = Buffer.concat(this.#chunk, this.#chunkSize);
    this.#chunk = [];
    this.#chunkSize = 0;
    await this.#images.writeFile(chunk);
  }
}

/** Writes a file and forces it to the disk. */
export async function writeSynced(file: string, content: Uint8Array | string): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
