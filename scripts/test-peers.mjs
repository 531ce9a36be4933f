/** @file `npm run test:peers`: the tests that compare with a live PyTorch. */
import { entry } from './runtime/entry.mjs';
import { preparePeers } from './runtime/peers-venv.mjs';
import { closeRun, runVitest } from './runtime/run-vitest.mjs';
import { setUp } from './runtime/set-up.mjs';

await entry(async () => {
  const { node24 } = await setUp({ explicit: true });
  const python = await preparePeers();
  const args = ['--config', 'vitest.peers.config.ts', ...process.argv.slice(2)];
  closeRun(await runVitest(node24, args, { SIMCLR_STUDIO_PYTHON: python }));
});
