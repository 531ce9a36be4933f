/** @file 3x3 max-pooling with stride 2 and padding 1, and the mean over height and width, with their gradients. */

/** y [N, outHeight, outWidth, channels]: the largest of each window's pixels inside the image. */
export function maxPool(x: usize, y: usize, images: i32, height: i32, width: i32, channels: i32): void {
  const outHeight = (height + 1) / 2;
  const outWidth = (width + 1) / 2;
  const pixel: usize = (<usize>channels) << 2;
  const row = <usize>width * pixel;
  const vectors: usize = (<usize>(channels & ~3)) << 2;
  let to = y;
  for (let image = 0; image < images; image++) {
    const from = x + <usize>image * <usize>height * row;
    for (let outRow = 0; outRow < outHeight; outRow++) {
      const top = max(0, 2 * outRow - 1);
      const bottom = min(height, 2 * outRow + 2);
      for (let outColumn = 0; outColumn < outWidth; outColumn++) {
        const left = max(0, 2 * outColumn - 1);
        const right = min(width, 2 * outColumn + 2);
        for (let channel: usize = 0; channel < pixel;) {
          const four = channel < vectors;
          let most = f32x4.splat(-Infinity);
          let mostOne: f32 = -Infinity;
          for (let h = top; h < bottom; h++) {
            let at = from + <usize>h * row + <usize>left * pixel + channel;
            for (let w = left; w < right; w++) {
              if (four) most = f32x4.max(most, v128.load(at));
              else mostOne = max<f32>(mostOne, load<f32>(at));
              at += pixel;
            }
          }
          if (four) v128.store(to + channel, most);
          else store<f32>(to + channel, mostOne);
          channel += four ? 16 : 4;
        }
        to += pixel;
      }
    }
  }
}

/** dx: each window's gradient goes to its first largest pixel in reading order. */
export function maxPoolGradient(
  x: usize,
  y: usize,
  dy: usize,
  dx: usize,
  images: i32,
  height: i32,
  width: i32,
  channels: i32,
): void {
  const outHeight = (height + 1) / 2;
  const outWidth = (width + 1) / 2;
  const pixel: usize = (<usize>channels) << 2;
  const row = <usize>width * pixel;
  const vectors: usize = (<usize>(channels & ~3)) << 2;
  memory.fill(dx, 0, <usize>images * <usize>height * row);
  let window: usize = 0;
  for (let image = 0; image < images; image++) {
    const from = <usize>image * <usize>height * row;
    for (let outRow = 0; outRow < outHeight; outRow++) {
      const top = max(0, 2 * outRow - 1);
      const bottom = min(height, 2 * outRow + 2);
      for (let outColumn = 0; outColumn < outWidth; outColumn++) {
        const left = max(0, 2 * outColumn - 1);
        const right = min(width, 2 * outColumn + 2);
        for (let channel: usize = 0; channel < vectors; channel += 16) {
          const most = v128.load(y + window + channel);
          let gradient = v128.load(dy + window + channel);
          for (let h = top; h < bottom; h++) {
            let at = from + <usize>h * row + <usize>left * pixel + channel;
            for (let w = left; w < right; w++) {
              const here = f32x4.eq(v128.load(x + at), most);
              v128.store(dx + at, f32x4.add(v128.load(dx + at), v128.and(gradient, here)));
              gradient = v128.andnot(gradient, here); // given away: nothing is left for equal pixels after
              at += pixel;
            }
          }
        }
        for (let channel = vectors; channel < pixel; channel += 4) {
          const most = load<f32>(y + window + channel);
          let gradient = load<f32>(dy + window + channel);
          for (let h = top; h < bottom; h++) {
            let at = from + <usize>h * row + <usize>left * pixel + channel;
            for (let w = left; w < right; w++) {
              if (load<f32>(x + at) == most) {
                store<f32>(dx + at, load<f32>(dx + at) + gradient);
                gradient = 0;
              }
              at += pixel;
            }
          }
        }
        window += pixel;
      }
    }
  }
}

/** y [N, channels]: the mean of `pixels` rows of [N, pixels, channels]. */
export function averagePool(x: usize, y: usize, images: i32, pixels: i32, channels: i32): void {
  const pixel: usize = (<usize>channels) << 2;
  const vectors: usize = (<usize>(channels & ~3)) << 2;
  const share = <f32>(1.0 / <f64>pixels);
  for (let image = 0; image < images; image++) {
    const from = x + <usize>image * <usize>pixels * pixel;
    const to = y + <usize>image * pixel;
    for (let channel: usize = 0; channel < vectors; channel += 16) {
      let sum = f32x4.splat(0);
      let at = from + channel;
      for (let count = 0; count < pixels; count++) {
        sum = f32x4.add(sum, v128.load(at));
        at += pixel;
      }
      v128.store(to + channel, f32x4.mul(sum, f32x4.splat(share)));
    }
    for (let channel = vectors; channel < pixel; channel += 4) {
      let sum: f32 = 0;
      let at = from + channel;
      for (let count = 0; count < pixels; count++) {
        sum += load<f32>(at);
        at += pixel;
      }
      store<f32>(to + channel, sum * share);
    }
  }
}

/** dx [N, pixels, channels]: dy [N, channels] spread evenly over the pixels. */
export function averagePoolGradient(dy: usize, dx: usize, images: i32, pixels: i32, channels: i32): void {
  const pixel: usize = (<usize>channels) << 2;
  const vectors: usize = (<usize>(channels & ~3)) << 2;
  const share = <f32>(1.0 / <f64>pixels);
  for (let image = 0; image < images; image++) {
    const from = dy + <usize>image * pixel;
    const to = dx + <usize>image * <usize>pixels * pixel;
    for (let channel: usize = 0; channel < vectors; channel += 16) {
      v128.store(to + channel, f32x4.mul(v128.load(from + channel), f32x4.splat(share)));
    }
    for (let channel = vectors; channel < pixel; channel += 4) {
      store<f32>(to + channel, load<f32>(from + channel) * share);
    }
    for (let count = 1; count < pixels; count++) memory.copy(to + <usize>count * pixel, to, pixel);
  }
}
