/** @file The `datasets` command, as a terminal runs it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { writeImages } from './small-library.ts';

const main = fileURLToPath(new URL('../../../src-engine/cli/main.ts', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'simclr-command-'));
const library = path.join(folder, 'library');

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function datasets(...words: string[]): { code: number | null; out: string; err: string } {
  const ended = spawnSync(process.execPath, [main, 'datasets', ...words, '--library', library], { encoding: 'utf8' });
  return { code: ended.status, out: ended.stdout, err: ended.stderr };
}

describe('datasets', () => {
  it('adds, lists, shows, verifies and removes a folder', async () => {
    await writeImages(path.join(folder, 'pets'), 3);
    writeFileSync(path.join(folder, 'pets', 'cat', 'bad.jpg'), 'no image');

    const added = datasets('add', path.join(folder, 'pets'), '--json');
    expect(added).toMatchObject({ code: 0 });
    const shown: unknown = JSON.parse(added.out);
    expect(shown).toMatchObject({
      name: 'pets',
      splits: { train: { count: 6, labelled: 6 } },
      classes: ['cat', 'dog'],
      imageSize: 16,
      bytes: 6 * (768 + 16),
      skipped: [{ path: 'cat/bad.jpg', reason: 'not an image of a kind that is read' }],
      duplicates: 0,
    });
    expect(added.err).toContain('6 images for training at 16 px need');
    expect(JSON.parse(datasets('show', 'pets', '--json').out)).toEqual(shown);

    expect(datasets('list').out).toMatch(/^pets +\w{10} +6 +2 +16 px/m);
    expect(datasets('show', 'pets').out).toContain('cat/bad.jpg: not an image of a kind that is read');

    const verified = datasets('verify', 'pets');
    expect(verified).toMatchObject({ code: 0 });
    expect(verified.out).toContain('the files are what was imported');

    const images = path.join(library, 'datasets', readdirSync(path.join(library, 'datasets'))[0] ?? '', 'images.bin');
    writeFileSync(images, Buffer.alloc(6 * 768));
    const damaged = datasets('verify', 'pets', '--json');
    expect(damaged.code).toBe(1);
    expect(JSON.parse(damaged.out)).toMatchObject({ sound: false });

    expect(JSON.parse(datasets('remove', 'pets', '--json').out)).toMatchObject({ name: 'pets', usedBy: [] });
    expect(JSON.parse(datasets('list', '--json').out)).toEqual([]);
  });

  it.each([
    [['add', 'nowhere'], 1, 'There is no dataset or folder called nowhere.'],
    [['add'], 2, 'needs more than that'],
    [['add', 'cifar10', '--size', 'huge'], 2, '"huge" is no size for --size.'],
    [['show', 'nothing'], 2, 'There is no dataset "nothing"'],
  ])('%s ends with exit code %i and one sentence', (words, code, message) => {
    const ended = datasets(...words);
    expect(ended).toMatchObject({ code, out: '' });
    expect(ended.err).toContain(message);
    expect(ended.err.trim().split('\n')).toHaveLength(1);
  });
});
