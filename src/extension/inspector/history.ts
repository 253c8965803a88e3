/** The components that were shown, the latest last. */
export type History<Entry> = readonly Entry[];

const longest = 100;

/** A component is shown now; `before` was shown until then, null if none was. */
export function push<Entry>(history: History<Entry>, before: Entry | null): History<Entry> {
  return before === null ? history : [...history, before].slice(-longest);
}

/** The entry to go back to, and the history without it; null where there is none. */
export function pop<Entry>(
  history: History<Entry>,
): { readonly entry: Entry; readonly rest: History<Entry> } | null {
  const entry = history.at(-1);
  return entry === undefined ? null : { entry, rest: history.slice(0, -1) };
}
