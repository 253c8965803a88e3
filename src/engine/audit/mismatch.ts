import type { JobContext } from '../../shared/rpc/protocol';
import { pauser } from '../components/pause';
import { discoveries } from '../numeric/falseDiscovery';
import { resamples, testMean } from '../numeric/studentisedBootstrap';
import { drawsToDiscover } from './draws';
import { rules } from './rules';

/** Shares of a component in a subject's images, [images], tested to have a mean above a bound. */
export interface ShareTest {
  readonly shares: Float32Array;
  readonly bound: number;
}

export interface TestedShare {
  readonly p: number;
  /** Of the mean share, at `rules.intervalLevel`. */
  readonly interval: readonly [number, number];
}

/** Values of one draw, at most, in one block of draws: memory. */
const HELD = 2 ** 22;

interface Going {
  readonly at: number;
  reached: number;
  drawn: number;
  interval: readonly [number, number];
}

/**
 * The one-sided studentised bootstrap of each test. Draws are added until so many reached what was seen that p is known
 * well enough, or until it is below what makes all tests still as small discoveries among `all` pairs: with a fixed number
 * of draws, p could not become small enough to be one among many.
 */
export async function testShares(
  tests: readonly ShareTest[],
  all: number,
  level: number,
  job: JobContext,
): Promise<readonly TestedShare[]> {
  const pause = pauser(job);
  const states: Going[] = tests.map((_, at) => ({ at, reached: 0, drawn: 0, interval: [0, 0] }));
  let going = states;
  for (let block = 0; going.length > 0; block++) {
    for (const [n, some] of bySize(going, tests)) {
      const drawn = resamples(
        n,
        Math.max(100, Math.min(rules.draws, Math.floor(HELD / n))),
        rules.seed + block,
      );
      const draws = drawn.indices.length / n;
      for (const one of some) {
        const { shares, bound } = tests[one.at]!;
        const { p, interval } = testMean(shares, bound, drawn, rules.intervalLevel);
        if (block === 0) one.interval = interval;
        one.reached += Math.round(p * (1 + draws)) - 1;
        one.drawn += draws;
        await pause();
      }
    }
    const small = going.filter(({ reached }) => reached < rules.enoughReached);
    const needed = drawsToDiscover(rules.enoughReached, small.length, all, level);
    const wanted = Math.min(rules.mostDraws, Math.max(rules.draws, needed));
    going = small.filter(({ drawn }) => drawn < wanted);
    job.progress({ stage: 'Testing', done: tests.length - going.length, total: tests.length });
  }
  return states.map(({ reached, drawn, interval }) => ({ p: (1 + reached) / (1 + drawn), interval }));
}

/** Tests over equally many images share their draws. */
function bySize(going: readonly Going[], tests: readonly ShareTest[]): ReadonlyMap<number, readonly Going[]> {
  const found = new Map<number, Going[]>();
  for (const one of going) {
    const n = tests[one.at]!.shares.length;
    const known = found.get(n);
    if (known === undefined) found.set(n, [one]);
    else known.push(one);
  }
  return found;
}

/** Which of all pairs are findings: those whose p was not worth a test are given as 1. */
export function findingsAmong(p: Float64Array, level: number): readonly number[] {
  if (p.length === 0) return [];
  const { rejected } = discoveries(p, level);
  return [...rejected.keys()].filter((i) => rejected[i] === 1);
}
