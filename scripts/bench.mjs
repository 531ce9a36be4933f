/** @file `npm run bench:NAME`: runs test/bench/NAME.ts on Node 24 beside PyTorch. Further arguments go to it. */
import fs from 'node:fs';
import path from 'node:path';
import { checkout, checkoutEnvironment } from './runtime/checkout.mjs';
import { entry } from './runtime/entry.mjs';
import { preparePeers } from './runtime/peers-venv.mjs';
import { runVisibly } from './runtime/programs.mjs';
import { setUp } from './runtime/set-up.mjs';
import { SetupProblem } from './runtime/setup-problem.mjs';

await entry(async () => {
  const [name = '', ...args] = process.argv.slice(2);
  const folder = path.join(checkout, 'test', 'bench');
  const file = path.join(folder, `${name}.ts`);
  if (!/^[a-z0-9-]+$/.test(name) || !fs.existsSync(file))
    throw new SetupProblem(
      `There is no benchmark "${name}".`,
      'Benchmarks are the files of test/bench, such as train.',
    );
  const { node24 } = await setUp({ explicit: true });
  const python = await preparePeers();
  process.exitCode = await runVisibly(node24, [file, ...args], {
    cwd: checkout,
    env: { ...checkoutEnvironment(), SIMCLR_STUDIO_PYTHON: python },
  });
});
