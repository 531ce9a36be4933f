/** @file A program that opens a pipeline, takes a batch and then only returns, with or without closing: it must end. */
import { ViewPipeline, type ViewPipelineOptions } from '#compute/data/view-pipeline.ts';

const { options, close } = JSON.parse(process.argv[2] ?? '') as {
  options: Omit<ViewPipelineOptions, 'images'> & { images: number[] };
  close: boolean;
};
const pipeline = new ViewPipeline({ ...options, images: Uint32Array.from(options.images) });
const batch = await pipeline.next();
console.log(`took ${batch.images.length}`);
if (close) {
  await pipeline.close();
  console.log('closed');
}
