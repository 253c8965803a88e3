import type { Direction } from '../../shared/direction';
import type { FoundPrompt, FoundPrompts, PromptGroup, Template } from '../../shared/foundPrompts';
import { directionOf, fill, templatesOf } from '../../shared/promptDirection';
import { contentKey } from './contentKey';

/** A direction that the engine can be asked about. */
export interface Ask {
  readonly direction: Direction;
  /** The same for the same direction, and for no other. */
  readonly key: string;
  /** How many texts the encoder is given for it. */
  readonly texts: number;
}

/** Prompts among which a softmax is taken: those of a group that can be scored as they are. */
export interface GroupOfPrompts {
  readonly members: readonly Scorable[];
  /** For the encoder, of all members. */
  readonly texts: number;
}

/** A prompt, or a class with its templates. */
export interface Scorable {
  readonly kind: 'scorable';
  readonly group: GroupOfPrompts;
  /** Its place among the members. */
  readonly place: number;
  readonly text: string;
  /** Made when it is asked for: a class may have a hundred templates. */
  readonly ask: Ask;
}

/** A template that the classes of some groups are filled into. */
export interface Fillable {
  readonly kind: 'fillable';
  readonly classes: readonly GroupOfPrompts[];
  filledWith(name: string): Ask;
}

export type Member = Scorable | Fillable;

/**
 * What can be asked about the prompts of a file, or of a notebook's cells: one list per source, and in it one per
 * prompt, null where it cannot be scored.
 *
 * @param fallback what classes are filled into where no templates are known
 */
export function promptMembers(
  all: readonly FoundPrompts[],
  fallback: Template,
): readonly (readonly (Member | null)[])[] {
  const prompts = all.flatMap((found) => found.prompts);
  const groups = all.flatMap((found) => found.groups);
  const builders = new Map(
    groups.map((group) => [
      group.id,
      new Builder(group.usedWith.length === 0 ? group.implied : templatesOf(group, prompts), fallback),
    ]),
  );
  const fillers = new Map<string, readonly GroupOfPrompts[]>();
  const classesOf = (id: string) => {
    const known = fillers.get(id) ?? classGroups(id, groups).map((of) => builders.get(of)!);
    fillers.set(id, known);
    return known;
  };
  const memberOf = (prompt: FoundPrompt): Member | null => {
    const { kind, template, group } = prompt;
    if (kind !== 'template') return builders.get(group)?.add(prompt) ?? null;
    const classes = template === null ? [] : classesOf(group);
    if (template === null || classes.length === 0) return null;
    return { kind: 'fillable', classes, filledWith: (name) => asPrompt(fill(template, name)) };
  };
  return all.map((found) => found.prompts.map(memberOf));
}

class Builder implements GroupOfPrompts {
  readonly members: Scorable[] = [];
  texts = 0;

  constructor(
    private readonly templates: readonly Template[],
    private readonly fallback: Template,
  ) {}

  add(prompt: FoundPrompt): Scorable {
    const { templates, fallback } = this;
    let made: Ask | null = null;
    const member: Scorable = {
      kind: 'scorable',
      group: this,
      place: this.members.length,
      text: prompt.text,
      get ask() {
        made ??= askFor(directionOf(prompt, templates, fallback)!);
        return made;
      },
    };
    this.members.push(member);
    this.texts += prompt.kind === 'class' ? Math.max(1, templates.length) : 1;
    return member;
  }
}

/** Ids of the groups whose classes are filled into the templates of a group. */
function classGroups(templates: string, groups: readonly PromptGroup[]): string[] {
  const own = new Set(groups.find(({ id }) => id === templates)?.usedWith);
  return groups
    .filter(({ id, kind, usedWith }) => kind === 'class' && (own.has(id) || usedWith.includes(templates)))
    .map(({ id }) => id);
}

function asPrompt(text: string): Ask {
  return askFor({ kind: 'prompt', text });
}

function askFor(direction: Direction): Ask {
  const texts = direction.kind === 'ensemble' ? direction.texts.length : 1;
  if (direction.kind === 'prompt') return { direction, key: `prompt ${direction.text}`, texts };
  const hash = contentKey(direction);
  return { direction, key: `${direction.kind} ${hash}`, texts };
}
