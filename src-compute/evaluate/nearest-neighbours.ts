/** @file The k most similar items of each of many queries, offered in any number of portions. */

/**
 * One binary heap a query, its weakest neighbour on top, in typed arrays: offering an item costs one comparison unless it
 * is among the k best so far. Of equal similarities the item offered first is kept.
 */
export class NearestNeighbours {
  readonly k: number;
  /** queries x k. */
  readonly similarities: Float32Array;
  /** queries x k; -1 where fewer than k items were offered. */
  readonly items: Int32Array;

  constructor(queries: number, k: number) {
    this.k = k;
    this.similarities = new Float32Array(queries * k).fill(-Infinity);
    this.items = new Int32Array(queries * k).fill(-1);
  }

  /**
   * Offers a row of similarities to a query. Items must be offered in rising order.
   * @param row - holds them from `start` on.
   * @param firstItem - number of the first of the `count` items.
   */
  offer(query: number, row: Float32Array, start: number, count: number, firstItem: number): void {
    const top = query * this.k;
    let weakest = this.similarities[top] as number;
    for (let at = 0; at < count; at++) {
      const similarity = row[start + at] as number;
      if (similarity > weakest) {
        this.#replaceTop(top, similarity, firstItem + at);
        weakest = this.similarities[top] as number;
      }
    }
  }

  /** Puts a neighbour in the weakest's place and restores the heap. */
  #replaceTop(top: number, similarity: number, item: number): void {
    const { k, similarities, items } = this;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= k) break;
      if (child + 1 < k && this.#weaker(top + child + 1, top + child)) child++;
      const held = similarities[top + child] as number;
      // The new neighbour is the latest, so among equals it is the weaker one.
      if (similarity <= held) break;
      similarities[top + at] = held;
      items[top + at] = items[top + child] as number;
      at = child;
    }
    similarities[top + at] = similarity;
    items[top + at] = item;
  }

  #weaker(first: number, second: number): boolean {
    const difference = (this.similarities[first] as number) - (this.similarities[second] as number);
    return difference < 0 || (difference === 0 && (this.items[first] as number) > (this.items[second] as number));
  }
}
