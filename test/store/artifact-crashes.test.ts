/** @file kill -9 in the middle of artifact writes: whatever was written before stays whole. */
import { setTimeout as sleep } from 'node:timers/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { Random } from '#shared/random.ts';
import { openArtifacts } from '#store/artifacts.ts';
import { openWritable } from '#store/database/handles.ts';
import { artifactHash } from './support/artifact-content.ts';
import { startChild, type Child } from './support/child.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const megabytes = 12;
const ids = (child: Child, word: string) =>
  child.lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));

/** Checks the file after a kill. `done`: what must be there; `begun`: what may be. @returns what is there. */
function survey(file: string, done: ReadonlySet<string>, begun: ReadonlySet<string>): string[] {
  const artifacts = openArtifacts(file);
  const present = artifacts.list().map((each) => each.id);
  for (const id of done) expect(present).toContain(id);
  for (const id of present) {
    expect(begun).toContain(id);
    expect(artifacts.readArtifact(id).sha256).toBe(artifactHash(id, megabytes));
  }
  artifacts.close();
  const database = openWritable(file);
  expect(database.pragma('integrity_check')).toBe('ok');
  database.close();
  return present;
}

test('a process that is killed between the parts of a write loses that write alone', async () => {
  const file = path.join(temporaryFolder(), 'run.sqlite');
  const random = new Random(20);
  const done = new Set<string>();
  for (let round = 0; round < 8; round++) {
    const prefix = `r${round}-`;
    const parts = random.integer(2 * megabytes);
    const child = startChild('write-artifacts.ts', file, prefix, '2', String(megabytes), String(parts));
    expect(await child.ended).toBe('SIGKILL');
    for (const id of ids(child, 'done')) done.add(id);
    expect(ids(child, 'begin')).toHaveLength(Math.floor(parts / megabytes) + 1);
    expect(new Set(survey(file, done, done))).toEqual(done);
  }
});

test('a process that is killed at any moment, commits included, leaves a file that opens, whole', async () => {
  const file = path.join(temporaryFolder(), 'run.sqlite');
  const random = new Random(21);
  const done = new Set<string>();
  const begun = new Set<string>();
  for (let round = 0; round < 12; round++) {
    const child = startChild('write-artifacts.ts', file, `r${round}-`, '1000', String(megabytes));
    await child.line((line) => line.startsWith('begin'));
    await sleep(random.uniform(0, 250));
    child.process.kill('SIGKILL');
    expect(await child.ended).toBe('SIGKILL');
    for (const id of ids(child, 'begin')) begun.add(id);
    for (const id of ids(child, 'done')) done.add(id);
    const present = survey(file, done, begun);
    // What was written whole although nobody was told is an orphan: it is swept, and the told ones stay.
    const artifacts = openArtifacts(file);
    const { removed } = artifacts.sweepOrphans(done);
    expect(removed).toEqual(present.filter((id) => !done.has(id)));
    if (round % 4 === 3) {
      artifacts.sweepOrphans([]); // Keeps the test's file small, and removes from a file that was recovered.
      done.clear();
    }
    artifacts.close();
  }
});
