import type { Template } from '../../shared/foundPrompts';
import type { Call, Expression } from '../syntax';
import type { Pipeline } from './encoders';
import type { Follow } from './follow';
import { wordsOf } from './names';
import type { Context } from './scopes';
import type { Container, Spot } from './spots';
import { isConcatenation, type Survey } from './survey';

/** Which groups of classes fill which groups of templates. */
export type Links = ReadonlyMap<Container, ReadonlySet<Container>>;

/**
 * Section 3 of docs/prompts.md.
 *
 * @param found what is found, by its group
 * @param templates of those that are templates, how they are filled
 */
export function linksOf(
  survey: Survey,
  follow: Follow,
  pipelines: readonly Pipeline[],
  found: ReadonlyMap<Container, readonly Spot[]>,
  templates: ReadonlyMap<Spot, Template | null>,
): Links {
  const links = new Map<Container, Set<Container>>();
  const link = (classes: Container, filled: Container): void => {
    if (classes === filled) return;
    for (const [from, to] of [
      [classes, filled],
      [filled, classes],
    ] as const) {
      links.set(from, (links.get(from) ?? new Set()).add(to));
    }
  };
  const isOfClasses = (container: Container): boolean =>
    found.get(container)?.some(({ kind }) => kind === 'class') === true;
  const isOfTemplates = (container: Container): boolean =>
    found.get(container)?.some(({ kind }) => kind === 'template') === true;
  const linkAll = (sets: readonly ReadonlySet<Container>[]): void => {
    const classes = sets.map((set) => [...set].filter(isOfClasses));
    if (classes.every(({ length }) => length === 0)) return;
    const filled = sets.map((set) => [...set].filter(isOfTemplates));
    classes.forEach((some, index) => {
      for (const one of some) {
        filled.forEach((others, at) => {
          if (at !== index) for (const other of others) link(one, other);
        });
      }
    });
  };

  const elsewhere = new Set<Container>();
  for (const [spot, template] of templates) {
    for (const { fillings } of spot.uses) {
      if (fillings.length > 0) elsewhere.add(spot.container);
      if (template === null) continue;
      for (const filling of fillings) if (filling.kind === 'class') link(filling.container, spot.container);
    }
  }
  for (const { classes, templates } of pipelines) {
    linkAll([new Set(classes), new Set(templates)]);
  }
  const known = new Map<string, ReadonlySet<Container>>();
  const leadsTo = (expression: Expression, context: Context): ReadonlySet<Container> => {
    const binding = expression.kind === 'name' ? context.scope.find(expression.path, context.at) : null;
    const key = binding === null ? null : `${bindingNumber(binding)}`;
    const cached = key === null ? undefined : known.get(key);
    if (cached !== undefined) return cached;
    const containers = new Set<Container>();
    follow.strings(expression, context, ({ spot }) => containers.add(spot.container));
    if (key !== null) known.set(key, containers);
    return containers;
  };
  const numbers = new Map<object, number>();
  const bindingNumber = (binding: object): number => {
    const number = numbers.get(binding) ?? numbers.size;
    numbers.set(binding, number);
    return number;
  };
  for (const { call, context } of survey.calls) {
    const given = argumentsOf(call);
    if (given.length > 1) linkAll(given.map((argument) => leadsTo(argument, context)));
  }
  for (const mapping of survey.mappings) {
    linkAll(mapping.entries.map(({ value }) => new Set(written(value, survey))));
  }

  const filledGroups = [...found.keys()].filter(isOfTemplates);
  const classGroups = [...found.keys()].filter(isOfClasses);
  const [onlyClasses] = classGroups;
  const byWord = new Map<string, Container[]>();
  for (const group of classGroups) {
    const word = firstWord(group);
    if (word !== null) byWord.set(word, [...(byWord.get(word) ?? []), group]);
  }
  for (const group of filledGroups) {
    if (links.has(group) || elsewhere.has(group)) continue;
    if (!found.get(group)!.some((spot) => templates.get(spot))) continue;
    const sameWord = byWord.get(firstWord(group) ?? '') ?? [];
    for (const classes of sameWord) link(classes, group);
    if (sameWord.length === 0 && classGroups.length === 1) link(onlyClasses!, group);
  }
  return links;
}

/** Whatever a call is given, properties of objects like keywords. */
function argumentsOf({ positional, named }: Call): readonly Expression[] {
  return [...positional, ...named.map(({ value }) => value)].flatMap((argument) =>
    argument.kind === 'mapping' ? argument.entries.map(({ value }) => value) : [argument],
  );
}

/** Groups of what is written in a value, of a mapping those under its keys. */
function written(value: Expression, survey: Survey): readonly Container[] {
  switch (value.kind) {
    case 'text':
      return [survey.containerOf(value)];
    case 'joined':
      return isConcatenation(value) ? [survey.containerOf(value)] : [];
    case 'collection':
      return value.items.slice(0, 1).every(({ kind }) => kind === 'text')
        ? value.items.slice(0, 1).flatMap((item) => written(item, survey))
        : value.items.flatMap((item) => written(item, survey));
    default:
      return [];
  }
}

function firstWord({ path }: Container): string | null {
  return wordsOf(path.split('.').at(-1) ?? '')[0] ?? null;
}
