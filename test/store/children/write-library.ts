/**
 * @file Works on a library beside others: `FOLDER NAME RUNS STEPS`. Makes runs, holds their lease, appends metrics and
 * checkpoints, and prints each run's id when it is done with it.
 */
import { completeConfiguration } from '#shared/configuration/keys.ts';
import { openLibrary } from '#store/library.ts';

const [folder = '', name = '', runs = '1', steps = '10'] = process.argv.slice(2);
const library = openLibrary(folder);
for (let index = 0; index < Number(runs); index++) {
  const dataset = { id: 'd', name: 'd', sha256: 'd' };
  const id = library.runs.create({
    name: `${name}-${index}`,
    dataset,
    preset: null,
    config: completeConfiguration({}),
  });
  library.runs.transition(id, 'queued');
  library.transaction(() => {
    library.leases.acquire(id);
    library.runs.transition(id, 'running');
  });
  for (let step = 0; step < Number(steps); step++) {
    library.metrics.append(id, [
      { metric: 'loss', step, time: step, value: index + step },
      { metric: 'learningRate', step, time: step, value: 0.1 },
    ]);
    library.leases.renew(id);
  }
  const record = { epoch: 1, step: Number(steps), bytes: 1, weightsSha256: 'w', trainingSeconds: 1 };
  library.checkpoints.add(id, { id: 'c', ...record });
  library.transaction(() => {
    library.runs.transition(id, 'finished');
    library.leases.release(id);
  });
  console.log(id);
}
library.close();
