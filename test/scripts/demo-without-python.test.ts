import fs from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Random } from '#shared/random.ts';
import { findProgram } from '../../scripts/runtime/programs.mjs';
import { freshEnvironment, freshFolder, runScript, type ScriptResult } from './stand-in/run-script.ts';

/** A fresh machine that has Node and a shell, no Python and no compiler. */
const root = freshFolder();
const images = path.join(root, 'images');
const report = path.join(root, 'report.html');

beforeAll(async () => {
  fs.mkdirSync(path.join(root, 'home'));
  fs.mkdirSync(path.join(root, 'bin'));
  for (const name of ['node', 'sh']) fs.symlinkSync(findProgram(name) ?? '', path.join(root, 'bin', name));
  const random = new Random(1, 1);
  for (const [label, name] of ['light', 'dark'].entries()) {
    fs.mkdirSync(path.join(images, name), { recursive: true });
    for (let index = 0; index < 60; index++) {
      const pixels = Uint8Array.from({ length: 32 * 32 * 3 }, () => random.uniform(label * 100, label * 100 + 120));
      const picture = sharp(pixels, { raw: { width: 32, height: 32, channels: 3 } });
      await picture.png().toFile(path.join(images, name, `${index}.png`));
    }
  }
});

afterAll(() => {
  fs.rmSync(root, { recursive: true, force: true });
});

function run(script: string, ...args: string[]): Promise<ScriptResult> {
  const env = freshEnvironment(path.join(root, 'home'), root, { PATH: path.join(root, 'bin') });
  return runScript(script, [...args, '--library', path.join(root, 'library')], env);
}

it('trains, judges and reports on wasm where Python and the compiler are missing', async () => {
  const added = await run('scripts/simclr-studio.mjs', 'datasets', 'add', images, '--name', 'two-shades');
  expect(added.stderr).toMatch(/^TensorFlow \(CPU\) is left out: Python 3 was not found\..*$/m);
  expect(added.stderr).toContain('The wasm backend remains');
  expect(added.code).toBe(0);

  const args = ['--dataset', 'two-shades', '--epochs', '2', '--batch-size', '16', '--out', report, '--json'];
  const demo = await run('scripts/demo.mjs', ...args);
  expect(demo.stderr).not.toMatch(/^\s+at /m);
  expect(demo.code).toBe(0);
  const shown = JSON.parse(demo.stdout) as { backend: string; state: string; environment: { passedOver: string[] } };
  expect(shown).toMatchObject({ backend: 'wasm', state: 'finished' });
  expect(shown.environment.passedOver.join()).toContain('Python 3 was not found');
  expect(fs.readFileSync(report, 'utf8')).toContain('wasm');
});
