/** How many rows (images, as a rule) a run of one program takes best, learned from how long its runs take. */
export interface RunSize {
  /** Rows that the next run should take. */
  next(): number;
  /** A run of so many rows took so many milliseconds. */
  ran(rows: number, ms: number): void;
}

/** What one run may take: it cannot be interrupted, and cancelling should be felt. */
const runMs = 250;
const sizes = [1, 2, 4, 8, 16, 32, 64] as const;
/** Runs of each size that are looked at: the last ones. */
const remembered = 5;
/** Runs of a size before it is compared with others. */
const trials = 3;
/** One run of so many goes to the size that was measured longest ago. */
const recheck = 16;

interface Tried {
  /** Milliseconds per row of the last runs, the newest last. */
  readonly pace: readonly number[];
  /** Which run was the last of this size. */
  readonly at: number;
}

/**
 * The size with the fewest milliseconds per row, by medians, of those whose runs take at most a quarter of a second. All
 * are tried, since the best is not where a curve bends: caches, threads and transfers each make steps.
 */
export function runSize(): RunSize {
  const tried = new Map<number, Tried>();
  /** Before the first run is over, a session has to be made. */
  let runs = -1;

  const pace = (size: number): number => median(tried.get(size)!.pace);
  const best = (among: readonly number[]): number =>
    among.reduce((least, size) => (pace(size) < pace(least) ? size : least));

  return {
    next() {
      if (!tried.has(1)) return 1;
      const known = sizes.filter((size) => tried.has(size));
      // By its last run: a device that became slow must not be given as much once more.
      const short = known.filter((size) => size === 1 || tried.get(size)!.pace.at(-1)! * size <= runMs);
      const usual = best(short);
      const promising = sizes.filter((size) => size === 1 || pace(usual) * size <= runMs);
      const untried = promising.find((size) => (tried.get(size)?.pace.length ?? 0) < trials);
      if (untried !== undefined) return untried;
      if (runs % recheck !== 0) return usual;
      return promising.reduce((oldest, size) =>
        tried.get(size)!.at < tried.get(oldest)!.at ? size : oldest,
      );
    },
    ran(rows, ms) {
      runs += 1;
      if (runs === 0) return;
      // The rest of something: of a size that is never asked for.
      if (!sizes.some((size) => size === rows)) return;
      const before = tried.get(rows)?.pace ?? [];
      tried.set(rows, { pace: [...before, ms / rows].slice(-remembered), at: runs });
    },
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}
