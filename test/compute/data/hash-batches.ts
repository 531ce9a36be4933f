/** @file Reduces a stream of batches to one hash; run as a program, prints that of a process of its own. */
import { createHash } from 'node:crypto';
import { ViewPipeline, type ViewPipelineOptions } from '#compute/data/view-pipeline.ts';

/** SHA-256 of the next `count` batches: places, images and every value. */
export async function hashBatches(options: ViewPipelineOptions, count: number): Promise<string> {
  const pipeline = new ViewPipeline(options);
  const hash = createHash('sha256');
  try {
    for (let at = 0; at < count; at++) {
      const batch = await pipeline.next();
      hash.update(`${batch.epoch} ${batch.step} ${batch.images.join()}`);
      hash.update(new Uint8Array(batch.views.buffer, batch.views.byteOffset, batch.views.byteLength).slice());
      batch.release();
    }
  } finally {
    await pipeline.close();
  }
  return hash.digest('hex');
}

if (process.argv[1] === import.meta.filename) {
  const { options, count } = JSON.parse(process.argv[2] ?? '') as {
    options: Omit<ViewPipelineOptions, 'images'> & { images: number[] };
    count: number;
  };
  console.log(await hashBatches({ ...options, images: Uint32Array.from(options.images) }, count));
}
