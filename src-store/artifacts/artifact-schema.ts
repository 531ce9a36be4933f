/** @file The shape of an artifact file. */
import type { Schema } from '../database/migrate.ts';

/**
 * [Note: artifact files] A rollback journal, not a write-ahead log: a log would write every byte twice and leave files
 * beside; a journal holds only what a transaction overwrites, which is next to nothing when blobs are added, and is
 * gone after it, so a run's artifacts are one file that can be copied or unlinked. Readers fetch one chunk a statement,
 * so that they hold a writer up for moments only.
 */
export const artifactSchema: Schema = {
  title: 'artifact file',
  applicationId: 0x53434c41, // "SCLA"
  migrations: [
    {
      title: 'artifacts and their chunks',
      sql: `
        CREATE TABLE artifacts (
          key INTEGER PRIMARY KEY,
          id TEXT NOT NULL UNIQUE,
          kind TEXT NOT NULL,
          metadata TEXT NOT NULL CHECK (json_valid(metadata)),
          bytes INTEGER NOT NULL,
          sha256 TEXT NOT NULL,
          created_at TEXT NOT NULL
        ) STRICT;
        CREATE TABLE chunks (
          artifact INTEGER NOT NULL REFERENCES artifacts (key) ON DELETE CASCADE,
          ordinal INTEGER NOT NULL,
          sha256 BLOB NOT NULL,
          data BLOB NOT NULL,
          UNIQUE (artifact, ordinal)
        ) STRICT;
      `,
    },
  ],
};
