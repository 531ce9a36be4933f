/**
 * @file The gradient of a convolution's filter: x transposed times dy, a tile of 4 filter rows x 8 output channels at a time.
 *
 * Under one row of the filter, the values a position sees are contiguous in x (columns times channels), in the same order
 * as the filter's own values. Sums stay in registers over a block that fits the first-level cache, and only then join the
 * sums of other blocks, which also keeps the rounding error of half a million terms small.
 */
import { multiplyAdd, roundUp } from './vector.as';
import { padImage } from './convolution.as';

/** Bytes of x and dy that one block may touch: most of a small first-level cache. */
const BLOCK_BYTES: usize = 24576;

/** Adds x' dy over a block of positions into sums [kernelRows][span rounded up to 4][channels], channels a multiple of 8. */
function addBlock(
  x: usize,
  xRowStride: usize,
  xRow: usize,
  xPosition: usize,
  dy: usize,
  dyRow: usize,
  rows: i32,
  columns: i32,
  kernelRows: i32,
  span: i32,
  channels: i32,
  sums: usize,
): void {
  const channelBytes: usize = (<usize>channels) << 2;
  const dyColumns = <usize>columns * channelBytes;
  let to = sums;
  for (let kernelRow = 0; kernelRow < kernelRows; kernelRow++) {
    const xKernelRow = x + <usize>kernelRow * xRow;
    for (let value = 0; value < span; value += 4) {
      const xValue = xKernelRow + ((<usize>value) << 2);
      for (let channel: usize = 0; channel < channelBytes; channel += 32) {
        let a0 = f32x4.splat(0),
          a1 = a0,
          b0 = a0,
          b1 = a0,
          c0 = a0,
          c1 = a0,
          d0 = a0,
          d1 = a0;
        for (let row = 0; row < rows; row++) {
          let from = xValue + <usize>row * xRowStride;
          let gradient = dy + <usize>row * dyRow + channel;
          const stop = gradient + dyColumns;
          while (gradient < stop) {
            const g0 = v128.load(gradient);
            const g1 = v128.load(gradient, 16);
            let s = v128.load32_splat(from);
            a0 = multiplyAdd(s, g0, a0);
            a1 = multiplyAdd(s, g1, a1);
            s = v128.load32_splat(from, 4);
            b0 = multiplyAdd(s, g0, b0);
            b1 = multiplyAdd(s, g1, b1);
            s = v128.load32_splat(from, 8);
            c0 = multiplyAdd(s, g0, c0);
            c1 = multiplyAdd(s, g1, c1);
            s = v128.load32_splat(from, 12);
            d0 = multiplyAdd(s, g0, d0);
            d1 = multiplyAdd(s, g1, d1);
            from += xPosition;
            gradient += channelBytes;
          }
        }
        let sum = to + channel;
        v128.store(sum, f32x4.add(v128.load(sum), a0));
        v128.store(sum, f32x4.add(v128.load(sum, 16), a1), 16);
        sum += channelBytes;
        v128.store(sum, f32x4.add(v128.load(sum), b0));
        v128.store(sum, f32x4.add(v128.load(sum, 16), b1), 16);
        sum += channelBytes;
        v128.store(sum, f32x4.add(v128.load(sum), c0));
        v128.store(sum, f32x4.add(v128.load(sum, 16), c1), 16);
        sum += channelBytes;
        v128.store(sum, f32x4.add(v128.load(sum), d0));
        v128.store(sum, f32x4.add(v128.load(sum, 16), d1), 16);
      }
      to += channelBytes << 2;
    }
  }
}

/** Copies rows of `channels` floats to rows of `wider` floats, zeros after. */
function widenRows(from: usize, to: usize, rows: i32, channels: i32, wider: i32): void {
  const bytes: usize = (<usize>channels) << 2;
  const widerBytes: usize = (<usize>wider) << 2;
  for (let row = 0; row < rows; row++) {
    memory.copy(to, from, bytes);
    memory.fill(to + bytes, 0, widerBytes - bytes);
    from += bytes;
    to += widerBytes;
  }
}

/** Copies the sums [kernelRows][span rounded up to 4][wider] to the filter [kernelRows][span][channels]. */
function takeSums(sums: usize, filter: usize, kernelRows: i32, span: i32, channels: i32, wider: i32): void {
  const bytes: usize = (<usize>channels) << 2;
  const widerBytes: usize = (<usize>wider) << 2;
  for (let row = 0; row < kernelRows; row++) {
    for (let value = 0; value < span; value++) {
      memory.copy(filter, sums + <usize>(row * roundUp(span, 4) + value) * widerBytes, bytes);
      filter += bytes;
    }
  }
}

