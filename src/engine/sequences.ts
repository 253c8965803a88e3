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

export interface AheadLimits<Item> {
  /** Items started before their turn comes. */
  readonly most: number;
  /** What the items started take together, in any unit; one is always started. */
  readonly budget: number;
  readonly cost: (item: Item) => number;
}

/** As `startedAhead`, of items that come one by one, and within a budget. */
export async function* startedWithin<Item, Result>(
  items: AsyncIterable<Item> | Iterable<Item>,
  { most, budget, cost }: AheadLimits<Item>,
  start: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const waiting: { readonly started: Promise<Result>; readonly cost: number }[] = [];
  let taken = 0;
  const oldest = () => {
    const first = waiting.shift()!;
    taken -= first.cost;
    return first.started;
  };
  for await (const item of items) {
    const itemCost = cost(item);
    while (waiting.length > 0 && (waiting.length >= most || taken + itemCost > budget)) yield await oldest();
    const started = start(item);
    started.catch(() => undefined); // seen when its turn comes
    waiting.push({ started, cost: itemCost });
    taken += itemCost;
  }
  while (waiting.length > 0) yield await oldest();
}
