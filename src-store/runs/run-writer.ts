/** @file Makes runs and changes them; moves between states are checked inside the statement that makes them. */
import { configurationKeys, valueAt } from '#shared/configuration/keys.ts';
import type { Configuration } from '#shared/configuration/schema.ts';
import { UserError } from '#shared/errors.ts';
import {
  runStates,
  runTransitions,
  type Diagnosis,
  type RunEnvironment,
  type RunFailure,
  type RunState,
  type RunView,
} from '#shared/run.ts';
import type { Command, Query, SqlValue, WritableDatabase } from '../database/handles.ts';
import { newIdentifier } from '../identifiers.ts';
import { RunReader } from './run-reader.ts';
import { checkedName } from './run-name.ts';

/** What a run is made of. */
export interface NewRun {
  name: string;
  dataset: RunView['dataset'];
  preset: string | null;
  config: Configuration;
  /** `draft` unless told. */
  state?: 'draft' | 'queued';
  notes?: string;
  tags?: readonly string[];
}

/** Reads, makes and changes runs. Every method throws UserError where there is no such run or the disk refuses. */
export class RunWriter extends RunReader {
  readonly #database: WritableDatabase;
  readonly #now: () => number;
  readonly #nameTaken: Query<{ id: string }>;
  readonly #nameOf: Query<{ name: string }>;
  readonly #insert: Command;
  readonly #configure: Command;
  readonly #clearHyperparameters: Command;
  readonly #hyperparameter: Command;
  readonly #clearTags: Command;
  readonly #tag: Command;
  readonly #move: Command;
  readonly #setEnvironment: Command;
  readonly #setProgress: Command;
  readonly #setDiagnosis: Command;
  readonly #rename: Command;
  readonly #setNotes: Command;
  readonly #delete: Command;
  readonly #restore: Command;
  readonly #purge: Command;

