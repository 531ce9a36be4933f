/**
 * @file Convolution, its input gradient and plain matrix products: all one direct convolution over a padded copy of an image.
 *
 * Images are NHWC. Under one row of the filter, the values that a position sees are contiguous (columns times channels),
 * so a tile of 4 positions x 8 output channels needs, for each of these values, one broadcast a position and two vectors
 * of the filter. The filter is packed beforehand into panels of 8 output channels, zeros filling the last.
 */
import { multiplyAdd, roundUp, storeLanes } from './vector.as';

/**
 * Packs a filter into panels [output / 8][kernelRows][kernelColumns][input][8].
 * Strides are in floats; a negative tap stride flips the filter.
 */
export function packPanels(
  filter: usize,
  panels: usize,
  kernelRows: i32,
  kernelColumns: i32,
  inputChannels: i32,
  outputChannels: i32,
  rowStride: i32,
  columnStride: i32,
  inputStride: i32,
  outputStride: i32,
): void {
  let to = panels;
  for (let panel = 0; panel < outputChannels; panel += 8) {
    const lanes = min(8, outputChannels - panel);
    for (let row = 0; row < kernelRows; row++) {
      for (let column = 0; column < kernelColumns; column++) {
        for (let input = 0; input < inputChannels; input++) {
          let from: i32 = row * rowStride + column * columnStride + input * inputStride + panel * outputStride;
          for (let lane = 0; lane < lanes; lane++) {
            store<f32>(to + ((<usize>lane) << 2), load<f32>(filter + ((<isize>from) << 2)));
            from += outputStride;
          }
          for (let lane = lanes; lane < 8; lane++) store<f32>(to + ((<usize>lane) << 2), 0);
          to += 32;
        }
      }
    }
  }
}

/** Copies an image [height, width, channels] into the middle of zeros; the target's rows are `paddedWidth` positions. */
export function padImage(
  image: usize,
  target: usize,
  height: i32,
  width: i32,
  channels: i32,
  top: i32,
  bottom: i32,
  left: i32,
  right: i32,
): void {
  const pixel: usize = (<usize>channels) << 2;
  const row = <usize>width * pixel;
  const before = <usize>left * pixel;
  const after = <usize>right * pixel;
  const paddedRow = before + row + after;
  let to = target;
  memory.fill(to, 0, <usize>top * paddedRow);
  to += <usize>top * paddedRow;
  let from = image;
  for (let y = 0; y < height; y++) {
    memory.fill(to, 0, before);
    memory.copy(to + before, from, row);
    memory.fill(to + before + row, 0, after);
    to += paddedRow;
    from += row;
  }
  memory.fill(to, 0, <usize>bottom * paddedRow);
}

/** Four neighbouring positions, eight output channels. */
function tileOfFour(
  source: usize,
  sourceRow: usize,
  sourcePosition: usize,
  panel: usize,
  kernelRows: i32,
  span: i32,
  output: usize,
  outputPosition: usize,
  lanes: i32,
): void {
  let a0 = f32x4.splat(0),
    a1 = a0,
    b0 = a0,
    b1 = a0,
    c0 = a0,
    c1 = a0,
    d0 = a0,
    d1 = a0;
  let filter = panel;
  // Not unrolled by hand: the optimiser would gather the sums of one accumulator into a chain that waits for itself.
  for (let row = 0; row < kernelRows; row++) {
    let a = source + <usize>row * sourceRow;
    let b = a + sourcePosition;
    let c = b + sourcePosition;
    let d = c + sourcePosition;
    const stop = a + ((<usize>span) << 2);
    while (a < stop) {
      const f0 = v128.load(filter);
      const f1 = v128.load(filter, 16);
      let s = v128.load32_splat(a);
      a0 = multiplyAdd(s, f0, a0);
      a1 = multiplyAdd(s, f1, a1);
      s = v128.load32_splat(b);
      b0 = multiplyAdd(s, f0, b0);
      b1 = multiplyAdd(s, f1, b1);
      s = v128.load32_splat(c);
      c0 = multiplyAdd(s, f0, c0);
      c1 = multiplyAdd(s, f1, c1);
      s = v128.load32_splat(d);
      d0 = multiplyAdd(s, f0, d0);
      d1 = multiplyAdd(s, f1, d1);
      filter += 32;
      a += 4;
      b += 4;
      c += 4;
      d += 4;
    }
  }
  storeLanes(output, a0, lanes);
  storeLanes(output + 16, a1, lanes - 4);
  output += outputPosition;
  storeLanes(output, b0, lanes);
  storeLanes(output + 16, b1, lanes - 4);
  output += outputPosition;
  storeLanes(output, c0, lanes);
  storeLanes(output + 16, c1, lanes - 4);
  output += outputPosition;
  storeLanes(output, d0, lanes);
  storeLanes(output + 16, d1, lanes - 4);
}

