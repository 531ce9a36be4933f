/** @file Epochs visit every image once, each in an order of its own. */
import { describe, expect, it } from 'vitest';
import { epochOrder, stepsPerEpoch } from '#compute/data/epoch-order.ts';

const images = Uint32Array.from({ length: 100 }, (_, at) => 3 * at + 1);

describe('epochOrder', () => {
  it('visits every image exactly once and leaves the selection as it is', () => {
    const before = images.slice();
    expect(epochOrder(0, 0, images).sort()).toEqual(before);
    expect(images).toEqual(before);
  });

  it('differs from epoch to epoch and from seed to seed, and comes back the same', () => {
    expect(epochOrder(0, 1, images)).toEqual(epochOrder(0, 1, images));
    expect(epochOrder(0, 1, images)).not.toEqual(epochOrder(0, 0, images));
    expect(epochOrder(1, 0, images)).not.toEqual(epochOrder(0, 0, images));
  });

  it('puts each image at each place equally often', () => {
    const few = Uint32Array.of(0, 1, 2, 3, 4);
    const counts = new Float64Array(25);
    for (let epoch = 0; epoch < 5000; epoch++) {
      epochOrder(0, epoch, few).forEach(
        (image, place) => (counts[5 * place + image] = (counts[5 * place + image] ?? 0) + 1),
      );
    }
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(4.5 * Math.sqrt(800));
  });
});

describe('stepsPerEpoch', () => {
  it('drops the last partial batch', () => {
    expect([stepsPerEpoch(100, 32), stepsPerEpoch(100, 100), stepsPerEpoch(99, 33)]).toEqual([3, 1, 3]);
  });

  it('refuses a batch larger than the images, naming the largest that fits', () => {
    expect(() => stepsPerEpoch(100, 101)).toThrow(
      expect.objectContaining({ kind: 'usage', hint: 'Choose a batch size of at most 100.' }),
    );
  });
});
