/** @file Between the studio's layouts (HWIO filters, [in, out] matrices) and PyTorch's (OIHW, [out, in]). */
import type { WeightValues } from '#compute/model/weights.ts';

/** PyTorch's order of the studio's axes, by rank. */
const torchAxes: Readonly<Record<number, readonly number[]>> = { 4: [3, 2, 0, 1], 2: [1, 0] };
/** The studio's order of PyTorch's axes, by rank. */
const studioAxes: Readonly<Record<number, readonly number[]>> = { 4: [2, 3, 1, 0], 2: [1, 0] };

/** A weight of the studio as PyTorch lays it out. */
export function toTorch(weight: WeightValues): WeightValues {
  return permuted(weight, torchAxes[weight.shape.length]);
}

/** A weight of PyTorch as the studio lays it out. */
export function fromTorch(weight: WeightValues): WeightValues {
  return permuted(weight, studioAxes[weight.shape.length]);
}

/** The shape alone. */
export function torchShape(shape: readonly number[]): number[] {
  return (torchAxes[shape.length] ?? shape.map((_, axis) => axis)).map((axis) => shape[axis] as number);
}

/** Axis i of the result is axis `axes[i]` of the input. */
function permuted({ shape, values }: WeightValues, axes: readonly number[] | undefined): WeightValues {
  if (axes === undefined) return { shape, values };
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const result = axes.map((axis) => shape[axis] as number);
  const steps = axes.map((axis) => strides[axis] as number);
  const copied = new Float32Array(values.length);
  const position = result.map(() => 0);
  let from = 0;
  for (let to = 0; to < copied.length; to++) {
    copied[to] = values[from] as number;
    for (let axis = result.length - 1; axis >= 0; axis--) {
      position[axis] = (position[axis] as number) + 1;
      from += steps[axis] as number;
      if ((position[axis] as number) < (result[axis] as number)) break;
      from -= (position[axis] as number) * (steps[axis] as number);
      position[axis] = 0;
    }
  }
  return { shape: result, values: copied };
}
