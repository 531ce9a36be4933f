/** @file `npm run setup`: gets all that is missing and does nothing else. `--verify` hashes what is there. */
import { parseArgs } from 'node:util';
import { entry } from './runtime/entry.mjs';
import { setUp } from './runtime/set-up.mjs';

await entry(async () => {
  const { values } = parseArgs({ options: { verify: { type: 'boolean', default: false } } });
  const { node24, tensorflow, problems } = await setUp({ explicit: true, verify: values.verify });
  console.log(`Node 24: ${node24}`);
  console.log(`TensorFlow: ${tensorflow ?? `not installed; wasm remains. ${problems.join(' ')}`}`);
  console.log('Ready.');
});
