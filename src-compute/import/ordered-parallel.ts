/** @file Work on several items at once whose results come in the items' order. */

/**
 * Maps items with at most `limit` of them in work, whatever order they end in.
 * @param limit - how many may be under way or waiting to be taken.
 */
export async function* mapInOrder<Item, Result>(
  items: AsyncIterable<Item>,
  limit: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result, void, undefined> {
  const pending: Promise<Result>[] = [];
  try {
    for await (const item of items) {
      const result = work(item);
      result.catch(() => undefined); // it is heard when its turn comes; until then it must not count as unheard
      pending.push(result);
      const oldest = pending.length >= limit ? pending.shift() : undefined;
      if (oldest !== undefined) yield await oldest;
    }
    for (let next = pending.shift(); next !== undefined; next = pending.shift()) yield await next;
  } finally {
    // Whoever leaves early must not leave work behind that still reads files.
    await Promise.allSettled(pending);
  }
}
