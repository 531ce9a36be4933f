/** @file Takes exact numbers of bytes from a stream. */

/** Thrown where a stream ends within what was asked for. */
export class UnexpectedEnd extends Error {
  override readonly name = 'UnexpectedEnd';
}

/** Reads a stream piece by piece; holds no more than one of its chunks beside what is asked for. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(stream: AsyncIterable<Buffer>) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  /** The next bytes as they come, `size` in all. @throws UnexpectedEnd */
  async *parts(size: number): AsyncGenerator<Buffer, void, undefined> {
    for (let left = size; left > 0;) {
      if (this.#rest.length === 0 && !(await this.#fill())) throw new UnexpectedEnd();
      const part = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(part.length);
      left -= part.length;
      yield part;
    }
  }

  /** Exactly the next bytes. @throws UnexpectedEnd */
  async take(size: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for await (const part of this.parts(size)) parts.push(part);
    return Buffer.concat(parts);
  }

  /** Exactly the next bytes, or undefined where the stream ended before them. @throws UnexpectedEnd within them */
  async takeOrEnd(size: number): Promise<Buffer | undefined> {
    if (this.#rest.length === 0 && !(await this.#fill())) return undefined;
    return this.take(size);
  }

  /** Passes over bytes. @throws UnexpectedEnd */
  async skip(size: number, checkStop: () => void): Promise<void> {
    const parts = this.parts(size);
    while ((await parts.next()).done !== true) checkStop();
  }

  async #fill(): Promise<boolean> {
    for (;;) {
      const next = await this.#chunks.next();
      if (next.done === true) return false;
      if (next.value.length === 0) continue;
      this.#rest = next.value;
      return true;
    }
  }
}
