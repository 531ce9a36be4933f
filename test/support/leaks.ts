/** @file Finds tensors that a function leaves behind. */
import * as tf from '@tensorflow/tfjs-core';

/** How many tensors more there are after `run`. What it returns must be disposed by itself. */
export async function leakedTensors(run: () => unknown): Promise<number> {
  const before = tf.memory().numTensors;
  await run();
  return tf.memory().numTensors - before;
}
