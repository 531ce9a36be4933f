/** @file Colour jitter: brightness, contrast, saturation and hue, each by a random amount, in random order. */
import type { Random } from '#shared/random.ts';
import { scaleBrightness, shiftBrightness } from './brightness.ts';
import { adjustContrast } from './contrast.ts';
import { adjustHue } from './hue.ts';
import { adjustSaturation } from './saturation.ts';

const operations = 4;
const order = new Uint8Array(operations); // reused: a view allocates nothing

/**
 * Jitters the colours of size x size x 3 pixels in [0, 1], in place, clipping after each operation. Factors are uniform in
 * [max(0, 1 - 0.8 s), 1 + 0.8 s], the hue turns by up to 0.2 s of the circle, additive brightness shifts by up to 0.8 s.
 * @param strength - s of the paper, in [0, 2].
 */
export function jitterColors(
  pixels: Float32Array,
  strength: number,
  brightness: 'multiplicative' | 'additive',
  random: Random,
): void {
  const reach = 0.8 * strength;
  for (let i = 0; i < operations; i++) order[i] = i;
  random.shuffle(order);
  for (let i = 0; i < operations; i++) {
    switch (order[i] as number) {
      case 0:
        if (brightness === 'additive') shiftBrightness(pixels, random.uniform(-reach, reach));
        else scaleBrightness(pixels, random.uniform(Math.max(0, 1 - reach), 1 + reach));
        break;
      case 1:
        adjustContrast(pixels, random.uniform(Math.max(0, 1 - reach), 1 + reach));
        break;
      case 2:
        adjustSaturation(pixels, random.uniform(Math.max(0, 1 - reach), 1 + reach));
        break;
      default:
        adjustHue(pixels, random.uniform(-0.2 * strength, 0.2 * strength));
    }
  }
}
