/** @file A process that imports and halts in the middle of packing, so that a test can kill it there. */
import { importDataset } from '#compute/import/import-dataset.ts';

const [source = '', targetFolder = ''] = process.argv.slice(2);
let asked = 0;

/** Blocks the process, as no timer could, once half of the images are packed. */
function shouldStop(): boolean {
  if (++asked === 900) {
    process.send?.('halfway');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000);
  }
  return false;
}

await importDataset(
  { kind: 'import', id: 'd', name: 'd', source: { format: 'cifar10', paths: [source] }, targetFolder },
  { progress: () => undefined, shouldStop, log: () => undefined },
);
