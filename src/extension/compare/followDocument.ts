import { type Content, followGroup, withoutGroup, withRenamed } from './content';
import { type GroupNow, keyOf, sameGroup } from './groupNow';
import { followWritten } from './rewrite';
import type { WrittenIn } from './rewriter';

/** What of a comparison stands in files. */
export interface Followed {
  readonly content: Content;
  /** By `keyOf`: what each group said when its prompts were last followed. */
  readonly groups: ReadonlyMap<string, GroupNow>;
  /** In the order in which they were made. */
  readonly writes: readonly WrittenIn[];
}

/** What becomes of it when a document has these groups now: prompts are followed to where they stand, groups to their new names. */
export function followDocument(followed: Followed, uri: string, now: readonly GroupNow[]): Followed {
  let { content, writes } = followed;
  const groups = new Map(followed.groups);
  for (const before of followed.groups.values()) {
    if (before.uri !== uri) continue;
    const others = now.filter((group) => group.group === before.group || !groups.has(keyOf(group)));
    const group = sameGroup(before, others);
    if (group === undefined) {
      content = withoutGroup(content, uri, before.group);
      continue;
    }
    if (group.group !== before.group) {
      groups.delete(keyOf(before));
      content = withRenamed(content, before, group.group);
    }
    groups.set(keyOf(group), group);
    writes = writes.map((write) => (write.uri === uri ? followWritten(write, before, group) : write));
    const texts = before.prompts.map(({ text }) => text);
    content = followGroup(content, texts, group);
  }
  return { content, groups, writes };
}
