/** @file A folder of real image files that anyone can tell apart: red discs and blue squares on noise. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { Random } from '#shared/random.ts';

const side = 32;
const classes = ['discs', 'squares'] as const;

/** Writes `train` and `test` folders with so many images a class. */
export async function writeShapes(folder: string, train: number, test: number): Promise<void> {
  for (const [split, count] of [
    ['train', train],
    ['test', test],
  ] as const) {
    for (const [label, name] of classes.entries()) {
      await mkdir(join(folder, split, name), { recursive: true });
      for (let at = 0; at < count; at++) {
        const pixels = drawShape(name, new Random(label, split === 'train' ? 0 : 1, at));
        const file = join(folder, split, name, `${at}.png`);
        await sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
          .png()
          .toFile(file);
      }
    }
  }
}

function drawShape(name: (typeof classes)[number], random: Random): Uint8Array {
  const pixels = new Uint8Array(side * side * 3);
  const x0 = random.uniform(10, 22);
  const y0 = random.uniform(10, 22);
  const size = random.uniform(5, 9);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const [dx, dy] = [Math.abs(x - x0), Math.abs(y - y0)];
      const inside = name === 'discs' ? Math.hypot(dx, dy) < size : Math.max(dx, dy) < size;
      const color = inside ? (name === 'discs' ? [220, 40, 40] : [40, 60, 220]) : [128, 128, 128];
      for (const [channel, value] of color.entries()) {
        pixels[(y * side + x) * 3 + channel] = Math.max(0, Math.min(255, value + random.normal() * 20));
      }
    }
  }
  return pixels;
}