/** Adds one image's share to the sums, after padding it, and after widening dy to a multiple of eight channels. */
function addImage(
  x: usize,
  dy: usize,
  sums: usize,
  xScratch: usize,
  dyScratch: usize,
  height: i32,
  width: i32,
  inputChannels: i32,
  outHeight: i32,
  outWidth: i32,
  outputChannels: i32,
  kernel: i32,
  stride: i32,
  padding: i32,
): void {
  const span = kernel * inputChannels;
  const channels = roundUp(outputChannels, 8);
  const pixel: usize = (<usize>inputChannels) << 2;
  const xRow = <usize>(width + 2 * padding) * pixel;
  const dyRow = (<usize>(outWidth * channels)) << 2;
  const blockRows = <i32>max<usize>(1, BLOCK_BYTES / (<usize>stride * xRow + dyRow));
  // Tiles read four values at once, past the end of the last position where the span is no multiple of four.
  if (padding > 0 || (span & 3) != 0) {
    padImage(x, xScratch, height, width, inputChannels, padding, padding, padding, padding);
    x = xScratch;
  }
  if (channels != outputChannels) {
    widenRows(dy, dyScratch, outHeight * outWidth, outputChannels, channels);
    dy = dyScratch;
  }
  for (let row = 0; row < outHeight; row += blockRows) {
    addBlock(
      x + <usize>(row * stride) * xRow,
      <usize>stride * xRow,
      xRow,
      <usize>stride * pixel,
      dy + <usize>row * dyRow,
      dyRow,
      min(blockRows, outHeight - row),
      outWidth,
      kernel,
      span,
      channels,
      sums,
    );
  }
}

/**
 * Filter gradient [kernel, kernel, inputChannels, outputChannels] of x [N, height, width, inputChannels] and
 * dy [N, outHeight, outWidth, outputChannels].
 * Scratch, all in floats: `sums` kernel x (kernel x inputChannels rounded up to 4) x (outputChannels rounded up to 8);
 * `xScratch` one padded image and 4 more; `dyScratch` one dy image with outputChannels rounded up to 8.
 */
export function convolutionFilterGradient(
  x: usize,
  dy: usize,
  filter: usize,
  sums: usize,
  xScratch: usize,
  dyScratch: usize,
  images: i32,
  height: i32,
  width: i32,
  inputChannels: i32,
  outHeight: i32,
  outWidth: i32,
  outputChannels: i32,
  kernel: i32,
  stride: i32,
  padding: i32,
): void {
  const span = kernel * inputChannels;
  const wider = roundUp(outputChannels, 8);
  const imageBytes: usize = (<usize>(height * width * inputChannels)) << 2;
  const dyBytes: usize = (<usize>(outHeight * outWidth * outputChannels)) << 2;
  memory.fill(sums, 0, (<usize>(kernel * roundUp(span, 4) * wider)) << 2);
  for (let image = 0; image < images; image++) {
    addImage(
      x + <usize>image * imageBytes,
      dy + <usize>image * dyBytes,
      sums,
      xScratch,
      dyScratch,
      height,
      width,
      inputChannels,
      outHeight,
      outWidth,
      outputChannels,
      kernel,
      stride,
      padding,
    );
  }
  takeSums(sums, filter, kernel, span, outputChannels, wider);
}

/** Positions that `transposedProduct` takes at a time. */
const PRODUCT_BLOCK: i32 = 64;

/**
 * product [left, right] = a' b for a [positions, left] and b [positions, right]: the filter gradient of a 1x1 convolution.
 * Scratch as for `convolutionFilterGradient`, of images of 64 positions.
 */
export function transposedProduct(
  a: usize,
  b: usize,
  product: usize,
  sums: usize,
  aScratch: usize,
  bScratch: usize,
  positions: i32,
  left: i32,
  right: i32,
): void {
  const wider = roundUp(right, 8);
  memory.fill(sums, 0, (<usize>(roundUp(left, 4) * wider)) << 2);
  for (let first = 0; first < positions; first += PRODUCT_BLOCK) {
    const count = min(PRODUCT_BLOCK, positions - first);
    const aBlock = a + ((<usize>first * <usize>left) << 2);
    const bBlock = b + ((<usize>first * <usize>right) << 2);
    addImage(aBlock, bBlock, sums, aScratch, bScratch, 1, count, left, 1, count, right, 1, 1, 0);
  }
  takeSums(sums, product, 1, left, right, wider);
}
