/** @file Hue: the colour distortion that turns every colour around the colour circle. */

/**
 * Turns the hue (of HSV) by `turn` in [-0.5, 0.5] of the circle, in place; value and saturation stay. Values in [0, 1]
 * stay there. As TensorFlow and torchvision (on floats; Pillow's has 256 hues only).
 */
export function adjustHue(pixels: Float32Array, turn: number): void {
  const shift = 6 * (turn < 0 ? turn + 1 : turn);
  for (let i = 0; i < pixels.length; i += 3) {
    const r = pixels[i] as number;
    const g = pixels[i + 1] as number;
    const b = pixels[i + 2] as number;
    const high = r > g ? (r > b ? r : b) : g > b ? g : b;
    const low = r < g ? (r < b ? r : b) : g < b ? g : b;
    const chroma = high - low;
    if (chroma === 0) continue; // gray has no hue
    // Sixths of the circle from red; + 6 keeps it positive.
    let hue = shift + 6;
    if (high === r) hue += (g - b) / chroma;
    else if (high === g) hue += 2 + (b - r) / chroma;
    else hue += 4 + (r - g) / chroma;
    while (hue >= 6) hue -= 6;
    // Each channel is a trapezium of the hue: high for a third of the circle, low for a third, sloped between.
    const red = Math.abs(hue - 3) - 1;
    const green = 2 - Math.abs(hue - 2);
    const blue = 2 - Math.abs(hue - 4);
    pixels[i] = red <= 0 ? low : red >= 1 ? high : low + chroma * red;
    pixels[i + 1] = green <= 0 ? low : green >= 1 ? high : low + chroma * green;
    pixels[i + 2] = blue <= 0 ? low : blue >= 1 ? high : low + chroma * blue;
  }
}
