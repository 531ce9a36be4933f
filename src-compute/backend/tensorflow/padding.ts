/**
 * @file Symmetric padding by the means TensorFlow has.
 *
 * [Note: no EXPLICIT padding] PyTorch pads both sides alike; TensorFlow's SAME gives the far side more where the sum is
 * odd. EXPLICIT would say it exactly, but keeps eager convolutions off oneDNN, whose gradients are two to eight times
 * as fast. So SAME is used where it means the same, and elsewhere the image is padded before a VALID convolution.
 */

/** How to pad. `pads` [before, after] of each of the axes N, H, W, C go before the convolution; null: none. */
export interface PaddingPlan {
  mode: 'SAME' | 'VALID';
  pads: [number, number][] | null;
}

/** Plans a convolution of [N,height,width,C] with a square kernel. */
export function planPadding(
  height: number,
  width: number,
  kernel: number,
  stride: number,
  padding: number,
): PaddingPlan {
  if (padding === 0) return { mode: 'VALID', pads: null };
  const sameIsSymmetric = [height, width].every((side) => {
    const output = Math.floor((side + 2 * padding - kernel) / stride) + 1;
    const samePadding = Math.max(0, (Math.ceil(side / stride) - 1) * stride + kernel - side);
    return output === Math.ceil(side / stride) && samePadding === 2 * padding;
  });
  if (sameIsSymmetric) return { mode: 'SAME', pads: null };
  const both: [number, number] = [padding, padding];
  return { mode: 'VALID', pads: [[0, 0], both, both, [0, 0]] };
}
