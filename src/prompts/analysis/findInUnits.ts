import type {
  FinderOptions,
  FoundImage,
  FoundPrompt,
  FoundPrompts,
  PromptGroup,
  PromptKind,
  Template,
} from '../../shared/foundPrompts';
import { plainText } from './callees';
import { encoderArgumentsOf, markEncoded } from './encoders';
import { Follow, hasInterpolation } from './follow';
import { linksOf } from './links';
import { markSaid } from './markers';
import { markNamed } from './named';
import { likelySlots } from './slots';
import type { Container, Spot, Unit } from './spots';
import { isImagePath, mayBePrompt } from './strings';
import { Survey } from './survey';
import { templateOf } from './templates';

/** The prompts of units that are one program: one result each, in their order, with places in the unit. */
export function findInUnits(units: readonly Unit[], options: FinderOptions): FoundPrompts[] {
  const survey = new Survey(units);
  const encoderArguments = encoderArgumentsOf(options);
  const follow = new Follow(survey, encoderArguments);
  const isIgnored = markSaid(survey, units);
  const pipelines = markEncoded(survey, follow, encoderArguments);
  markNamed(survey, follow, options);
  for (const { expression, context } of survey.fills) {
    if (expression.kind === 'call' && !follow.mayFill(expression, context)) continue;
    follow.strings(expression, context, ({ spot, use }) => use !== null && spot.uses.push(use));
  }

  const spots = apart(
    survey.allSpots().filter((spot) => spot.kind !== null && mayBeFound(spot) && !isIgnored(spot)),
  );
  const found = new Map<Container, Spot[]>();
  for (const spot of spots) {
    const known = found.get(spot.container);
    if (known === undefined) found.set(spot.container, [spot]);
    else known.push(spot);
  }
  const templates = new Map<Spot, Template | null>();
  for (const spot of spots) if (spot.kind === 'template') templates.set(spot, templateOf(spot));
  const links = linksOf(survey, follow, pipelines, found, templates);
  const ids = idsOf([...found.keys()]);

  const prompts: FoundPrompt[][] = units.map(() => []);
  for (const spot of spots) {
    prompts[spot.unit.index]!.push({
      text: spot.text,
      start: spot.start,
      end: spot.end,
      group: ids.get(spot.container)!,
      kind: spot.kind!,
      template: templates.get(spot) ?? null,
      literal: spot.literal,
    });
  }
  const groups: PromptGroup[][] = units.map(() => []);
  for (const [container, members] of found) {
    groups[container.unit.index]!.push({
      id: ids.get(container)!,
      kind: kindOf(members),
      start: container.start,
      end: container.end,
      usedWith: [...(links.get(container) ?? [])].map((other) => ids.get(other)!),
      implied: impliedOf(container, pipelines),
    });
  }
  const images = imagesOf(survey, units);
  return units.map(({ index }) => ({
    prompts: prompts[index]!,
    groups: groups[index]!,
    images: images[index]!,
  }));
}

/** Of a template what stands around its slots has to say something, but for one of several: `{}` is one of an ensemble. */
function mayBeFound(spot: Spot): boolean {
  if (spot.kind !== 'template') return mayBePrompt(spot.text);
  const own = spot.pieces.filter((piece) => typeof piece === 'string').join('');
  const around = hasInterpolation(spot) ? own : likelySlots(own).parts.join('');
  return mayBePrompt(spot.text, spot.container.isLone ? around : `a${around}`);
}

/** In the order of the program, and none within another: who knows better is right, then who says more. */
function apart(spots: readonly Spot[]): readonly Spot[] {
  const ordered = [...spots].sort(
    (a, b) => a.unit.index - b.unit.index || a.start - b.start || b.end - a.end || b.authority - a.authority,
  );
  const kept: Spot[] = [];
  for (const spot of ordered) {
    let isIn = false;
    for (let last = kept.at(-1); last !== undefined; last = kept.at(-1)) {
      if (last.unit !== spot.unit || last.end <= spot.start) break;
      isIn = spot.authority <= last.authority;
      if (isIn) break;
      kept.pop();
    }
    if (!isIn) kept.push(spot);
  }
  return kept;
}

/** In the order of the program: the second of a name is ` #2`. */
function idsOf(containers: readonly Container[]): ReadonlyMap<Container, string> {
  const ordered = containers
    .map((container) => ({ container, order: container.unit.order(container.start) }))
    .sort((a, b) => a.order[0] - b.order[0] || a.order[1] - b.order[1])
    .map(({ container }) => container);
  const taken = new Set<string>();
  const counts = new Map<string, number>();
  return new Map(
    ordered.map((container) => {
      const name = container.path === '' ? stem(container.unit.source.path) : container.path;
      let count = (counts.get(name) ?? 0) + 1;
      while (taken.has(numbered(name, count))) count += 1;
      counts.set(name, count);
      taken.add(numbered(name, count));
      return [container, numbered(name, count)];
    }),
  );
}

function numbered(name: string, count: number): string {
  return count === 1 ? name : `${name} #${count}`;
}

/** The file's name without its extension. */
function stem(path: string): string {
  const name = path.split(/[\\/]/).at(-1) ?? '';
  return name.replace(/(?<=.)\.[^.]*$/, '') || 'texts';
}

/** What most of a group are, the first of equals. */
function kindOf(members: readonly Spot[]): PromptKind {
  const counts = new Map<PromptKind, number>();
  for (const { kind } of members) counts.set(kind!, (counts.get(kind!) ?? 0) + 1);
  return [...counts].reduce((most, next) => (next[1] > most[1] ? next : most))[0];
}

function impliedOf(
  container: Container,
  pipelines: readonly { readonly classes: readonly Container[]; readonly implied: Template | null }[],
): Template[] {
  const implied = pipelines.flatMap(({ classes, implied }) =>
    implied !== null && classes.includes(container) ? [implied] : [],
  );
  return implied.slice(0, 1);
}

function imagesOf(survey: Survey, units: readonly Unit[]): FoundImage[][] {
  const images: FoundImage[][] = units.map(() => []);
  for (const { text, unit } of survey.texts) {
    const path = plainText(text);
    if (path !== null && isImagePath(path)) {
      images[unit.index]!.push({ path, start: text.start, end: text.end });
    }
  }
  return images.map((some) => some.sort((a, b) => a.start - b.start));
}
