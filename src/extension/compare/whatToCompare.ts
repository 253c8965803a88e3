import { mostCompared } from '../../shared/compareProtocol';
import type { Content, Member } from './content';
import { openContent } from './content';
import type { GroupNow } from './groupNow';
import { nearestTo } from './rankPrompts';

/** A part of a document, in UTF-16 code units; without length it is a cursor. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A comparison to open, and whether its prompts are only some of a group whose best ones are to be found out. */
export interface ToCompare {
  readonly content: Content;
  readonly rank: GroupNow | null;
}

/** A whole group, or as much of it as fits: what is nearest to the cursor, until what scores best is known. */
export function ofGroup(group: GroupNow, line: number | null): ToCompare {
  const { length } = group.prompts;
  const source = { uri: group.uri, group: group.group };
  const isPart = length > mostCompared;
  const indices = isPart ? nearestTo(group, line ?? 0, mostCompared) : [...group.prompts.keys()];
  const chosenBy = isPart ? (line === null ? 'first' : 'cursor') : null;
  return {
    content: openContent(
      group.group,
      source,
      chosenBy,
      indices.map((index) => ({ group, index })),
    ),
    rank: isPart ? group : null,
  };
}

/** The group that a cursor stands in: of the prompt there, else the one whose brackets are around it. */
export function groupAt(
  groups: readonly GroupNow[],
  spans: ReadonlyMap<string, Span>,
  offset: number,
): GroupNow | null {
  const within = ({ start, end }: Span) => start <= offset && offset <= end;
  const byPrompt = groups.find(({ prompts }) => prompts.some(within));
  if (byPrompt !== undefined) return byPrompt;
  const around = groups.filter(({ group }) => {
    const span = spans.get(group);
    return span !== undefined && within(span);
  });
  const size = ({ group }: GroupNow) => spans.get(group)!.end - spans.get(group)!.start;
  return around.toSorted((a, b) => size(a) - size(b))[0] ?? null;
}

/**
 * What selections hold: the prompts that they touch; of one that touches none its own text. In the order of the file, and
 * each once.
 */
export function selectedMembers(
  groups: readonly GroupNow[],
  source: string,
  selections: readonly Span[],
): Member[] {
  const all = groups
    .flatMap((group) => group.prompts.map(({ start, end }, index) => ({ group, index, start, end })))
    .sort((a, b) => a.start - b.start);
  const members = selections
    .toSorted((a, b) => a.start - b.start)
    .flatMap(({ start, end }): Member[] => {
      const touched = all.filter((prompt) =>
        start === end
          ? prompt.start <= start && start <= prompt.end
          : prompt.start < end && start < prompt.end,
      );
      if (touched.length > 0) return touched.map(({ group, index }) => ({ group, index }));
      const text = withoutQuotes(source.slice(start, end).trim());
      return /\p{L}/u.test(text) ? [{ text }] : [];
    });
  const keyOf = (member: Member) =>
    'group' in member ? `${member.group.group}\n${member.index}` : `free\n${member.text}`;
  return [...new Map(members.map((member) => [keyOf(member), member])).values()];
}

/** What people select of a string they mean without its quotes, and often with them. */
function withoutQuotes(text: string): string {
  const quoted = /^(["'`]{3}|["'`])(?<content>[\s\S]*)\1,?$/.exec(text);
  return quoted?.groups?.content ?? text;
}