/** One position, eight output channels: for rows of fewer than four positions. */
function tileOfOne(
  source: usize,
  sourceRow: usize,
  panel: usize,
  kernelRows: i32,
  span: i32,
  output: usize,
  lanes: i32,
): void {
  let a0 = f32x4.splat(0);
  let a1 = a0;
  let filter = panel;
  for (let row = 0; row < kernelRows; row++) {
    let a = source + <usize>row * sourceRow;
    for (let value = 0; value < span; value++) {
      const s = v128.load32_splat(a);
      a0 = multiplyAdd(s, v128.load(filter), a0);
      a1 = multiplyAdd(s, v128.load(filter, 16), a1);
      filter += 32;
      a += 4;
    }
  }
  storeLanes(output, a0, lanes);
  storeLanes(output + 16, a1, lanes - 4);
}

/** Columns that share one walk through the panels, so that long rows (matrix products) stay in the cache meanwhile. */
const COLUMN_BLOCK: i32 = 64;

/**
 * Convolves one image. Strides are in bytes; `span` counts the contiguous values under one row of the filter.
 * A row's last tile overlaps the one before where the columns are no multiple of four: both compute the same values.
 */
export function convolveImage(
  source: usize,
  sourceRowStride: usize,
  sourceRow: usize,
  sourcePosition: usize,
  panels: usize,
  kernelRows: i32,
  span: i32,
  outputChannels: i32,
  output: usize,
  outputRow: usize,
  outputPosition: usize,
  rows: i32,
  columns: i32,
): void {
  const panelBytes = (<usize>(kernelRows * span)) << 5;
  for (let row = 0; row < rows; row++) {
    const from = source + <usize>row * sourceRowStride;
    const to = output + <usize>row * outputRow;
    for (let first = 0; first < columns; first += COLUMN_BLOCK) {
      const end = min(first + COLUMN_BLOCK, columns);
      let panel = panels;
      for (let channel = 0; channel < outputChannels; channel += 8) {
        const lanes = min(8, outputChannels - channel);
        const toChannel = to + ((<usize>channel) << 2);
        if (columns < 4) {
          for (let column: usize = 0; column < <usize>columns; column++) {
            const at = from + column * sourcePosition;
            tileOfOne(at, sourceRow, panel, kernelRows, span, toChannel + column * outputPosition, lanes);
          }
        } else {
          for (let start = first; start < end; start += 4) {
            const column = <usize>min(start, columns - 4);
            const at = from + column * sourcePosition;
            const target = toChannel + column * outputPosition;
            tileOfFour(at, sourceRow, sourcePosition, panel, kernelRows, span, target, outputPosition, lanes);
          }
        }
        panel += panelBytes;
      }
    }
  }
}

/**
 * y [N, outHeight, outWidth, outputChannels] = x [N, height, width, inputChannels] convolved with packed panels.
 * `scratch` holds one padded image, and is not touched without padding.
 */
export function convolve(
  x: usize,
  panels: usize,
  y: usize,
  scratch: usize,
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
  const pixel: usize = (<usize>inputChannels) << 2;
  const imageBytes = <usize>(height * width) * pixel;
  const sourceRow = <usize>(width + 2 * padding) * pixel;
  const outputPosition: usize = (<usize>outputChannels) << 2;
  const outputRow = <usize>outWidth * outputPosition;
  for (let image = 0; image < images; image++) {
    const at = x + <usize>image * imageBytes;
    let source = at;
    if (padding > 0) {
      padImage(at, scratch, height, width, inputChannels, padding, padding, padding, padding);
      source = scratch;
    }
    convolveImage(
      source,
      <usize>stride * sourceRow,
      sourceRow,
      <usize>stride * pixel,
      panels,
      kernel,
      kernel * inputChannels,
      outputChannels,
      y + <usize>image * <usize>outHeight * outputRow,
      outputRow,
      outputPosition,
      outHeight,
      outWidth,
    );
  }
}

