/** @file Waits for a line on stdin, then tries to take a run's lease over: `FOLDER RUN`. Prints `ready`, then `took` or `refused`. */
import { once } from 'node:events';
import { UserError } from '#shared/errors.ts';
import { openLibrary } from '#store/library.ts';

const [folder = '', run = ''] = process.argv.slice(2);
const library = openLibrary(folder);
console.log('ready');
await once(process.stdin, 'data');
try {
  library.leases.takeOver(run);
  console.log('took');
} catch (thrown) {
  if (!(thrown instanceof UserError)) throw thrown;
  console.log('refused');
}
// Stays alive, and so a living holder, until stdin ends.
await once(process.stdin, 'end');
library.close();
