import type { FoundPrompt, FoundPrompts, PromptGroup, Template } from '../../shared/foundPrompts';
import { templatesOf } from '../../shared/promptDirection';

/** A group of a file, as it is found at one of its versions. */
export interface GroupNow {
  /** Of the document. */
  readonly uri: string;
  readonly group: string;
  /** In the order of the file. */
  readonly prompts: readonly (FoundPrompt & { readonly line: number })[];
  /** What its classes are filled into. */
  readonly templates: readonly Template[];
  /** What its templates are filled with. */
  readonly classes: readonly string[];
}

/** Names a group of a document. */
export function keyOf({ uri, group }: Pick<GroupNow, 'uri' | 'group'>): string {
  return `${uri}\n${group}`;
}

/**
 * What a group says in the groups that its file has now; undefined where it is gone. One with another name is it where
 * nothing but the name is different.
 */
export function sameGroup(before: GroupNow, now: readonly GroupNow[]): GroupNow | undefined {
  const named = now.find(({ group }) => group === before.group);
  // A single text may well stand somewhere else, too.
  if (named !== undefined || before.prompts.length < 2) return named;
  const textsOf = ({ prompts }: GroupNow) => JSON.stringify(prompts.map(({ text }) => text));
  const texts = textsOf(before);
  const [alike, another] = now.filter((group) => textsOf(group) === texts);
  return another === undefined ? alike : undefined;
}

/**
 * @param all what was found in all cells of the notebook, or in the one file
 * @param lineOf the line of an offset, from 1
 */
export function groupNow(
  uri: string,
  group: PromptGroup,
  found: FoundPrompts,
  all: readonly FoundPrompts[],
  lineOf: (offset: number) => number,
): GroupNow {
  const prompts = all.flatMap((file) => file.prompts);
  const used = all
    .flatMap((file) => file.groups)
    .filter(({ id, kind, usedWith }) => {
      return kind === 'class' && (group.usedWith.includes(id) || usedWith.includes(group.id));
    });
  const usedIds = new Set(used.map(({ id }) => id));
  const classes = prompts.filter(({ group: id, kind }) => kind === 'class' && usedIds.has(id));
  return {
    uri,
    group: group.id,
    prompts: found.prompts
      .filter(({ group: id }) => id === group.id)
      .map((prompt) => ({ ...prompt, line: lineOf(prompt.start) })),
    templates: templatesOf(group, prompts),
    classes: [...new Set(classes.map(({ text }) => text))],
  };
}
