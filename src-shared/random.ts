/** @file Seeded random numbers. A stream is named by integers, so its numbers depend on nothing but its name. */

/** Mixes 32 bits so that every input bit reaches every output bit (MurmurHash3's finaliser). */
function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A stream of random numbers (sfc32, period about 2^64 at least). */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /**
   * @param name - integers that name the stream, such as (seed, epoch, image, view); each is taken modulo 2^32.
   */
  constructor(...name: readonly number[]) {
    let a = 0x9e3779b9;
    let b = 0x243f6a88;
    let c = 0xb7e15162;
    for (const part of name) {
      a = mix(a ^ part);
      b = mix(b + a);
      c = mix(c ^ b);
    }
    this.#a = a;
    this.#b = b;
    this.#c = c;
    for (let round = 0; round < 12; round++) this.bits();
  }

  /** 32 random bits, as an integer in [0, 2^32). */
  bits(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** Uniform in [low, high), 32 bits fine. */
  uniform(low = 0, high = 1): number {
    return low + (high - low) * (this.bits() / 4294967296);
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.bits() / 4294967296 < probability;
  }

  /** A whole number in [0, count). */
  integer(count: number): number {
    return Math.floor((this.bits() / 4294967296) * count);
  }

  /** Normal with mean 0 and deviation 1 (Box-Muller, one of the pair). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log((this.bits() + 1) / 4294967297));
    return radius * Math.cos(2 * Math.PI * (this.bits() / 4294967296));
  }

  /** Shuffles in place (Fisher-Yates) and returns the same array. */
  shuffle<Items extends { length: number; [index: number]: number }>(items: Items): Items {
    for (let last = items.length - 1; last > 0; last--) {
      const other = this.integer(last + 1);
      const kept = items[last] as number; // within bounds by construction
      items[last] = items[other] as number;
      items[other] = kept;
    }
    return items;
  }
}

/** What each stream is for; the first part of its name after the seed, so that streams never overlap. */
export const Stream = {
  initialWeights: 1,
  epochOrder: 2,
  view: 3,
  split: 4,
  bootstrap: 5,
  monitor: 6,
} as const;
