/** @file A library in a folder of its own and small image folders to add to it. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { onTestFinished } from 'vitest';
import { openLibrary, type Library } from '#store/library.ts';

export interface SmallLibrary {
  library: Library;
  /** For the test's own files; removed after it. */
  folder: string;
  logs: string[];
  handlers: { progress: () => void; log: (text: string) => void };
}

export function smallLibrary(): SmallLibrary {
  const folder = mkdtempSync(path.join(tmpdir(), 'simclr-datasets-'));
  const library = openLibrary(path.join(folder, 'library'));
  onTestFinished(() => {
    library.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const logs: string[] = [];
  return { library, folder, logs, handlers: { progress: () => undefined, log: (text) => logs.push(text) } };
}

/** Writes two classes of `count` PNGs each. */
export async function writeImages(folder: string, count: number, side = 16): Promise<void> {
  for (const name of ['cat', 'dog']) {
    mkdirSync(path.join(folder, name), { recursive: true });
    for (let at = 0; at < count; at++) {
      const background = { r: at % 256, g: name === 'cat' ? 50 : 200, b: (at * 7) % 256 };
      await sharp({ create: { width: side, height: side, channels: 3, background } })
        .png()
        .toFile(path.join(folder, name, `${at}.png`));
    }
  }
}
