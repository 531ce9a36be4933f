/** @file Compiles kernels.as.ts into kernels.wasm, beside it or where the first argument says. */
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const compiler = join(dirname(require.resolve('assemblyscript/package.json')), 'bin', 'asc.js');
const target = process.argv[2] ?? join(here, 'kernels.wasm');

execFileSync(
  process.execPath,
  [
    compiler,
    'kernels.as.ts',
    ...['--outFile', target],
    ...['-O3', '--disableWarning', '112', '--noAssert', '--runtime', 'stub', '--use', 'abort='],
    ...['--importMemory', '--initialMemory', '1', '--maximumMemory', '65536'],
    ...['--enable', 'simd', '--enable', 'relaxed-simd', '--enable', 'bulk-memory'],
  ],
  { cwd: here, stdio: 'inherit' },
);
