/** @file Cuts a stream of parts of any length into chunks of one length. */

/** Bytes of a chunk; the last one of an artifact may be shorter. */
export const chunkBytes = 4 * 1024 * 1024;

/** The same bytes in chunks of `length`, the last one shorter. A chunk is valid until the next one is asked for. */
export function* inChunks(parts: Iterable<Uint8Array>, length: number = chunkBytes): Generator<Uint8Array> {
  const chunk = new Uint8Array(length);
  let filled = 0;
  for (const part of parts) {
    for (let from = 0; from < part.length;) {
      const taken = part.subarray(from, from + length - filled);
      chunk.set(taken, filled);
      filled += taken.length;
      from += taken.length;
      if (filled === length) {
        yield chunk;
        filled = 0;
      }
    }
  }
  if (filled > 0) yield chunk.subarray(0, filled);
}
