/** @file Writes, reads and removes artifacts of one file: chunked blobs with hashes, one transaction an artifact. */
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '#shared/errors.ts';
import { openWritable, type Command, type Query, type WritableDatabase } from '../database/handles.ts';
import { migrate } from '../database/migrate.ts';
import { onDisk } from '../disk-errors.ts';
import { makeFolder } from '../make-folder.ts';
import { artifactSchema } from './artifact-schema.ts';
import { inChunks } from './chunking.ts';

export type ArtifactKind = 'checkpoint' | 'embedding';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** What names an artifact and says what its bytes are. */
export interface ArtifactHeader {
  id: string;
  kind: ArtifactKind;
  metadata: Json;
}

/** An artifact that lies, whole, in the file. */
export interface ArtifactRecord extends ArtifactHeader {
  bytes: number;
  /** SHA-256, hex, of all its bytes. */
  sha256: string;
  createdAt: string;
}

type Row = Omit<ArtifactRecord, 'metadata'> & { key: number; metadata: string };

/** An open artifact file. Several processes may have it open. */
export class ArtifactFile {
  readonly file: string;
  readonly #database: WritableDatabase;
  readonly #list: Query<Row>;
  readonly #one: Query<Row>;
  readonly #add: Query<{ key: number }>;
  readonly #addChunk: Command;
  readonly #complete: Command;
  readonly #removeOne: Command;
  readonly #stored: Query<{ bytes: number }>;
  readonly #chunk: Query<{ sha256: Buffer; data: Buffer }>;

