/** @file The rows of checkpoints. Their bytes lie in the run's artifact file, written before the row. */
import type { CheckpointRecord } from '#shared/compute-protocol.ts';
import type { CheckpointView } from '#shared/run.ts';
import { UserError } from '#shared/errors.ts';
import type { Command, Query, ReadableDatabase, WritableDatabase } from './database/handles.ts';

/** A checkpoint as stored. */
export type StoredCheckpoint = CheckpointView & { trainingSeconds: number };

/** Columns named as StoredCheckpoint names them. */
const columns = `id, epoch, step, bytes, weights_sha256 AS weightsSha256, training_seconds AS trainingSeconds,
  created_at AS createdAt`;

/** Reads checkpoints' rows. */
export class CheckpointReader {
  readonly #ofRun: Query<StoredCheckpoint>;

  constructor(database: ReadableDatabase) {
    this.#ofRun = database.query(`SELECT ${columns} FROM checkpoints WHERE run = ? ORDER BY step, created_at`);
  }

  /** A run's checkpoints, oldest first. */
  ofRun(run: string): StoredCheckpoint[] {
    return this.#ofRun.all(run);
  }

  /** The one that got furthest. */
  newest(run: string): StoredCheckpoint | undefined {
    return this.ofRun(run).at(-1);
  }

  /** The one of this id, or the newest where none is named. @throws UserError where there is none. */
  choose(run: string, id?: string): StoredCheckpoint {
    const all = this.ofRun(run);
    const chosen = id === undefined ? all.at(-1) : all.find((each) => each.id === id);
    if (chosen !== undefined) return chosen;
    if (all.length === 0) {
      throw new UserError('The run has no checkpoint yet.', 'Wait until it writes one, or start it again.');
    }
    const known = all.map((each) => each.id).join(', ');
    throw new UserError(`The run has no checkpoint "${id ?? ''}".`, `It has: ${known}.`, 'usage');
  }
}

/** Reads and writes checkpoints' rows. */
export class CheckpointWriter extends CheckpointReader {
  readonly #add: Command;
  readonly #remove: Command;
  readonly #truncate: Command;
  readonly #now: () => number;

  constructor(database: WritableDatabase, now: () => number) {
    super(database);
    this.#now = now;
    this.#add = database.command(`
      INSERT INTO checkpoints (run, id, epoch, step, bytes, weights_sha256, training_seconds, created_at)
      VALUES ($run, $id, $epoch, $step, $bytes, $weightsSha256, $trainingSeconds, $createdAt)
      ON CONFLICT (run, id) DO UPDATE SET epoch = excluded.epoch, step = excluded.step, bytes = excluded.bytes,
        weights_sha256 = excluded.weights_sha256, training_seconds = excluded.training_seconds,
        created_at = excluded.created_at`);
    this.#remove = database.command('DELETE FROM checkpoints WHERE run = ? AND id = ?');
    this.#truncate = database.command('DELETE FROM checkpoints WHERE run = ? AND step > ?');
  }

  /** Records a checkpoint whose bytes lie, whole, in the artifact file. One of the same id is replaced. */
  add(run: string, checkpoint: CheckpointRecord): void {
    const { id, epoch, step, bytes, weightsSha256, trainingSeconds } = checkpoint;
    const createdAt = new Date(this.#now()).toISOString();
    this.#add.run({ run, id, epoch, step, bytes, weightsSha256, trainingSeconds, createdAt });
  }

  /** Forgets a checkpoint. Its bytes go when the artifact file's orphans are swept. */
  remove(run: string, id: string): void {
    this.#remove.run(run, id);
  }

  /** Forgets the checkpoints after a step. */
  truncateAfter(run: string, step: number): void {
    this.#truncate.run(run, step);
  }
}
