/** @file ReLU and its gradient, alone and after an addition. NaN stays NaN, so that a diverged run is seen. */

/** y = max(x, 0). */
export function relu(x: usize, y: usize, count: i32): void {
  const zero = f32x4.splat(0);
  const end: usize = (<usize>count) << 2;
  const vectors: usize = (<usize>(count & ~3)) << 2;
  for (let at: usize = 0; at < vectors; at += 16) v128.store(y + at, f32x4.max(v128.load(x + at), zero));
  for (let at = vectors; at < end; at += 4) store<f32>(y + at, max<f32>(load<f32>(x + at), 0));
}

/** y = max(a + b, 0). */
export function addRelu(a: usize, b: usize, y: usize, count: i32): void {
  const zero = f32x4.splat(0);
  const end: usize = (<usize>count) << 2;
  const vectors: usize = (<usize>(count & ~3)) << 2;
  for (let at: usize = 0; at < vectors; at += 16) {
    v128.store(y + at, f32x4.max(f32x4.add(v128.load(a + at), v128.load(b + at)), zero));
  }
  for (let at = vectors; at < end; at += 4) {
    store<f32>(y + at, max<f32>(load<f32>(a + at) + load<f32>(b + at), 0));
  }
}

/** dx = dy where the output y was above zero, else 0. */
export function reluGradient(y: usize, dy: usize, dx: usize, count: i32): void {
  const zero = f32x4.splat(0);
  const end: usize = (<usize>count) << 2;
  const vectors: usize = (<usize>(count & ~3)) << 2;
  for (let at: usize = 0; at < vectors; at += 16) {
    v128.store(dx + at, v128.and(v128.load(dy + at), f32x4.gt(v128.load(y + at), zero)));
  }
  for (let at = vectors; at < end; at += 4) {
    store<f32>(dx + at, load<f32>(y + at) > 0 ? load<f32>(dy + at) : 0);
  }
}
