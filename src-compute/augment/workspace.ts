/** @file The buffers that drawing a view reuses, so that views cost no garbage. */
import { Blur } from './gaussian-blur.ts';
import type { Crop } from './image.ts';
import { Resizer } from './resize.ts';

export interface Workspace {
  resizer: Resizer;
  blur: Blur;
  crop: Crop;
  /** size x size x 3, private to the thread: operations work here, the finished view is copied out. */
  pixels: Float32Array;
}

let current: Workspace | undefined;

/** This thread's buffers for views of a size. Valid until asked for another size. */
export function workspaceFor(size: number): Workspace {
  if (current?.resizer.size !== size) {
    current = {
      resizer: new Resizer(size),
      blur: new Blur(size),
      crop: { top: 0, left: 0, height: 0, width: 0 },
      pixels: new Float32Array(size * size * 3),
    };
  }
  return current;
}