  constructor(database: WritableDatabase, now: () => number) {
    super(database);
    this.#database = database;
    this.#now = now;
    this.#nameTaken = database.query('SELECT id FROM runs WHERE name = ? AND deleted_at IS NULL');
    this.#nameOf = database.query('SELECT name FROM runs WHERE id = ?');
    this.#insert = database.command(`
      INSERT INTO runs (id, name, state, dataset_id, dataset_name, dataset_sha256, preset, configuration, seed,
        created_at, queued_at, notes)
      VALUES ($id, $name, $state, $datasetId, $datasetName, $datasetSha256, $preset, $configuration, $seed,
        $now, iif($state = 'queued', $now, NULL), $notes) ON CONFLICT (id) DO NOTHING`);
    this.#configure = database.command('UPDATE runs SET configuration = ?, seed = ? WHERE id = ?');
    this.#clearHyperparameters = database.command('DELETE FROM hyperparameters WHERE run = ?');
    this.#hyperparameter = database.command('INSERT INTO hyperparameters (run, key, value) VALUES (?, ?, ?)');
    this.#clearTags = database.command('DELETE FROM run_tags WHERE run = ?');
    this.#tag = database.command('INSERT INTO run_tags (run, tag) VALUES (?, ?) ON CONFLICT DO NOTHING');
    this.#move = database.command(`
      UPDATE runs SET state = $to, failure = $failure,
        queued_at = iif($to = 'queued', $now, queued_at),
        started_at = iif($to = 'running', coalesce(started_at, $now), started_at),
        ended_at = iif($to IN ('finished', 'stopped', 'failed', 'interrupted'), $now, NULL)
      WHERE id = $id AND deleted_at IS NULL AND state IN (SELECT value FROM json_each($from))`);
    this.#setEnvironment = database.command('UPDATE runs SET backend = ?, device = ?, environment = ? WHERE id = ?');
    this.#setProgress = database.command('UPDATE runs SET progress = ?, training_seconds = ? WHERE id = ?');
    this.#setDiagnosis = database.command('UPDATE runs SET diagnosis = ? WHERE id = ?');
    this.#rename = database.command('UPDATE runs SET name = ? WHERE id = ?');
    this.#setNotes = database.command('UPDATE runs SET notes = ? WHERE id = ?');
    this.#delete = database.command(`
      UPDATE runs SET deleted_at = ? WHERE id = ? AND deleted_at IS NULL AND state NOT IN ('running', 'paused')`);
    this.#restore = database.command(
      'UPDATE runs SET deleted_at = NULL, name = ? WHERE id = ? AND deleted_at IS NOT NULL',
    );
    this.#purge = database.command('DELETE FROM runs WHERE id = ? AND deleted_at IS NOT NULL');
  }

  /** Makes a run. @returns its id. @throws UserError where the name is taken or unusable. */
  create(run: NewRun): string {
    const name = checkedName(run.name);
    return this.#database.transaction(() => {
      this.#refuseTaken(name);
      const id = this.#insertUnique(run, name);
      this.#writeHyperparameters(id, run.config);
      this.#writeTags(id, run.tags ?? []);
      return id;
    });
  }

  /** Replaces the configuration of a run that is not under way. */
  configure(id: string, config: Configuration): void {
    this.#database.transaction(() => {
      const state = this.state(id);
      if (state === 'running' || state === 'paused') throw cannot(state, 'be configured anew');
      this.#configure.run(JSON.stringify(config), config.seed, id);
      this.#writeHyperparameters(id, config);
    });
  }

  /**
   * Moves a run to another state, if it may go there from where it stands (see `runTransitions`). `failure` is kept with
   * the state; any earlier failure is forgotten.
   * @throws UserError where it may not.
   */
  transition(id: string, to: RunState, failure: RunFailure | null = null): void {
    this.#database.transaction(() => {
      const from = runStates.filter((state) => runTransitions[state].includes(to));
      const moved = this.#move.run({
        id,
        to,
        from: JSON.stringify(from),
        failure: failure === null ? null : JSON.stringify(failure),
        now: this.#timestamp(),
      });
      if (moved === 0) throw cannot(this.state(id), `become ${to}`);
    });
  }

  /** Records what the run runs on. */
  setEnvironment(id: string, environment: RunEnvironment): void {
    this.#must(id, this.#setEnvironment.run(environment.backend, environment.device, JSON.stringify(environment), id));
  }

  /** Records how far the run is. `trainingSeconds` leaves pauses out. */
  setProgress(id: string, progress: NonNullable<RunView['progress']>, trainingSeconds: number): void {
    this.#must(id, this.#setProgress.run(JSON.stringify(progress), trainingSeconds, id));
  }

  setDiagnosis(id: string, diagnosis: Diagnosis): void {
    this.#must(id, this.#setDiagnosis.run(JSON.stringify(diagnosis), id));
  }

  /** @throws UserError where the name is taken or unusable. */
  rename(id: string, wanted: string): void {
    const name = checkedName(wanted);
    this.#database.transaction(() => {
      this.#refuseTaken(name, id);
      this.#must(id, this.#rename.run(name, id));
    });
  }

  setNotes(id: string, notes: string): void {
    this.#must(id, this.#setNotes.run(notes, id));
  }

  /** Replaces a run's tags. */
  setTags(id: string, tags: readonly string[]): void {
    this.#database.transaction(() => {
      this.state(id);
      this.#writeTags(id, tags);
    });
  }

  /** Hides a run until it is restored or purged. @throws UserError while it is under way. */
  delete(id: string): void {
    this.#database.transaction(() => {
      if (this.#delete.run(this.#timestamp(), id) === 1) return;
      const state = this.state(id);
      if (state === 'running' || state === 'paused') throw cannot(state, 'be deleted', 'Stop it first.');
    });
  }

  /** Brings a deleted run back, under another name where its own was given away meanwhile. @returns its name. */
  restore(id: string): string {
    return this.#database.transaction(() => {
      this.state(id);
      const name = this.freeName(this.#nameOf.get(id)?.name ?? id);
      this.#restore.run(name, id);
      return name;
    });
  }

  /** Removes the rows of a deleted run for good. Its files are the library's to remove. @returns whether there was one. */
  purgeRows(id: string): boolean {
    return this.#purge.run(id) === 1;
  }

  #insertUnique(run: NewRun, name: string): string {
    for (;;) {
      const now = this.#now();
      const id = newIdentifier(now);
      const inserted = this.#insert.run({
        id,
        name,
        state: run.state ?? 'draft',
        datasetId: run.dataset.id,
        datasetName: run.dataset.name,
        datasetSha256: run.dataset.sha256,
        preset: run.preset,
        configuration: JSON.stringify(run.config),
        seed: run.config.seed,
        now: new Date(now).toISOString(),
        notes: run.notes ?? '',
      });
      if (inserted === 1) return id;
    }
  }

  #writeHyperparameters(id: string, config: Configuration): void {
    this.#clearHyperparameters.run(id);
    for (const { name } of configurationKeys) this.#hyperparameter.run(id, name, sqlValue(valueAt(config, name)));
  }

  #writeTags(id: string, tags: readonly string[]): void {
    this.#clearTags.run(id);
    for (const tag of tags.map((each) => each.trim())) {
      if (tag !== '') this.#tag.run(id, tag);
    }
  }

  #refuseTaken(name: string, except?: string): void {
    const other = this.#nameTaken.get(name);
    if (other === undefined || other.id === except) return;
    throw new UserError(`There is already a run named "${name}".`, 'Choose another name with --name.', 'conflict');
  }

  #must(id: string, changed: number): void {
    if (changed === 0) this.state(id);
  }

  #timestamp(): string {
    return new Date(this.#now()).toISOString();
  }
}

function cannot(state: RunState, what: string, hint = 'See how it stands with: runs show'): UserError {
  return new UserError(`The run is ${state}, so it cannot ${what}.`, hint, 'conflict');
}

/** A configuration value as a filter compares it: numbers as numbers, booleans as 0 and 1, lists as JSON text. */
function sqlValue(value: unknown): SqlValue {
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'number' || typeof value === 'string') return value;
  return value === undefined || value === null ? null : JSON.stringify(value);
}
