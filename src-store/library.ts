/** @file A library: the folder that holds runs, datasets and everything recorded of them. */
import { statSync } from 'node:fs';
import { UserError } from '#shared/errors.ts';
import type { RunView } from '#shared/run.ts';
import { CheckpointReader, CheckpointWriter } from './checkpoints.ts';
import { openReadable, openWritable, type ReadableDatabase, type WritableDatabase } from './database/handles.ts';
import { librarySchema } from './database/library-schema.ts';
import { checkVersion, migrate } from './database/migrate.ts';
import { prepareLibraryFile } from './database/prepare.ts';
import { DatasetReader, DatasetWriter } from './datasets.ts';
import { EvaluationReader, EvaluationWriter } from './evaluations.ts';
import { LeaseReader, LeaseWriter } from './leases/leases.ts';
import type { ProcessIdentity } from './leases/process-identity.ts';
import { LibraryPaths } from './library-folder.ts';
import { makeFolder } from './make-folder.ts';
import { MetricReader, MetricWriter } from './metrics.ts';
import { networkFileSystemOf } from './network-drive.ts';
import { RunLogs } from './run-logs.ts';
import { removeRunFiles, runsWithFiles } from './runs/run-files.ts';
import { RunReader } from './runs/run-reader.ts';
import { RunViews } from './runs/run-views.ts';
import { RunWriter } from './runs/run-writer.ts';

/** What a test may put in place of the machine's own. */
export interface LibraryOptions {
  /** Milliseconds since 1970. */
  now?: () => number;
  /** Who holds the leases of this handle. */
  self?: ProcessIdentity;
}

/** A library opened for reading. Other processes may write to it meanwhile. */
export class LibraryReader {
  readonly paths: LibraryPaths;
  readonly runs: RunReader;
  readonly metrics: MetricReader;
  readonly checkpoints: CheckpointReader;
  readonly evaluations: EvaluationReader;
  readonly datasets: DatasetReader;
  readonly leases: LeaseReader;
  readonly logs: RunLogs;
  readonly #views: RunViews;
  readonly #database: ReadableDatabase;

  constructor(paths: LibraryPaths, database: ReadableDatabase, options: LibraryOptions) {
    this.paths = paths;
    this.#database = database;
    this.runs = new RunReader(database);
    this.metrics = new MetricReader(database);
    this.checkpoints = new CheckpointReader(database);
    this.evaluations = new EvaluationReader(database);
    this.datasets = new DatasetReader(database);
    this.leases = new LeaseReader(database, options.now ?? Date.now, options.self);
    this.logs = new RunLogs(paths);
    this.#views = new RunViews(database);
  }

  /** The id of the run that a person means by an id, the beginning of one, or a name. @throws UserError */
  resolveRun(idOrName: string): string {
    return this.runs.resolve(idOrName);
  }

  /** A run as `runs show` prints it. @throws UserError where there is none of this id. */
  runView(id: string): RunView {
    return this.#views.view(id);
  }

  /** Every run that is not deleted, oldest first, without series. */
  runList(): RunView[] {
    return this.#views.list();
  }

  /** A number that differs from the one before when another process (or handle) has written since. Costs microseconds. */
  changeCount(): number {
    return Number(this.#database.pragma('data_version'));
  }

  close(): void {
    this.#database.close();
  }
}

/** A library opened for reading and writing. Several processes may do so at once. */
export class Library extends LibraryReader {
  override readonly runs: RunWriter;
  override readonly metrics: MetricWriter;
  override readonly checkpoints: CheckpointWriter;
  override readonly evaluations: EvaluationWriter;
  override readonly datasets: DatasetWriter;
  override readonly leases: LeaseWriter;
  readonly #database: WritableDatabase;

  constructor(paths: LibraryPaths, database: WritableDatabase, options: LibraryOptions) {
    super(paths, database, options);
    const now = options.now ?? Date.now;
    this.#database = database;
    this.runs = new RunWriter(database, now);
    this.metrics = new MetricWriter(database);
    this.checkpoints = new CheckpointWriter(database, now);
    this.evaluations = new EvaluationWriter(database, now);
    this.datasets = new DatasetWriter(database);
    this.leases = new LeaseWriter(database, now, options.self);
  }

  /** Does several changes as one: all of them, or none where `work` throws. */
  transaction<Result>(work: () => Result): Result {
    return this.#database.transaction(work);
  }

  /**
   * Takes a run back to a checkpoint's step: what was measured and saved after it is forgotten, so that resuming
   * records it once.
   */
  rewind(run: string, step: number): void {
    this.transaction(() => {
      this.metrics.truncateAfter(run, step);
      this.checkpoints.truncateAfter(run, step);
    });
  }

  /** Removes a deleted run for good, with its artifacts and log. @returns the bytes freed. @throws UserError */
  purge(run: string): number {
    if (!this.runs.purgeRows(run)) {
      throw new UserError(`Run ${run} is not deleted, so it is not purged.`, 'Delete it first.', 'conflict');
    }
    return removeRunFiles(this.paths, run);
  }

  /** Removes artifact files and logs whose run is not in the library: what a purge that was killed left behind. */
  sweepFiles(): { runs: string[]; freedBytes: number } {
    const runs = runsWithFiles(this.paths).filter((run) => !this.runs.exists(run));
    return { runs, freedBytes: runs.reduce((bytes, run) => bytes + removeRunFiles(this.paths, run), 0) };
  }
}

/**
 * Opens a library for reading and writing; makes it where the folder holds none yet, and brings an older one to this
 * program's version.
 * @throws UserError where the library is newer than this program, the folder lies on a network drive, holds something
 * else by that name, or the disk refuses.
 */
export function openLibrary(folder: string, options: LibraryOptions = {}): Library {
  const paths = new LibraryPaths(folder);
  refuseNetworkDrive(paths.folder);
  for (const each of [paths.folder, paths.artifacts, paths.datasets, paths.logs]) {
    makeFolder(each);
  }
  const database = openWritable(paths.database);
  return openedOrClosed(database, () => {
    prepareLibraryFile(database);
    migrate(database, librarySchema);
    return new Library(paths, database, options);
  });
}

/**
 * Opens an existing library for reading only.
 * @throws UserError where there is none, or it is of another version than this program's.
 */
export function openLibraryForReading(folder: string, options: LibraryOptions = {}): LibraryReader {
  const paths = new LibraryPaths(folder);
  refuseNetworkDrive(paths.folder);
  if (statSync(paths.database, { throwIfNoEntry: false }) === undefined) {
    throw new UserError(`There is no library in ${paths.folder}.`, 'Choose another folder with --library.');
  }
  const database = openReadable(paths.database);
  return openedOrClosed(database, () => {
    if (checkVersion(database, librarySchema) < librarySchema.migrations.length) {
      throw new UserError(
        `${paths.database} is of an older version.`,
        'Open it once for writing, with any command that changes it, and it is brought up to date.',
      );
    }
    return new LibraryReader(paths, database, options);
  });
}

function refuseNetworkDrive(folder: string): void {
  const type = networkFileSystemOf(folder);
  if (type === null) return;
  throw new UserError(
    `${folder} lies on a network drive (${type}), where a library would be damaged by several programs writing at once.`,
    'Put the library on a local disk (--library or SIMCLR_STUDIO_LIBRARY), and copy it to the network as a backup.',
    'disk',
  );
}

/** Gives what `work` makes of the database, or closes it again. */
function openedOrClosed<Result>(database: ReadableDatabase, work: () => Result): Result {
  try {
    return work();
  } catch (thrown) {
    database.close();
    throw thrown;
  }
}
