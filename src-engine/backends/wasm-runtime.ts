/** @file Finds the WebAssembly backend, which is a package of ours and needs neither Python nor a compiler. */
import fs from 'node:fs';
import { createRequire } from 'node:module';

/** Version of the installed WebAssembly backend, or null where its package is missing. */
export function wasmVersion(): string | null {
  try {
    const file = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json');
    const { version } = JSON.parse(fs.readFileSync(file, 'utf8')) as { version: string };
    return version;
  } catch {
    return null;
  }
}