/** Number of filter taps that reach the phase of pixels at `phase` modulo `stride`. */
function phaseTaps(phase: i32, kernel: i32, stride: i32, padding: i32): i32 {
  const first = (phase + padding) % stride;
  return first < kernel ? (kernel - first + stride - 1) / stride : 0;
}

/** The output position, relative to a pixel's number within its phase, that the phase's first tap joins to the pixel. */
function phaseReach(phase: i32, stride: i32, padding: i32): i32 {
  return (phase + padding) / stride;
}

/**
 * dx [N, height, width, inputChannels] from dy [N, outHeight, outWidth, outputChannels] and filter
 * [kernel, kernel, inputChannels, outputChannels]. The pixels fall into stride x stride phases, each of which is an exact
 * convolution of dy, at stride 1, with the flipped taps that reach it (one phase at stride 1; no tap, so zeros, in three
 * of the four phases of a 1x1 filter at stride 2).
 * `panels` holds kernel^2 x outputChannels x (inputChannels rounded up to 8) floats, `scratch` dy of one image padded by
 * `before` and `after`.
 */
export function convolveInputGradient(
  dy: usize,
  filter: usize,
  dx: usize,
  panels: usize,
  scratch: usize,
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
  before: i32,
  after: i32,
): void {
  const tapStride = inputChannels * outputChannels;
  const tapPanels: usize = (<usize>(outputChannels * roundUp(inputChannels, 8))) << 2;
  let to = panels;
  for (let phaseRow = 0; phaseRow < stride; phaseRow++) {
    const tapRows = phaseTaps(phaseRow, kernel, stride, padding);
    const lastRow = ((phaseRow + padding) % stride) + (tapRows - 1) * stride;
    for (let phaseColumn = 0; phaseColumn < stride; phaseColumn++) {
      const tapColumns = phaseTaps(phaseColumn, kernel, stride, padding);
      const taps = tapRows * tapColumns;
      if (taps == 0) continue;
      const lastColumn = ((phaseColumn + padding) % stride) + (tapColumns - 1) * stride;
      packPanels(
        filter + ((<usize>((lastRow * kernel + lastColumn) * tapStride)) << 2),
        to,
        tapRows,
        tapColumns,
        outputChannels,
        inputChannels,
        -stride * kernel * tapStride,
        -stride * tapStride,
        1,
        outputChannels,
      );
      to += <usize>taps * tapPanels;
    }
  }
  const pixel: usize = (<usize>outputChannels) << 2;
  const imageBytes = <usize>(outHeight * outWidth) * pixel;
  const dxPosition: usize = (<usize>inputChannels) << 2;
  const dxRow = <usize>width * dxPosition;
  const sourceRow = <usize>(outWidth + before + after) * pixel;
  for (let image = 0; image < images; image++) {
    const at = dy + <usize>image * imageBytes;
    const target = dx + <usize>image * <usize>height * dxRow;
    let source = at;
    if (before > 0 || after > 0) {
      padImage(at, scratch, outHeight, outWidth, outputChannels, before, after, before, after);
      source = scratch;
    }
    let panel = panels;
    for (let phaseRow = 0; phaseRow < stride; phaseRow++) {
      const tapRows = phaseTaps(phaseRow, kernel, stride, padding);
      const fromRow = before + phaseReach(phaseRow, stride, padding) - (tapRows - 1);
      for (let phaseColumn = 0; phaseColumn < stride; phaseColumn++) {
        const tapColumns = phaseTaps(phaseColumn, kernel, stride, padding);
        const fromColumn = before + phaseReach(phaseColumn, stride, padding) - (tapColumns - 1);
        const taps = tapRows * tapColumns;
        convolveImage(
          taps == 0 ? source : source + <usize>fromRow * sourceRow + <usize>fromColumn * pixel,
          sourceRow,
          sourceRow,
          pixel,
          panel,
          taps == 0 ? 0 : tapRows,
          tapColumns * outputChannels,
          inputChannels,
          target + <usize>phaseRow * dxRow + <usize>phaseColumn * dxPosition,
          <usize>stride * dxRow,
          <usize>stride * dxPosition,
          (height - phaseRow + stride - 1) / stride,
          (width - phaseColumn + stride - 1) / stride,
        );
        panel += <usize>taps * tapPanels;
      }
    }
  }
}
