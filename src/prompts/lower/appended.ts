import type { Call, Expression, Joined, Statement } from '../syntax';

/**
 * A statement that adds to a collection: `labels.append("cat")` is `labels = labels + ["cat"]`. Anything else is only
 * evaluated. Mappings are rows of something, not texts of a collection.
 */
export function evaluatedOrAppended(value: Expression, start: number, end: number): Statement {
  const added = value.kind === 'call' ? addedBy(value) : null;
  if (value.kind !== 'call' || added === null) return { kind: 'evaluated', start, end, value };
  const path = value.callee!.slice(0, -1);
  const grown: Joined = {
    kind: 'joined',
    start: value.start,
    end: value.end,
    parts: [{ kind: 'name', path, start: value.start, end: value.start }, added],
  };
  return { kind: 'binding', start, end, names: [path], value: grown };
}

function addedBy({ callee, positional, named }: Call): Expression | null {
  if (callee === null || callee.length < 2 || named.length > 0) return null;
  const [first, ...others] = positional;
  if (first === undefined || positional.some(({ kind }) => kind === 'mapping')) return null;
  switch (callee.at(-1)) {
    case 'extend':
      return others.length === 0 ? first : null;
    case 'append':
      return others.length === 0 ? collectionOf(positional) : null;
    case 'push':
      return collectionOf(positional);
    default:
      return null;
  }
}

/** It stands where the first of them begins: what is said of the statement is said of them. */
function collectionOf(items: readonly Expression[]): Expression {
  return { kind: 'collection', start: items[0]!.start, end: items.at(-1)!.end, items };
}
