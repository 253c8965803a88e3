import type { Direction } from '../../shared/direction';
import type { FoundPrompts, Template } from '../../shared/foundPrompts';
import { promptMembers } from '../prompts/promptDirections';

/** A prompt of a file that can be audited: a template is none before a class fills it. */
export interface FoundSubject {
  /** As it is written. */
  readonly name: string;
  /** What it says, for the judge: a class in its one template, else by its name. */
  readonly text: string;
  readonly direction: Direction;
  /** The same for the same direction, and for no other. */
  readonly key: string;
  readonly group: string;
  /** In its group, from 0. */
  readonly index: number;
  /** In UTF-16 code units. */
  readonly start: number;
  readonly end: number;
}

/**
 * What can be audited of a file, or of one cell of a notebook, in its order.
 *
 * @param all what was found in all cells of the notebook, or in the one file
 * @param source the one of them that is asked about
 * @param fallback what classes are filled into where no templates are known
 */
export function subjectsIn(
  all: readonly FoundPrompts[],
  source: number,
  fallback: Template,
): readonly FoundSubject[] {
  const members = promptMembers(all, fallback)[source] ?? [];
  const counts = new Map<string, number>();
  return (all[source]?.prompts ?? []).flatMap((prompt, i) => {
    const index = counts.get(prompt.group) ?? 0;
    counts.set(prompt.group, index + 1);
    const member = members[i];
    if (member?.kind !== 'scorable') return [];
    const { direction, key } = member.ask;
    const { text: name, group, start, end } = prompt;
    const text = direction.kind === 'prompt' ? direction.text : name;
    return [{ name, text, direction, key, group, index, start, end }];
  });
}
