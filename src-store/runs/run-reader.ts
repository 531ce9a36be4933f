/** @file Finds runs: by id, name, beginning of an id, or state. */
import { nearest } from '#shared/configuration/keys.ts';
import { UserError } from '#shared/errors.ts';
import type { RunState } from '#shared/run.ts';
import type { Query, ReadableDatabase } from '../database/handles.ts';
import { readIdentifier } from '../identifiers.ts';

interface Identity {
  id: string;
  name: string;
}

/** Fewer characters than this are not taken as the beginning of an id: too easily meant as something else. */
const shortestPrefix = 3;

/** Reads which runs there are and how they stand. */
export class RunReader {
  readonly #byId: Query<Identity>;
  readonly #byName: Query<Identity>;
  readonly #byPrefix: Query<Identity>;
  readonly #all: Query<Identity>;
  readonly #inState: Query<Identity>;
  readonly #state: Query<{ state: RunState }>;

  constructor(database: ReadableDatabase) {
    this.#byId = database.query('SELECT id, name FROM runs WHERE id = ? AND deleted_at IS NULL');
    this.#byName = database.query('SELECT id, name FROM runs WHERE name = ? AND deleted_at IS NULL');
    this.#byPrefix = database.query(
      'SELECT id, name FROM runs WHERE id >= ? AND id < ? AND deleted_at IS NULL ORDER BY id LIMIT 6',
    );
    this.#all = database.query('SELECT id, name FROM runs WHERE deleted_at IS NULL ORDER BY id');
    this.#inState = database.query(
      'SELECT id, name FROM runs WHERE state = ? AND deleted_at IS NULL ORDER BY queued_at, id',
    );
    this.#state = database.query('SELECT state FROM runs WHERE id = ?');
  }

  /** How a run stands, deleted ones included. @throws UserError where there is none of this id. */
  state(id: string): RunState {
    const row = this.#state.get(id);
    if (row === undefined) throw new UserError(`There is no run ${id}.`, 'See them with: runs list', 'usage');
    return row.state;
  }

  /** Whether there is a run of this id, deleted ones included. */
  exists(id: string): boolean {
    return this.#state.get(id) !== undefined;
  }

  /** The runs in a state, those queued first before the others. */
  inState(state: RunState): string[] {
    return this.#inState.all(state).map((row) => row.id);
  }

  /**
   * The id of the run that a person means: its id, its name, or the beginning of its id.
   * @throws UserError naming near matches where there is none, or all where several begin so.
   */
  resolve(idOrName: string): string {
    const typed = idOrName.trim();
    const folded = readIdentifier(typed);
    const exact = this.#byId.get(typed) ?? this.#byName.get(typed.normalize()) ?? this.#byId.get(folded);
    if (exact !== undefined) return exact.id;
    const [first, ...others] = folded.length < shortestPrefix ? [] : this.#byPrefix.all(folded, `${folded}\u{10ffff}`);
    if (first === undefined) throw this.#unknown(idOrName);
    if (others.length === 0) return first.id;
    const candidates = [first, ...others].map((each) => `${each.id} (${each.name})`);
    throw new UserError(
      `"${idOrName}" is the beginning of several runs' ids.`,
      `Type more of one of them: ${candidates.slice(0, 5).join(', ')}${candidates.length > 5 ? ', …' : ''}.`,
      'usage',
    );
  }

  /** The name itself, or with a number behind it where a run has it already. */
  freeName(wanted: string): string {
    const base = wanted.trim().normalize();
    for (let number = 1; ; number++) {
      const name = number === 1 ? base : `${base}-${number}`;
      if (this.#byName.get(name) === undefined) return name;
    }
  }

  #unknown(typed: string): UserError {
    const known = this.#all.all().flatMap((row) => [row.name, row.id]);
    if (known.length === 0) {
      return new UserError(
        `There is no run "${typed}"; the library has none yet.`,
        'Start one with: pretrain',
        'usage',
      );
    }
    return new UserError(`There is no run "${typed}".`, `Did you mean "${nearest(typed, known)}"?`, 'usage');
  }
}
