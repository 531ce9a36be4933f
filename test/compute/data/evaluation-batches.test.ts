/** @file Evaluation batches come in the order asked for, whole, the same from one thread or several. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawEvaluationView, evaluationCrop } from '#compute/augment/evaluation-view.ts';
import { evaluationBatches, type EvaluationBatch } from '#compute/data/evaluation-batches.ts';
import { openImages, type ImageReader } from '#compute/data/image-reader.ts';
import { packImages, removeFolder, unevenImages } from './packed-images.ts';

const size = 24;
const values = size * size * 3;
const indices = Uint32Array.from({ length: 50 }, (_, at) => (at * 7) % 60);
let folder: string;
let reader: ImageReader;
beforeAll(() => {
  folder = packImages(unevenImages(60));
  reader = openImages(folder);
});
afterAll(() => {
  reader.close();
  removeFolder(folder);
});

/** Copies batches out, for their memory is reused. */
function keep({ views, images, first }: EvaluationBatch) {
  return { views: views.slice(), images: [...images], first };
}

describe('evaluationBatches', () => {
  it('yields the views of all images asked for, in order, the last batch shorter', () => {
    const all = Array.from(evaluationBatches(reader, indices, size, 16, undefined), keep);
    expect(all.map(({ first, images }) => [first, images.length])).toEqual([
      [0, 16],
      [16, 16],
      [32, 16],
      [48, 2],
    ]);
    expect(all.flatMap(({ images }) => images)).toEqual([...indices]);
    expect(all.map(({ views }) => views.length)).toEqual([16, 16, 16, 2].map((count) => count * values));
    const expected = new Float32Array(values);
    drawEvaluationView(reader.readImage(indices[49] ?? -1), size, expected, 0);
    expect(all[3]?.views.slice(values)).toEqual(expected);
  });

  it('yields nothing for no images', () => {
    const none = new Uint32Array(0);
    expect([...evaluationBatches(reader, none, size, 16, undefined)]).toEqual([]);
  });

  it('shows square images whole up to 32 px, and the central 0.875 of the side above', () => {
    const into = { top: 0, left: 0, height: 0, width: 0 };
    expect({ ...evaluationCrop(32, 32, 32, into) }).toEqual({ top: 0, left: 0, height: 32, width: 32 });
    expect({ ...evaluationCrop(256, 256, 224, into) }).toEqual({ top: 16, left: 16, height: 224, width: 224 });
    expect({ ...evaluationCrop(1, 500, 224, into) }).toEqual({ top: 0, left: 250, height: 1, width: 1 });
  });

  it('gives back the stored pixels where nothing is resized', () => {
    const exact = packImages([{ height: 24, width: 24, label: 0 }]);
    const own = openImages(exact);
    const [batch] = evaluationBatches(own, Uint32Array.of(0), size, 1, undefined);
    const stored = Float32Array.from(own.readImage(0).pixels.subarray(0, values), (value) => value / 255);
    const worst = stored.reduce((most, value, at) => Math.max(most, Math.abs(value - (batch?.views[at] ?? NaN))), 0);
    expect(worst).toBeLessThan(1e-6);
    own.close();
    removeFolder(exact);
  });
});
