/** @file Horizontal flip: left becomes right. */

/** Mirrors size x size x 3 pixels left to right, in place. */
export function flip(pixels: Float32Array, size: number): void {
  for (let row = 0; row < size; row++) {
    let left = row * size * 3;
    let right = left + (size - 1) * 3;
    while (left < right) {
      for (let channel = 0; channel < 3; channel++) {
        const kept = pixels[left + channel] as number;
        pixels[left + channel] = pixels[right + channel] as number;
        pixels[right + channel] = kept;
      }
      left += 3;
      right -= 3;
    }
  }
}
