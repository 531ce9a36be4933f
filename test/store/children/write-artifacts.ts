/**
 * @file Writes checkpoints to an artifact file until it is killed: `FILE PREFIX COUNT MEGABYTES [KILL_AFTER_PARTS]`.
 * Prints `begin ID` and `done ID`. After KILL_AFTER_PARTS parts it kills itself, in the middle of a write.
 */
import { writeSync } from 'node:fs';
import { openArtifacts } from '#store/artifacts.ts';
import { artifactParts } from '../support/artifact-content.ts';

const [file = '', prefix = '', count = '1', megabytes = '1', killAfter = 'Infinity'] = process.argv.slice(2);
const artifacts = openArtifacts(file);
let left = Number(killAfter);

function* counted(id: string): Generator<Uint8Array> {
  for (const part of artifactParts(id, Number(megabytes))) {
    if (left-- <= 0) process.kill(process.pid, 'SIGKILL');
    yield part;
  }
}

// Written synchronously: a line that was printed must not be lost with the process.
const say = (line: string) => writeSync(1, `${line}\n`);

for (let index = 0; index < Number(count); index++) {
  const id = `${prefix}${index}`;
  say(`begin ${id}`);
  artifacts.writeArtifact({ id, kind: 'checkpoint', metadata: { id } }, counted(id));
  say(`done ${id}`);
}
artifacts.close();
