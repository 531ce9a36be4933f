/** @file Small pieces the kernels share: multiply-add, and stores of fewer than eight channels. */

/** a * b + c in four lanes; one rounding where the processor has a fused multiply-add. */
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  return f32x4.relaxed_madd(a, b, c);
}

/** `count` rounded up to a multiple of `step`, a power of two. */
export function roundUp(count: i32, step: i32): i32 {
  return (count + step - 1) & -step;
}

/** Stores the first `count` of four lanes. */
export function storeLanes(address: usize, lanes: v128, count: i32): void {
  if (count >= 4) {
    v128.store(address, lanes);
    return;
  }
  if (count > 0) v128.store32_lane(address, lanes, 0);
  if (count > 1) v128.store32_lane(address, lanes, 1, 4);
  if (count > 2) v128.store32_lane(address, lanes, 2, 8);
}
