/** @file Migrations: in order, one transaction each, from every earlier version. */
import { describe, expect, test } from 'vitest';
import { openWritable, type WritableDatabase } from '#store/database/handles.ts';
import { librarySchema } from '#store/database/library-schema.ts';
import { artifactSchema } from '#store/artifacts/artifact-schema.ts';
import { migrate, type Schema } from '#store/database/migrate.ts';
import { thrownBy } from './support/thrown-by.ts';

const steps: Schema = {
  title: 'library',
  applicationId: 77,
  migrations: [
    { title: 'one', sql: 'CREATE TABLE a (x INTEGER) STRICT; INSERT INTO a VALUES (1)' },
    { title: 'two', sql: 'ALTER TABLE a ADD COLUMN y INTEGER; UPDATE a SET y = x + 1' },
    { title: 'three', sql: 'CREATE TABLE b (z INTEGER) STRICT; INSERT INTO b SELECT x + y FROM a' },
  ],
};

function shape(database: WritableDatabase): unknown[] {
  return database.query('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name').all();
}

describe.each([
  ['a schema of three steps', steps],
  ['the library', librarySchema],
  ['the artifact file', artifactSchema],
])('migrating %s', (_, schema) => {
  const whole = openWritable(':memory:');
  migrate(whole, schema);
  const wanted = shape(whole);

  test.each([...schema.migrations.keys()])('from version %i gives the newest shape', (version) => {
    const database = openWritable(':memory:');
    migrate(database, { ...schema, migrations: schema.migrations.slice(0, version) });
    expect(database.pragma('user_version')).toBe(version);
    migrate(database, schema);
    expect(database.pragma('user_version')).toBe(schema.migrations.length);
    expect(database.pragma('application_id')).toBe(schema.applicationId);
    expect(shape(database)).toEqual(wanted);
    expect(database.query('PRAGMA foreign_key_check').all()).toEqual([]);
  });

  test('a second time changes nothing', () => {
    migrate(whole, schema);
    expect(shape(whole)).toEqual(wanted);
  });

  test('keeps every table strict', () => {
    const loose = whole.query(
      "SELECT name FROM pragma_table_list WHERE type = 'table' AND NOT strict AND name NOT LIKE 'sqlite_%'",
    );
    expect(loose.all()).toEqual([]);
  });
});

test('a migration that fails leaves the version before it, with its data', () => {
  const database = openWritable(':memory:');
  const broken: Schema = {
    ...steps,
    migrations: [...steps.migrations.slice(0, 2), { title: 'bad', sql: 'DROP TABLE a; SELECT nonsense' }],
  };
  expect(() => {
    migrate(database, broken);
  }).toThrow(/nonsense/);
  expect(database.pragma('user_version')).toBe(2);
  expect(database.query('SELECT x, y FROM a').all()).toEqual([{ x: 1, y: 2 }]);
  migrate(database, steps);
  expect(database.query('SELECT z FROM b').all()).toEqual([{ z: 3 }]);
});

test('a file of another application is refused before anything is written', () => {
  const database = openWritable(':memory:');
  migrate(database, { ...steps, applicationId: 78 });
  const before = shape(database);
  const error = thrownBy(() => {
    migrate(database, librarySchema);
  });
  expect(error.message).toContain('not a SimCLR Studio library');
  expect(shape(database)).toEqual(before);
});

test('a query cannot write', () => {
  const database = openWritable(':memory:');
  migrate(database, steps);
  expect(() => database.query('DELETE FROM a')).toThrow('may not write');
});
