/** Whether each of a ranking, best first, is right. */
export type Ranking = readonly boolean[];

/** Share of the first k that is right; of all, where there are fewer. Null of none. */
export function precisionAt(ranking: Ranking, k: number): number | null {
  const first = ranking.slice(0, k);
  return first.length === 0 ? null : first.filter((right) => right).length / first.length;
}

/**
 * Area under the precision–recall curve as average precision: the mean, over all that is to be found, of the precision at
 * the first place that finds it, 0 of what no place finds. `finds` says which of them, by number below `all`, each place
 * of the ranking finds: several places can find the same, and a place that is right need not find any.
 */
export function averagePrecision(
  ranking: Ranking,
  finds: (place: number) => readonly number[],
  all: number,
): number {
  const found = new Set<number>();
  let [rights, sum] = [0, 0];
  ranking.forEach((right, place) => {
    if (!right) return;
    rights += 1;
    for (const one of finds(place)) {
      if (found.has(one)) continue;
      found.add(one);
      sum += rights / (place + 1);
    }
  });
  return all === 0 ? 0 : sum / all;
}
