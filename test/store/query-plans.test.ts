/** @file The plans of statements that run often, or over much: each finds its rows by an index. */
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CheckpointWriter } from '#store/checkpoints.ts';
import { openWritable, type WritableDatabase } from '#store/database/handles.ts';
import { EvaluationWriter } from '#store/evaluations.ts';
import { LeaseWriter } from '#store/leases/leases.ts';
import { MetricWriter } from '#store/metrics.ts';
import { RunViews } from '#store/runs/run-views.ts';
import { RunWriter } from '#store/runs/run-writer.ts';
import { newRun, sampleLibrary } from './support/sample-library.ts';

/** A handle that remembers the statements prepared on it. */
function remembering(database: WritableDatabase, statements: string[]): WritableDatabase {
  const remember = <Prepared>(sql: string, prepare: (sql: string) => Prepared): Prepared => {
    statements.push(sql.replaceAll(/\s+/g, ' ').trim());
    return prepare(sql);
  };
  return {
    file: database.file,
    query: <Row>(sql: string) => remember(sql, (text) => database.query<Row>(text)),
    returning: <Row>(sql: string) => remember(sql, (text) => database.returning<Row>(text)),
    command: (sql) => remember(sql, (text) => database.command(text)),
    snapshot: (work) => database.snapshot(work),
    transaction: (work) => database.transaction(work),
    execute: (sql) => {
      database.execute(sql);
    },
    pragma: (name) => database.pragma(name),
    close: () => {
      database.close();
    },
  };
}

/** Every statement of the repositories that `use` makes, with its plan, on a library that holds something. */
function plans(use: (database: WritableDatabase) => unknown): [sql: string, plan: string][] {
  const library = sampleLibrary();
  for (let index = 0; index < 50; index++) {
    const run = library.runs.create(newRun(`run ${index}`));
    const samples = Array.from({ length: 40 }, (_, step) => ({ metric: 'loss', step, time: 0, value: step }) as const);
    library.metrics.append(run, samples);
  }
  const database = openWritable(library.paths.database);
  const raw = new BetterSqlite3(library.paths.database);
  onTestFinished(() => {
    database.close();
    raw.close();
  });
  const statements: string[] = [];
  use(remembering(database, statements));
  return statements.map((sql) => {
    const named = Object.fromEntries([...sql.matchAll(/\$(\w+)/g)].map(([, name]) => [name ?? '', null]));
    const positional = Array.from(sql.matchAll(/\?/g), () => null);
    const bound = Object.keys(named).length > 0 ? [named] : positional;
    const rows = raw.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all(...bound);
    return [sql, rows.map((row) => row.detail).join('\n')];
  });
}

const now = () => 0;

describe('metrics', () => {
  test('a series is read along its key', () => {
    const reading = plans((database) => new MetricWriter(database)).find(([sql]) =>
      sql.startsWith('SELECT step, time'),
    );
    expect(reading?.[1]).toMatch(/SEARCH metric_samples USING PRIMARY KEY \(series=\? AND step>\? AND step<\?\)/);
    expect(reading?.[1]).toMatch(/SEARCH metric_summaries USING COVERING INDEX|SEARCH metric_summaries USING INDEX/);
    expect(reading?.[1]).not.toMatch(/TEMP B-TREE/);
  });

  test('nothing scans a table, and nothing sorts', () => {
    for (const [sql, plan] of plans((database) => new MetricWriter(database))) {
      expect(plan, sql).not.toMatch(/SCAN|TEMP B-TREE/);
    }
  });
});

describe('runs', () => {
  test('no view reads samples', () => {
    const all = plans((database) => new RunViews(database));
    expect(all.length).toBe(10);
    for (const [sql, plan] of all) expect(`${sql}\n${plan}`).not.toContain('metric_samples');
  });

  test('one run is read without a scan', () => {
    const one = plans((database) => new RunViews(database)).filter(([sql]) => /WHERE (run|id) = \?/.test(sql));
    expect(one).toHaveLength(5);
    for (const [sql, plan] of one) expect(plan, sql).not.toMatch(/SCAN/);
  });

  test('a list is read in as many queries however many runs there are', () => {
    const counts = [1, 30].map((runs) => {
      const library = sampleLibrary();
      for (let index = 0; index < runs; index++) library.runs.create(newRun(`run ${index}`));
      const database = openWritable(library.paths.database);
      let asked = 0;
      const counted: WritableDatabase = {
        ...remembering(database, []),
        query: <Row>(sql: string) => {
          const query = database.query<Row>(sql);
          return {
            get: (...parameters) => (asked++, query.get(...parameters)),
            all: (...parameters) => (asked++, query.all(...parameters)),
            iterate: (...parameters) => (asked++, query.iterate(...parameters)),
          };
        },
      };
      expect(new RunViews(counted).list()).toHaveLength(runs);
      database.close();
      return asked;
    });
    expect(counts).toEqual([5, 5]);
  });

  test('changes and look-ups go by an index', () => {
    const statements = plans((database) => new RunWriter(database, now));
    // Names for a suggestion are wanted of every run; json_each is the short list of states.
    const rest = statements.filter(([sql]) => sql !== 'SELECT id, name FROM runs WHERE deleted_at IS NULL ORDER BY id');
    expect(rest).toHaveLength(statements.length - 1);
    for (const [sql, plan] of rest) expect(plan.replaceAll(/SCAN json_each.*/g, ''), sql).not.toMatch(/SCAN/);
  });
});

test('leases, checkpoints and evaluations of a run go by an index', () => {
  const statements = plans((database) => [
    new LeaseWriter(database, now),
    new CheckpointWriter(database, now),
    new EvaluationWriter(database, now),
  ]);
  for (const [sql, plan] of statements) expect(plan, sql).not.toMatch(/SCAN/);
});
