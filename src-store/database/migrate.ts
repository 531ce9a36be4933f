/** @file Brings a database file to the newest version, one migration a transaction, and refuses files it does not know. */
import { UserError } from '#shared/errors.ts';
import type { ReadableDatabase, WritableDatabase } from './handles.ts';

/** One step from the version before. Once released, a migration is never edited. */
export interface Migration {
  /** What it brings, in a few words. */
  title: string;
  sql: string;
}

/** A kind of database file: what it is called, how it is marked, and how it came to its present shape. */
export interface Schema {
  /** For sentences: `library`. */
  title: string;
  /** Written into the file's header; tells the kind of file. */
  applicationId: number;
  /** Migration n-1 leads from version n-1 to version n. */
  migrations: readonly Migration[];
}

/** The version (number of migrations) of a file. @throws UserError where it is newer than this program, or foreign. */
export function checkVersion(database: ReadableDatabase, schema: Schema): number {
  const version = Number(database.pragma('user_version'));
  const applicationId = Number(database.pragma('application_id'));
  const tables = database.query<{ count: number }>('SELECT count(*) AS count FROM sqlite_schema').get();
  if (applicationId === 0 && version === 0 && tables?.count === 0) return 0;
  if (applicationId !== schema.applicationId) {
    throw new UserError(
      `${database.file} is a database, but not a SimCLR Studio ${schema.title}.`,
      'Choose another folder with --library.',
    );
  }
  const newest = schema.migrations.length;
  if (version > newest) {
    throw new UserError(
      `${database.file} has ${schema.title} version ${version}; this program reads up to version ${newest}.`,
      'Update SimCLR Studio, or choose another library with --library.',
    );
  }
  return version;
}

/**
 * Applies the migrations that a file lacks. Two processes may do so at once: each migration looks again, under the
 * write lock, whether it is still wanted.
 * @throws UserError where the file is newer than this program, or foreign.
 */
export function migrate(database: WritableDatabase, schema: Schema): void {
  let version = checkVersion(database, schema);
  while (version < schema.migrations.length) {
    version = database.transaction(() => applyNext(database, schema));
  }
}

/** @returns the version reached. */
function applyNext(database: WritableDatabase, schema: Schema): number {
  const version = checkVersion(database, schema);
  const migration = schema.migrations[version];
  if (migration === undefined) return version; // another process was faster
  database.execute(migration.sql);
  database.pragma(`application_id = ${schema.applicationId}`);
  database.pragma(`user_version = ${version + 1}`);
  return version + 1;
}
