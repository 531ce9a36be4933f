/** @file Database handles: one that can only read, one that can also write, both speaking of disk errors in sentences. */
import BetterSqlite3 from 'better-sqlite3';
import { diskError, onDisk } from '../disk-errors.ts';

/** What SQLite stores. NaN becomes NULL on the way in. */
export type SqlValue = string | number | bigint | null | Uint8Array;

/** Positional values, or one object of named ones. */
export type SqlParameter = SqlValue | Readonly<Record<string, SqlValue>>;

/** A prepared statement that gives rows. */
export interface Query<Row> {
  get(...parameters: SqlParameter[]): Row | undefined;
  all(...parameters: SqlParameter[]): Row[];
  iterate(...parameters: SqlParameter[]): IterableIterator<Row>;
}

/** A prepared statement that changes rows. */
export interface Command {
  /** @returns how many rows it changed. */
  run(...parameters: SqlParameter[]): number;
}

/** A handle whose statements cannot change anything. */
export interface ReadableDatabase {
  readonly file: string;
  /** Prepares a statement that reads. Each call prepares anew: keep what it returns. */
  query<Row>(sql: string): Query<Row>;
  /** Does several reads that see one state of the file. */
  snapshot<Result>(work: () => Result): Result;
  pragma(name: string): SqlValue | undefined;
  close(): void;
}

/** A handle that may write. */
export interface WritableDatabase extends ReadableDatabase {
  command(sql: string): Command;
  /** A statement that changes rows and gives some back (RETURNING). */
  returning<Row>(sql: string): Query<Row>;
  /** Does work as one transaction, which takes the write lock at its start; nested calls become savepoints. */
  transaction<Result>(work: () => Result): Result;
  /** Runs statements without parameters. */
  execute(sql: string): void;
}

class Handle implements WritableDatabase {
  readonly file: string;
  readonly #database: BetterSqlite3.Database;
  readonly #transaction: BetterSqlite3.Transaction<(work: () => unknown) => unknown>;

  constructor(file: string, database: BetterSqlite3.Database) {
    this.file = file;
    this.#database = database;
    this.#transaction = database.transaction((work: () => unknown) => work());
  }

  query<Row>(sql: string): Query<Row> {
    const statement = this.#prepare<Row>(sql);
    if (!statement.readonly) throw new Error(`A query may not write: ${sql}`);
    return this.#rows(statement);
  }

  returning<Row>(sql: string): Query<Row> {
    return this.#rows(this.#prepare<Row>(sql));
  }

  command(sql: string): Command {
    const statement = this.#prepare(sql);
    return { run: (...parameters) => this.#guard(() => statement.run(...parameters).changes) };
  }

  snapshot<Result>(work: () => Result): Result {
    return this.#guard(() => this.#transaction.deferred(work) as Result);
  }

  transaction<Result>(work: () => Result): Result {
    // Immediate: a transaction that first reads and then writes would fail at once, without waiting, were another faster.
    return this.#guard(() => this.#transaction.immediate(work) as Result);
  }

  execute(sql: string): void {
    this.#guard(() => this.#database.exec(sql));
  }

  pragma(name: string): SqlValue | undefined {
    return this.#guard(() => this.#database.pragma(name, { simple: true }) as SqlValue | undefined);
  }

  close(): void {
    this.#guard(() => this.#database.close());
  }

  #prepare<Row>(sql: string): BetterSqlite3.Statement<SqlParameter[], Row> {
    return this.#guard(() => this.#database.prepare<SqlParameter[], Row>(sql));
  }

  #rows<Row>(statement: BetterSqlite3.Statement<SqlParameter[], Row>): Query<Row> {
    const { file } = this;
    return {
      get: (...parameters) => this.#guard(() => statement.get(...parameters)),
      all: (...parameters) => this.#guard(() => statement.all(...parameters)),
      *iterate(...parameters) {
        try {
          yield* statement.iterate(...parameters);
        } catch (thrown) {
          throw diskError(thrown, file);
        }
      },
    };
  }

  #guard<Result>(work: () => Result): Result {
    return onDisk(this.file, work);
  }
}

/** How long, in milliseconds, a statement waits for another process' lock. */
const lockPatience = 15_000;

/**
 * Opens a file for reading and writing, creating it if need be. Nothing is written to it yet.
 * @param file - a path, or `:memory:`.
 * @throws UserError where the disk refuses.
 */
export function openWritable(file: string, patience = lockPatience): WritableDatabase {
  return new Handle(
    file,
    onDisk(file, () => new BetterSqlite3(file, { timeout: patience })),
  );
}

/** Opens an existing file for reading. @throws UserError where it is missing or the disk refuses. */
export function openReadable(file: string, patience = lockPatience): ReadableDatabase {
  const database = onDisk(file, () => new BetterSqlite3(file, { timeout: patience, readonly: true }));
  return new Handle(file, database);
}