  constructor(database: WritableDatabase) {
    this.file = database.file;
    this.#database = database;
    const columns = 'key, id, kind, metadata, bytes, sha256, created_at AS createdAt';
    this.#list = database.query(`SELECT ${columns} FROM artifacts ORDER BY key`);
    this.#one = database.query(`SELECT ${columns} FROM artifacts WHERE id = ?`);
    this.#add = database.returning(`
      INSERT INTO artifacts (id, kind, metadata, bytes, sha256, created_at) VALUES (?, ?, ?, 0, '', ?) RETURNING key`);
    this.#addChunk = database.command('INSERT INTO chunks (artifact, ordinal, sha256, data) VALUES (?, ?, ?, ?)');
    this.#complete = database.command('UPDATE artifacts SET bytes = ?, sha256 = ? WHERE key = ?');
    this.#removeOne = database.command('DELETE FROM artifacts WHERE id = ?');
    this.#stored = database.query('SELECT coalesce(sum(length(data)), 0) AS bytes FROM chunks WHERE artifact = ?');
    this.#chunk = database.query('SELECT sha256, data FROM chunks WHERE artifact = ? AND ordinal = ?');
  }

  /**
   * Writes an artifact in one transaction: a process killed or a disk filled meanwhile loses this one only. An
   * artifact of the same id is replaced, whole or not at all.
   * @param parts - its bytes, in parts of any length; they may reuse one buffer.
   * @throws UserError where the disk refuses; whatever `parts` throws.
   */
  writeArtifact(header: ArtifactHeader, parts: Iterable<Uint8Array>): { bytes: number; sha256: string } {
    const { id, kind, metadata } = header;
    return this.#database.transaction(() => {
      this.#removeOne.run(id);
      const row = this.#add.get(id, kind, JSON.stringify(metadata), new Date().toISOString());
      if (row === undefined) throw new Error('An insertion gave no row back.');
      const whole = createHash('sha256');
      let bytes = 0;
      let ordinal = 0;
      for (const chunk of inChunks(parts)) {
        whole.update(chunk);
        bytes += chunk.length;
        this.#addChunk.run(row.key, ordinal++, createHash('sha256').update(chunk).digest(), chunk);
      }
      const sha256 = whole.digest('hex');
      this.#complete.run(bytes, sha256, row.key);
      return { bytes, sha256 };
    });
  }

  /** What the file holds, in the order of writing. */
  list(): ArtifactRecord[] {
    return this.#list.all().map(recordOf);
  }

  /** The artifact's record, if it is there. */
  find(id: string): ArtifactRecord | undefined {
    const row = this.#one.get(id);
    return row === undefined ? undefined : recordOf(row);
  }

  /** An artifact with its bytes, whole. @throws UserError where it is missing or damaged. */
  readArtifact(id: string): ArtifactRecord & { data: Buffer } {
    const row = this.#row(id);
    // Before so much memory is asked for: does the file hold so many bytes?
    if (this.#stored.get(row.key)?.bytes !== row.bytes) throw damaged(row, this.file);
    const data = Buffer.allocUnsafe(row.bytes);
    let at = 0;
    for (const chunk of this.#chunks(row)) at += chunk.copy(data, at);
    return { ...recordOf(row), data };
  }

  /** An artifact's bytes chunk by chunk, each checked before it is given. @throws UserError as readArtifact. */
  readChunks(id: string): Iterable<Buffer> {
    return this.#chunks(this.#row(id));
  }

  /** Removes an artifact. @returns how many bytes the file lost; 0 where there is none of this id. */
  remove(id: string): number {
    return this.#removeAll([id]);
  }

  /**
   * Removes every artifact of a kind whose id is not known: bytes written by a process that died before their row was
   * recorded. To be called only by who holds the run's lease, while no compute process writes.
   */
  sweepOrphans(
    knownIds: Iterable<string>,
    kind: ArtifactKind = 'checkpoint',
  ): { removed: string[]; freedBytes: number } {
    const known = new Set(knownIds);
    const removed = this.list()
      .filter((each) => each.kind === kind && !known.has(each.id))
      .map((each) => each.id);
    return { removed, freedBytes: this.#removeAll(removed) };
  }

  close(): void {
    this.#database.close();
  }

  #removeAll(ids: readonly string[]): number {
    const before = this.#size();
    const removed = this.#database.transaction(() => ids.reduce((count, id) => count + this.#removeOne.run(id), 0));
    if (removed === 0) return 0;
    this.#database.execute('PRAGMA incremental_vacuum');
    return before - this.#size();
  }

  #size(): number {
    return onDisk(this.file, () => statSync(this.file).size);
  }

  #row(id: string): Row {
    const row = this.#one.get(id);
    if (row !== undefined) return row;
    throw new UserError(`${this.file} holds no ${id}.`, 'Choose another checkpoint.');
  }

  *#chunks(row: Row): Generator<Buffer> {
    const whole = createHash('sha256');
    let bytes = 0;
    for (let ordinal = 0; bytes < row.bytes; ordinal++) {
      const chunk = this.#chunk.get(row.key, ordinal);
      if (chunk === undefined || chunk.data.length === 0) throw damaged(row, this.file);
      if (!createHash('sha256').update(chunk.data).digest().equals(chunk.sha256)) throw damaged(row, this.file);
      whole.update(chunk.data);
      bytes += chunk.data.length;
      if (bytes > row.bytes) throw damaged(row, this.file);
      yield chunk.data;
    }
    if (whole.digest('hex') !== row.sha256) throw damaged(row, this.file);
  }
}

function recordOf({ id, kind, metadata, bytes, sha256, createdAt }: Row): ArtifactRecord {
  return { id, kind, metadata: JSON.parse(metadata) as Json, bytes, sha256, createdAt };
}

function damaged({ kind, id }: Row, file: string): UserError {
  return new UserError(`The ${kind} ${id} in ${file} is damaged.`, 'Choose another checkpoint.', 'disk');
}

/** Opens a run's artifact file, making it where it is missing. @throws UserError where the disk refuses. */
export function openArtifacts(file: string): ArtifactFile {
  makeFolder(path.dirname(file));
  const database = openWritable(file, 60_000);
  try {
    // Both shape a new file before its first table, and change nothing of one that has tables.
    database.pragma('page_size = 16384');
    database.pragma('auto_vacuum = INCREMENTAL');
    migrate(database, artifactSchema);
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = ON');
    return new ArtifactFile(database);
  } catch (thrown) {
    database.close();
    throw thrown;
  }
}
