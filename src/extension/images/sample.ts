/** At most `size` of the items, evenly spread over all, in their order. */
export function spread<Item>(items: readonly Item[], size: number): readonly Item[] {
  if (items.length <= size) return items;
  return Array.from({ length: size }, (_, i) => items[Math.floor((i * items.length) / size)]!);
}

/** One glob for what a setting such as `search.exclude` leaves out; undefined where that is nothing. */
export function excludeGlob(excluded: unknown): string | undefined {
  const globs = excludedGlobs(excluded);
  return globs.length > 1 ? `{${globs.join(',')}}` : globs[0];
}

/**
 * What a setting such as `search.exclude` leaves out.
 * @param excluded the setting: globs, true where they count; those with a condition are left aside
 */
export function excludedGlobs(excluded: unknown): readonly string[] {
  if (typeof excluded !== 'object' || excluded === null) return [];
  return Object.entries(excluded).flatMap(([glob, counts]) => (counts === true ? [glob] : []));
}
