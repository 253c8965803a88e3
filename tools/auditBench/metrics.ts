/** Whether each of a ranking, best first, is right. */
export type Ranking = readonly boolean[];

/** Share of the first k that is right; of all, where there are fewer. Null of none. */
export function precisionAt(ranking: Ranking, k: number): number | null {
  const first = ranking.slice(0, k);
  return first.length === 0 ? null : first.filter((right) => right).length / first.length;
}

/**
 * Area under the precision–recall curve as average precision: the mean over all right pairs of the precision at the place
 * where it is reached, 0 of those that the ranking does not reach. `all`: how many right pairs there are, at least those
 * of the ranking.
 */
export function averagePrecision(ranking: Ranking, all: number): number {
  if (all === 0) return 0;
  let [found, sum] = [0, 0];
  ranking.forEach((right, i) => {
    if (!right) return;
    found += 1;
    sum += found / (i + 1);
  });
  return sum / all;
}
