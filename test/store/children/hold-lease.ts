/** @file Takes the lease of a run and keeps it until killed: `FOLDER RUN`. Prints `held`. */
import { openLibrary } from '#store/library.ts';

const [folder = '', run = ''] = process.argv.slice(2);
const library = openLibrary(folder);
library.transaction(() => {
  library.leases.acquire(run);
  library.runs.transition(run, 'running');
});
console.log('held');
setInterval(() => {
  library.leases.renew(run);
}, 1000);
