/** A non-decreasing function by its corners: linear between them, flat outside. */
export interface IsotonicFit {
  /** Ascending, no two equal. */
  readonly x: Float64Array;
  /** Non-decreasing. */
  readonly y: Float64Array;
}

/**
 * The non-decreasing function that is nearest to the points in weighted squares: pool adjacent violators (Barlow et al.,
 * *Statistical inference under order restrictions*, 1972). Points of equal x count as one at their weighted mean, those
 * of weight 0 not at all, as in scikit-learn's IsotonicRegression. Throws where nothing has weight, and at what is no
 * number.
 */
export function isotonicFit(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  weights?: ArrayLike<number>,
): IsotonicFit {
  if (y.length !== x.length || (weights !== undefined && weights.length !== x.length)) {
    throw new Error(`${x.length} x, ${y.length} y and ${weights?.length ?? 'no'} weights are not points`);
  }
  const blocks = pooled(atEachX(x, y, weights));
  if (blocks.length === 0) throw new Error('an isotonic fit to no points');
  const corners = blocks.flatMap(({ from, to, y }) =>
    from === to
      ? [[from, y]]
      : [
          [from, y],
          [to, y],
        ],
  );
  return {
    x: Float64Array.from(corners, ([at]) => at!),
    y: Float64Array.from(corners, ([, value]) => value!),
  };
}

/** The fit at x; outside of what it was fitted to, its value at the nearer end. */
export function isotonicAt({ x, y }: IsotonicFit, at: number): number {
  const last = x.length - 1;
  if (Number.isNaN(at)) throw new Error('an isotonic fit at what is no number');
  if (at <= x[0]!) return y[0]!;
  if (at >= x[last]!) return y[last]!;
  let [low, high] = [0, last];
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (x[middle]! <= at) low = middle;
    else high = middle;
  }
  // Interpolated downwards too, rounding would take it past the upper corner.
  return Math.min(y[high]!, y[low]! + ((at - x[low]!) / (x[high]! - x[low]!)) * (y[high]! - y[low]!));
}

/** Points next to each other that share a value. */
interface Block {
  readonly from: number;
  readonly to: number;
  readonly y: number;
  readonly weight: number;
}

/** One block per x, ascending. */
function atEachX(x: ArrayLike<number>, y: ArrayLike<number>, weights?: ArrayLike<number>): readonly Block[] {
  const order = Array.from({ length: x.length }, (_, i) => i)
    .filter((i) => weightOf(i, weights) > 0)
    .sort((a, b) => x[a]! - x[b]!);
  const blocks: Block[] = [];
  for (const i of order) {
    if (!Number.isFinite(x[i]!) || !Number.isFinite(y[i]!)) {
      throw new Error(`point ${i} of an isotonic fit, (${x[i]}, ${y[i]}), is no point`);
    }
    const one = { from: x[i]!, to: x[i]!, y: y[i]!, weight: weightOf(i, weights) };
    const last = blocks.at(-1);
    if (last?.to === one.to) blocks[blocks.length - 1] = joined(last, one);
    else blocks.push(one);
  }
  return blocks;
}

function weightOf(i: number, weights: ArrayLike<number> | undefined): number {
  const weight = weights === undefined ? 1 : weights[i]!;
  if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY)) throw new Error(`${weight} is no weight`);
  return weight;
}

/** Blocks that are not above the one before them are joined with it. */
function pooled(blocks: readonly Block[]): readonly Block[] {
  const kept: Block[] = [];
  for (const block of blocks) {
    let last = block;
    while (kept.length > 0 && kept.at(-1)!.y >= last.y) last = joined(kept.pop()!, last);
    kept.push(last);
  }
  return kept;
}

function joined(a: Block, b: Block): Block {
  const weight = a.weight + b.weight;
  // A share of a difference: the mean of equal numbers is then that number.
  return { from: a.from, to: b.to, y: a.y + (b.y - a.y) * (b.weight / weight), weight };
}
