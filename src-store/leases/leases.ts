/** @file Leases: the one process that drives a run holds its lease, and only a dead holder loses it. */
import { randomUUID } from 'node:crypto';
import { UserError } from '#shared/errors.ts';
import type { Command, Query, ReadableDatabase, WritableDatabase } from '../database/handles.ts';
import { isAlive, processStart, type ProcessIdentity, thisProcess } from './process-identity.ts';

/** A lease as stored. Times are milliseconds since 1970. */
export interface LeaseHolder extends ProcessIdentity {
  run: string;
  /** Names the library handle that holds it. */
  owner: string;
  acquiredAt: number;
  heartbeat: number;
}

/** Holders renew their lease this often (milliseconds). */
export const heartbeatInterval = 10_000;

/** A holder that cannot be asked (another host, or a system that hides starts) is dead after this silence (milliseconds). */
export const silenceOfTheDead = 10 * 60_000;

const columns = 'run, owner, host, pid, process_start AS start, acquired_at AS acquiredAt, heartbeat';

/**
 * [Note: dead holders] On the holder's own host its process is asked: dead when no process has its number, or when one
 * has it that began at another time (the number was given again). A clock that jumps or a machine that slept therefore
 * takes no lease away. Only where that cannot be asked does silence decide: on another host, or where the system does
 * not tell when a process began.
 */
export function isDead(holder: LeaseHolder, observer: ProcessIdentity, now: number): boolean {
  const silent = now - holder.heartbeat > silenceOfTheDead;
  if (holder.host !== observer.host) return silent;
  if (!isAlive(holder.pid)) return true;
  if (holder.start === null) return silent && holder.pid !== observer.pid;
  return processStart(holder.pid) !== holder.start;
}

/** Reads leases. */
export class LeaseReader {
  readonly #one: Query<LeaseHolder>;
  readonly #driven: Query<{ run: string }>;
  protected readonly now: () => number;
  protected readonly self: ProcessIdentity;

  constructor(database: ReadableDatabase, now: () => number, self: ProcessIdentity = thisProcess()) {
    this.now = now;
    this.self = self;
    this.#one = database.query(`SELECT ${columns} FROM leases WHERE run = ?`);
    this.#driven = database.query("SELECT id AS run FROM runs WHERE state IN ('running', 'paused') ORDER BY id");
  }

  /** Who holds the run's lease, dead or alive. */
  holder(run: string): LeaseHolder | undefined {
    return this.#one.get(run);
  }

  /** Whether a living process, this one included, drives the run. */
  isHeld(run: string): boolean {
    const holder = this.holder(run);
    return holder !== undefined && !isDead(holder, this.self, this.now());
  }

  /** Runs that stand as running or paused although no living process drives them: to be marked interrupted. */
  abandonedRuns(): string[] {
    return this.#driven
      .all()
      .map((row) => row.run)
      .filter((run) => !this.isHeld(run));
  }
}

/** Reads, takes and gives back leases in the name of one library handle. */
export class LeaseWriter extends LeaseReader {
  /** Names this library handle. */
  readonly owner = randomUUID();
  readonly #database: WritableDatabase;
  readonly #insert: Command;
  readonly #replace: Command;
  readonly #renew: Command;
  readonly #release: Command;

  constructor(database: WritableDatabase, now: () => number, self?: ProcessIdentity) {
    super(database, now, self);
    this.#database = database;
    this.#insert = database.command(`
      INSERT INTO leases (run, owner, host, pid, process_start, acquired_at, heartbeat)
      VALUES ($run, $owner, $host, $pid, $start, $now, $now) ON CONFLICT (run) DO NOTHING`);
    this.#replace = database.command(`
      UPDATE leases SET owner = $owner, host = $host, pid = $pid, process_start = $start, acquired_at = $now,
        heartbeat = $now
      WHERE run = $run`);
    this.#renew = database.command('UPDATE leases SET heartbeat = max(heartbeat, ?) WHERE run = ? AND owner = ?');
    this.#release = database.command('DELETE FROM leases WHERE run = ? AND owner = ?');
  }

  /** Whether this handle holds the run's lease. */
  holds(run: string): boolean {
    return this.holder(run)?.owner === this.owner;
  }

  /** Takes a lease that nobody holds. Holding it already is fine. @throws UserError where another holds it, dead or alive. */
  acquire(run: string): void {
    this.#database.transaction(() => {
      if (this.#insert.run(this.#mine(run)) === 1 || this.holds(run)) return;
      throw heldBy(this.holder(run));
    });
  }

  /**
   * Takes a lease that nobody holds or whose holder is dead.
   * @returns the dead holder, or undefined where there was none.
   * @throws UserError where the holder lives.
   */
  takeOver(run: string): LeaseHolder | undefined {
    // Asked under the write lock: two that find the same holder dead take turns, and the second finds the first.
    return this.#database.transaction(() => {
      const holder = this.holder(run);
      if (holder === undefined || holder.owner === this.owner) {
        this.acquire(run);
        return undefined;
      }
      if (!isDead(holder, this.self, this.now())) throw heldBy(holder);
      this.#replace.run(this.#mine(run));
      return holder;
    });
  }

  /** Says that this handle still drives the run. @throws UserError where the lease is lost: stop at once. */
  renew(run: string): void {
    if (this.#renew.run(this.now(), run, this.owner) === 1) return;
    throw heldBy(this.holder(run));
  }

  /** Gives the lease back. Nothing happens where it is not this handle's. */
  release(run: string): void {
    this.#release.run(run, this.owner);
  }

  #mine(run: string): { run: string; owner: string; host: string; pid: number; start: string | null; now: number } {
    const { host, pid, start } = this.self;
    return { run, owner: this.owner, host, pid, start, now: this.now() };
  }
}

function heldBy(holder: LeaseHolder | undefined): UserError {
  if (holder === undefined) {
    return new UserError('This process no longer holds the run.', 'Resume the run to go on.', 'conflict');
  }
  return new UserError(
    `Process ${holder.pid} on ${holder.host} is working on this run.`,
    'Stop it there, or wait until it is done.',
    'conflict',
  );
}
