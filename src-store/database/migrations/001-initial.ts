/** @file Library version 1: runs, their metrics, checkpoints and evaluations, leases, datasets. */
import type { Migration } from '../migrate.ts';

export const initial: Migration = {
  title: 'runs, metrics, checkpoints, evaluations, leases, datasets',
  sql: `
    CREATE TABLE runs (
      id TEXT PRIMARY KEY,
      name TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN
        ('draft', 'queued', 'running', 'paused', 'finished', 'stopped', 'failed', 'interrupted')),
      dataset_id TEXT NOT NULL,
      dataset_name TEXT NOT NULL,
      dataset_sha256 TEXT NOT NULL,
      preset TEXT,
      configuration TEXT NOT NULL CHECK (json_valid(configuration)),
      seed INTEGER NOT NULL,
      backend TEXT,
      device TEXT,
      environment TEXT CHECK (json_valid(environment)),
      created_at TEXT NOT NULL,
      queued_at TEXT,
      started_at TEXT,
      ended_at TEXT,
      deleted_at TEXT,
      training_seconds REAL NOT NULL DEFAULT 0,
      progress TEXT CHECK (json_valid(progress)),
      diagnosis TEXT CHECK (json_valid(diagnosis)),
      failure TEXT CHECK (json_valid(failure)),
      notes TEXT NOT NULL DEFAULT ''
    ) STRICT;
    CREATE UNIQUE INDEX runs_by_name ON runs (name) WHERE deleted_at IS NULL;
    CREATE INDEX runs_by_state ON runs (state, queued_at);
    CREATE INDEX runs_by_dataset ON runs (dataset_id);

    CREATE TABLE hyperparameters (
      run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      key TEXT NOT NULL,
      value ANY,
      PRIMARY KEY (run, key)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX hyperparameters_by_value ON hyperparameters (key, value);

    CREATE TABLE run_tags (
      run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      tag TEXT NOT NULL,
      PRIMARY KEY (run, tag)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX run_tags_by_tag ON run_tags (tag);

    CREATE TABLE leases (
      run TEXT PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
      owner TEXT NOT NULL,
      host TEXT NOT NULL,
      pid INTEGER NOT NULL,
      process_start TEXT,
      acquired_at INTEGER NOT NULL,
      heartbeat INTEGER NOT NULL
    ) STRICT;

    -- One row a run and metric: names the series, and sums it up so that a list need not read it.
    CREATE TABLE metric_summaries (
      series INTEGER PRIMARY KEY,
      run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      metric TEXT NOT NULL,
      samples INTEGER NOT NULL,
      step INTEGER NOT NULL,
      last REAL,
      min REAL,
      max REAL,
      UNIQUE (run, metric)
    ) STRICT;

    -- value is NULL for not-a-number, which SQLite cannot hold; infinities are stored as they are.
    CREATE TABLE metric_samples (
      series INTEGER NOT NULL REFERENCES metric_summaries (series) ON DELETE CASCADE,
      step INTEGER NOT NULL,
      time REAL NOT NULL,
      value REAL,
      PRIMARY KEY (series, step)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE checkpoints (
      run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      id TEXT NOT NULL,
      epoch INTEGER NOT NULL,
      step INTEGER NOT NULL,
      bytes INTEGER NOT NULL,
      weights_sha256 TEXT NOT NULL,
      training_seconds REAL NOT NULL,
      created_at TEXT NOT NULL,
      PRIMARY KEY (run, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX checkpoints_by_step ON checkpoints (run, step);

    CREATE TABLE evaluations (
      id TEXT PRIMARY KEY,
      run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      checkpoint TEXT,
      protocol TEXT NOT NULL,
      encoder TEXT NOT NULL,
      dataset TEXT NOT NULL,
      split TEXT NOT NULL,
      top1 REAL NOT NULL,
      low REAL NOT NULL,
      high REAL NOT NULL,
      per_class TEXT NOT NULL CHECK (json_valid(per_class)),
      confusion TEXT NOT NULL CHECK (json_valid(confusion)),
      classes TEXT NOT NULL CHECK (json_valid(classes)),
      settings TEXT NOT NULL CHECK (json_valid(settings)),
      seconds REAL NOT NULL,
      created_at TEXT NOT NULL
    ) STRICT;
    CREATE INDEX evaluations_by_run ON evaluations (run, created_at, id);

    CREATE TABLE datasets (
      id TEXT PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      sha256 TEXT NOT NULL,
      created_at TEXT NOT NULL,
      record TEXT NOT NULL CHECK (json_valid(record))
    ) STRICT;
    CREATE INDEX datasets_by_sha256 ON datasets (sha256);
  `,
};
