/** @file Runs as `runs show` and `runs list` print them, gathered in a handful of queries however many there are. */
import type { Configuration } from '#shared/configuration/schema.ts';
import { UserError } from '#shared/errors.ts';
import type { CheckpointView, Diagnosis, MetricSummary, RunEnvironment, RunFailure, RunView } from '#shared/run.ts';
import type { Query, ReadableDatabase } from '../database/handles.ts';
import { evaluationColumns, evaluationOf, type EvaluationRow } from '../evaluations.ts';
import { summaryOf } from '../metrics.ts';

interface RunRow {
  id: string;
  name: string;
  state: RunView['state'];
  datasetId: string;
  datasetName: string;
  datasetSha256: string;
  preset: string | null;
  configuration: string;
  backend: RunView['backend'];
  device: string | null;
  environment: string | null;
  seed: number;
  createdAt: string;
  startedAt: string | null;
  endedAt: string | null;
  trainingSeconds: number;
  progress: string | null;
  diagnosis: string | null;
  failure: string | null;
  notes: string;
}

type SummaryRow = { run: string; metric: string } & Record<'last' | 'min' | 'max', number | null> & { step: number };

/** What hangs on runs, by the run's id. */
interface Attached {
  metrics: Map<string, Record<string, MetricSummary>>;
  checkpoints: Map<string, CheckpointView[]>;
  evaluations: Map<string, RunView['evaluations']>;
  tags: Map<string, string[]>;
}

/** The queries for one run (`one`) or for all that are not deleted. */
function queries(database: ReadableDatabase, one: boolean): RunQueries {
  const where = one ? 'WHERE run = ?' : 'WHERE run IN (SELECT id FROM runs WHERE deleted_at IS NULL)';
  return {
    runs: database.query(`
      SELECT id, name, state, dataset_id AS datasetId, dataset_name AS datasetName, dataset_sha256 AS datasetSha256,
        preset, configuration, backend, device, environment, seed, created_at AS createdAt, started_at AS startedAt,
        ended_at AS endedAt, training_seconds AS trainingSeconds, progress, diagnosis, failure, notes
      FROM runs ${one ? 'WHERE id = ?' : 'WHERE deleted_at IS NULL'} ORDER BY created_at, id`),
    metrics: database.query(`SELECT run, metric, last, min, max, step FROM metric_summaries ${where} ORDER BY metric`),
    checkpoints: database.query(`
      SELECT run, id, epoch, step, bytes, weights_sha256 AS weightsSha256, created_at AS createdAt
      FROM checkpoints ${where} ORDER BY step, created_at`),
    evaluations: database.query(`SELECT run, ${evaluationColumns} FROM evaluations ${where} ORDER BY created_at, id`),
    tags: database.query(`SELECT run, tag FROM run_tags ${where} ORDER BY tag`),
  };
}

interface RunQueries {
  runs: Query<RunRow>;
  metrics: Query<SummaryRow>;
  checkpoints: Query<CheckpointView & { run: string }>;
  evaluations: Query<EvaluationRow & { run: string }>;
  tags: Query<{ run: string; tag: string }>;
}

/** Reads whole runs. */
export class RunViews {
  readonly #database: ReadableDatabase;
  readonly #one: RunQueries;
  readonly #all: RunQueries;

  constructor(database: ReadableDatabase) {
    this.#database = database;
    this.#one = queries(database, true);
    this.#all = queries(database, false);
  }

  /** A run, deleted or not. @throws UserError where there is none of this id. */
  view(id: string): RunView {
    const [view] = this.#read(this.#one, [id]);
    if (view === undefined) throw new UserError(`There is no run ${id}.`, 'See them with: runs list', 'usage');
    return view;
  }

  /** Every run that is not deleted, oldest first. Reads no series. */
  list(): RunView[] {
    return this.#read(this.#all, []);
  }

  #read(from: RunQueries, parameters: string[]): RunView[] {
    return this.#database.snapshot(() => {
      const attached: Attached = {
        metrics: new Map(),
        checkpoints: new Map(),
        evaluations: new Map(),
        tags: new Map(),
      };
      for (const { run, metric, ...summary } of from.metrics.iterate(...parameters)) {
        entry<Record<string, MetricSummary>>(attached.metrics, run, () => ({}))[metric] = summaryOf(summary);
      }
      for (const { run, ...checkpoint } of from.checkpoints.iterate(...parameters)) {
        entry(attached.checkpoints, run, () => []).push(checkpoint);
      }
      for (const { run, ...row } of from.evaluations.iterate(...parameters)) {
        entry(attached.evaluations, run, () => []).push(evaluationOf(row));
      }
      for (const { run, tag } of from.tags.iterate(...parameters)) entry(attached.tags, run, () => []).push(tag);
      return from.runs.all(...parameters).map((row) => viewOf(row, attached));
    });
  }
}

function entry<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

function viewOf(row: RunRow, attached: Attached): RunView {
  const { datasetId, datasetName, datasetSha256, configuration, ...plain } = row;
  return {
    ...plain,
    dataset: { id: datasetId, name: datasetName, sha256: datasetSha256 },
    config: JSON.parse(configuration) as Configuration,
    // Written by this program alone, as JSON of exactly these types.
    environment: parsed(row.environment) as RunEnvironment | null,
    progress: parsed(row.progress) as RunView['progress'],
    diagnosis: parsed(row.diagnosis) as Diagnosis | null,
    failure: parsed(row.failure) as RunFailure | null,
    metrics: attached.metrics.get(row.id) ?? {},
    checkpoints: attached.checkpoints.get(row.id) ?? [],
    evaluations: attached.evaluations.get(row.id) ?? [],
    tags: attached.tags.get(row.id) ?? [],
  };
}

function parsed(text: string | null): unknown {
  return text === null ? null : JSON.parse(text);
}
