/** Work that tells its own time, in milliseconds: that of the way to another process is no part of it. */
export interface OwnTime {
  readonly ms: number;
}

export type Work = () => Promise<unknown>;

/**
 * Median milliseconds of each of several pieces of work, taken in turn so that a drifting machine is fair to all. What
 * resolves to an `OwnTime` is taken at its word.
 */
export async function mediansInTurn<Name extends string>(
  work: Readonly<Record<Name, Work>>,
  rounds: number,
): Promise<Readonly<Record<Name, number>>> {
  const names = Object.keys(work) as Name[];
  const times = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (const name of names) await work[name](); // warm
  for (let round = 0; round < rounds; round++) {
    for (const name of names) times.get(name)!.push(await timed(work[name]));
  }
  return Object.fromEntries(names.map((name) => [name, median(times.get(name)!)])) as Record<Name, number>;
}

async function timed(work: Work): Promise<number> {
  const started = performance.now();
  const result = await work();
  return isOwnTime(result) ? result.ms : performance.now() - started;
}

function isOwnTime(result: unknown): result is OwnTime {
  return typeof result === 'object' && result !== null && 'ms' in result && typeof result.ms === 'number';
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
