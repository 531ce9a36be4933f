/** @file The records of datasets. Their packed images lie in the library's `datasets` folder. */
import { datasetSchema, type Dataset } from '#shared/dataset.ts';
import { nearest } from '#shared/configuration/keys.ts';
import { UserError } from '#shared/errors.ts';
import type { Command, Query, ReadableDatabase, WritableDatabase } from './database/handles.ts';
import { readIdentifier } from './identifiers.ts';

interface Row {
  id: string;
  record: string;
}

/** Reads datasets' records. */
export class DatasetReader {
  readonly #all: Query<Row>;
  readonly #one: Query<Row>;
  readonly #byHash: Query<Row>;
  readonly #runs: Query<{ id: string; name: string }>;

  constructor(database: ReadableDatabase) {
    this.#all = database.query('SELECT id, record FROM datasets ORDER BY created_at, id');
    this.#one = database.query('SELECT id, record FROM datasets WHERE id = ?');
    this.#byHash = database.query('SELECT id, record FROM datasets WHERE sha256 = ? ORDER BY created_at LIMIT 1');
    this.#runs = database.query('SELECT id, name FROM runs WHERE dataset_id = ? AND deleted_at IS NULL ORDER BY id');
  }

  /** Every dataset, oldest first. */
  list(): Dataset[] {
    return this.#all.all().map(read);
  }

  /** The dataset of this id, if it is there. */
  get(id: string): Dataset | undefined {
    const row = this.#one.get(id);
    return row === undefined ? undefined : read(row);
  }

  /** A dataset whose packed images are exactly these. */
  withHash(sha256: string): Dataset | undefined {
    const row = this.#byHash.get(sha256);
    return row === undefined ? undefined : read(row);
  }

  /** Finds a dataset by its id or name. @throws UserError naming the nearest one. */
  resolve(idOrName: string): Dataset {
    const all = this.list();
    const typed = idOrName.trim();
    const found =
      all.find((each) => each.id === typed) ??
      all.find((each) => each.name === typed) ??
      all.find((each) => each.id === readIdentifier(typed)) ??
      all.find((each) => each.name.toLowerCase() === typed.toLowerCase());
    if (found !== undefined) return found;
    if (all.length === 0) {
      throw new UserError(
        `There is no dataset "${idOrName}"; the library has none yet.`,
        'Add one with: datasets add cifar10',
        'usage',
      );
    }
    const names = all.map((each) => each.name);
    throw new UserError(`There is no dataset "${idOrName}".`, `Did you mean "${nearest(typed, names)}"?`, 'usage');
  }

  /** The runs that were made on a dataset. */
  usedBy(id: string): { id: string; name: string }[] {
    return this.#runs.all(id);
  }
}

function read(row: Row): Dataset {
  const parsed = datasetSchema.safeParse(JSON.parse(row.record));
  if (parsed.success) return parsed.data;
  throw new UserError(`The record of dataset ${row.id} cannot be read.`, 'Remove the dataset and add it again.');
}

/** Reads and writes datasets' records. */
export class DatasetWriter extends DatasetReader {
  readonly #database: WritableDatabase;
  readonly #taken: Query<{ id: string }>;
  readonly #add: Command;
  readonly #remove: Command;

  constructor(database: WritableDatabase) {
    super(database);
    this.#database = database;
    this.#taken = database.query('SELECT id FROM datasets WHERE name = ?');
    this.#add = database.command('INSERT INTO datasets (id, name, sha256, created_at, record) VALUES (?, ?, ?, ?, ?)');
    this.#remove = database.command('DELETE FROM datasets WHERE id = ?');
  }

  /** Records a dataset whose images lie in their folder. @throws UserError where the name is taken. */
  add(dataset: Dataset): void {
    this.#database.transaction(() => {
      if (this.#taken.get(dataset.name) !== undefined) {
        throw new UserError(
          `There is already a dataset named "${dataset.name}".`,
          'Choose another name with --name, or remove that one first.',
          'conflict',
        );
      }
      this.#add.run(dataset.id, dataset.name, dataset.sha256, dataset.createdAt, JSON.stringify(dataset));
    });
  }

  /** Forgets a dataset; its folder is the caller's to remove. Runs made on it stay. */
  remove(id: string): void {
    this.#remove.run(id);
  }
}
