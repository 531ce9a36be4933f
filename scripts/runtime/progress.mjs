/** @file Tells on stderr how far the set-up is: one line rewritten on a terminal, a line every few seconds elsewhere. */

const stream = process.stderr;
const terminalPause = 200;
const logPause = 5000;

/** @param {string} text */
export function say(text) {
  stream.write(`${text}\n`);
}

/**
 * Bytes for people, in decimal units.
 * @param {number} bytes
 * @returns {string}
 */
export function megabytes(bytes) {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`;
}

/**
 * A step with a known amount of work.
 * @param {string} label
 * @param {number} total
 * @param {(done: number, total: number) => string} amount How done and total are shown.
 */
export function startStep(label, total, amount = (done, all) => `${megabytes(done)} of ${megabytes(all)}`) {
  const started = Date.now();
  let shown = stream.isTTY ? 0 : started;
  const write = (/** @type {string} */ text) => stream.write(stream.isTTY ? `\r\u001b[2K${text}` : `${text}\n`);
  if (stream.isTTY) write(`  ${label} …`);
  else say(`  ${label} …`);
  return {
    /** @param {number} done */
    update(done) {
      const now = Date.now();
      if (now - shown < (stream.isTTY ? terminalPause : logPause)) return;
      shown = now;
      const share = Math.min(done / total, 0.99);
      write(
        `  ${label}: ${amount(Math.min(done, total), total)}, ${Math.floor(share * 100)} %${timeLeft(share, now - started)}`,
      );
    },
    /** @param {string} [note] */
    end(note = `${((Date.now() - started) / 1000).toFixed(1)} s`) {
      write(`  ${label}: ${note}`);
      if (stream.isTTY) stream.write('\n');
    },
  };
}

/**
 * @param {number} share
 * @param {number} elapsed Milliseconds.
 */
function timeLeft(share, elapsed) {
  if (share < 0.01 || elapsed < 1000) return '';
  const seconds = Math.round((elapsed / share - elapsed) / 1000);
  return seconds >= 90 ? `, about ${Math.round(seconds / 60)} min left` : `, about ${seconds} s left`;
}
