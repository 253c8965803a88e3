/** Starts up to `ahead` items before their turn comes and gives the results in order. */
export async function* startedAhead<Item, Result>(
  items: readonly Item[],
  ahead: number,
  start: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const waiting: Promise<Result>[] = [];
  for (const item of items) {
    const started = start(item);
    started.catch(() => undefined); // seen when its turn comes
    waiting.push(started);
    if (waiting.length > ahead) yield await waiting.shift()!;
  }
  for (const started of waiting) yield await started;
}

/** Groups of `size()` items, asked anew for each group; the last may be smaller. */
export async function* batches<Item>(
  items: AsyncIterable<Item>,
  size: () => number,
): AsyncGenerator<readonly Item[]> {
  let batch: Item[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length >= size()) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}
