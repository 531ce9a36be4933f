/** @file The projection head g: z = g(h), an MLP whose last layer is linear (paper 2.1, 4.2). */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { Configuration } from '#shared/configuration/schema.ts';
import { constant, type Initializer } from './initialization.ts';
import { addBatchNorm, batchNorm, type LayerContext } from './layers.ts';
import type { Weights } from './weights.ts';

/** Widths of the layers, from h to z. */
export interface ProjectionPlan {
  widths: number[];
  batchNorm: boolean;
}

/** Makes a plan from a configuration; `inputWidth` is the width of h. */
export function planProjection(projection: Configuration['projection'], inputWidth: number): ProjectionPlan {
  return { widths: [inputWidth, ...projection.hiddenWidths, projection.outputWidth], batchNorm: projection.batchNorm };
}

/** Adds all weights of the head. Biases only where no batch norm follows; the last batch norm has no beta. */
export function addProjection(weights: Weights, initializer: Initializer, plan: ProjectionPlan): void {
  for (const [name, input, output, last] of layersOf(plan)) {
    weights.add(`${name}.weight`, 'kernel', initializer.dense(`${name}.weight`, [input, output]));
    if (plan.batchNorm) addBatchNorm(weights, `${name}.bn`, output, { beta: !last });
    else weights.add(`${name}.bias`, 'bias', constant(output, 0));
  }
}

/** z = g(h). h [N,width of h] -> [N,outputWidth]. */
export function projectionHead(context: LayerContext, plan: ProjectionPlan, h: Tensor2D): Tensor2D {
  const { backend, weights } = context;
  return layersOf(plan).reduce((x, [name, , , last]) => {
    return tf.tidy(() => {
      const y = backend.matMul(x, weights.get(`${name}.weight`) as Tensor as Tensor2D, false, false);
      if (plan.batchNorm) return batchNorm(context, `${name}.bn`, y, !last);
      const shifted = tf.add<Tensor2D>(y, weights.get(`${name}.bias`));
      return last ? shifted : backend.relu(shifted);
    });
  }, h);
}

/** Name, input width, output width and whether it is the last, of each layer. */
function layersOf(plan: ProjectionPlan): [string, number, number, boolean][] {
  const { widths } = plan;
  return widths
    .slice(1)
    .map((output, at) => [`projection.${at}`, widths[at] as number, output, at === widths.length - 2]);
}
