import type { FoundPrompt, FoundPrompts } from '../../shared/foundPrompts';

/** What was typed: text that was replaced, in UTF-16 code units of the document before. */
export interface TextChange {
  readonly start: number;
  /** Of what was there. */
  readonly removed: number;
  /** Of what is there now. */
  readonly inserted: number;
}

export interface MovedPrompts {
  readonly found: FoundPrompts;
  /** Those of `found.prompts` whose text was touched: they may say something else now. */
  readonly edited: ReadonlySet<FoundPrompt>;
}

/** More at once (all of a word replaced, a file formatted) are taken for one that replaces all from the first to the last. */
const mostChanges = 50;

interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * What was found, in ranges after the changes. Prompts stay at their places in the list, whatever became of them.
 * @param changes each in offsets of the text that the ones before it have left
 */
export function moved(before: MovedPrompts, changes: readonly TextChange[]): MovedPrompts {
  if (changes.length === 0) return before;
  if (changes.length > mostChanges) return moved(before, [asOne(changes)]);
  const edited = new Set<FoundPrompt>();
  const prompts = before.found.prompts.map((prompt) => {
    const [after, isTouched] = followed(prompt, changes);
    if (isTouched || before.edited.has(prompt)) edited.add(after);
    return after;
  });
  const [groups, images] = [before.found.groups, before.found.images].map((spans) =>
    spans.map((span) => followed(span, changes)[0]),
  ) as [FoundPrompts['groups'], FoundPrompts['images']];
  return { found: { prompts, groups, images }, edited };
}

/** What changes in turn amount to, in offsets of the text before the first. */
function asOne(changes: readonly TextChange[]): TextChange {
  const [first, ...others] = changes;
  return others.reduce((all, { start, removed, inserted }) => {
    const before = Math.max(0, all.start - start);
    const behind = Math.max(0, start + removed - (all.start + all.inserted));
    const grown = before + behind;
    return {
      start: all.start - before,
      removed: all.removed + grown,
      inserted: all.inserted + grown + inserted - removed,
    };
  }, first!);
}

function followed<S extends Span>(span: S, changes: readonly TextChange[]): readonly [S, isTouched: boolean] {
  let { start, end } = span;
  let isTouched = false;
  for (const change of changes) {
    isTouched ||= change.start <= end && change.start + change.removed >= start;
    [start, end] = shifted(start, end, change);
  }
  const isWhereItWas = start === span.start && end === span.end;
  return [isWhereItWas && !isTouched ? span : { ...span, start, end }, isTouched];
}

/** What is inserted at an edge of a range belongs to it: a person goes on writing there. */
function shifted(start: number, end: number, change: TextChange): [start: number, end: number] {
  const { start: from, removed, inserted } = change;
  const to = from + removed;
  const by = inserted - removed;
  if (from > end) return [start, end];
  if (to < start) return [start + by, end + by];
  const first = from >= start ? start : to <= start ? start + by : from + inserted;
  const last = to <= end ? end + by : Math.min(end, from);
  return [first, Math.max(first, last)];
}
