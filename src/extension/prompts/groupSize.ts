import type { FoundIn } from './editorPrompts';

const sizes = new WeakMap<FoundIn['original'], ReadonlyMap<string, number>>();

/** How many prompts a group has that can be scored against each other. */
export function groupSize({ original }: Pick<FoundIn, 'original'>, group: string): number {
  let counts = sizes.get(original);
  if (counts === undefined) {
    const counted = new Map<string, number>();
    for (const { prompts } of original) {
      for (const { group, kind } of prompts) {
        if (kind !== 'template') counted.set(group, (counted.get(group) ?? 0) + 1);
      }
    }
    counts = counted;
    sizes.set(original, counts);
  }
  return counts.get(group) ?? 0;
}
