/** @file Bytes that follow from an artifact's id, so that any process can say what an artifact must hold. */
import { createHash } from 'node:crypto';

const partBytes = 1024 * 1024 - 13; // never a divisor of a chunk

/** About as many megabytes, in parts. */
export function* artifactParts(id: string, megabytes: number): Generator<Uint8Array> {
  for (let part = 0; part < megabytes; part++) {
    const seed = createHash('sha256').update(`${id} ${part}`).digest();
    yield Buffer.alloc(partBytes, seed);
  }
}

export function artifactHash(id: string, megabytes: number): string {
  const hash = createHash('sha256');
  for (const part of artifactParts(id, megabytes)) hash.update(part);
  return hash.digest('hex');
}
