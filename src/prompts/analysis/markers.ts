import type { PromptKind } from '../../shared/foundPrompts';
import type { Expression, Place, Statement } from '../syntax';
import { kindInside } from './named';
import { Authority, mark, type Spot, type Unit } from './spots';
import type { Survey } from './survey';

/** What a person says about a part of a file. */
interface Said extends Place {
  /** Null where its strings are no prompts. */
  readonly kind: PromptKind | null;
}

const directive = /^[\s*]*clipsight:\s*(prompts|classes|templates|ignore)(?![\w-])/;
const fileDirective = /clipsight:\s*(prompts|classes|templates|ignore)-file(?![\w-])/;

const kinds: Readonly<Record<string, PromptKind>> = {
  prompts: 'prompt',
  classes: 'class',
  templates: 'template',
};

/** Section 6 of docs/prompts.md: what comments say is marked; tells of every place whether they say it is no prompt. */
export function markSaid(survey: Survey, units: readonly Unit[]): (spot: Spot) => boolean {
  const wholeFile = units
    .flatMap(({ program }) => program.comments)
    .map(({ text }) => fileDirective.exec(text)?.[1])
    .find((word) => word !== undefined);
  const said = new Map(units.map((unit) => [unit, saidIn(unit, wholeFile)]));
  const whatIsSaid = (unit: Unit, start: number): Said | undefined =>
    said.get(unit)?.find((part) => part.start <= start && start < part.end);

  const lone = new Map<Said, Spot[]>();
  const inCollections = new Set<Said>();
  for (const { text, unit, isKey } of survey.texts) {
    const part = isKey ? undefined : whatIsSaid(unit, text.start);
    if (part === undefined || part.kind === null) continue;
    const spot = survey.spotOf(text);
    if (isInCollection(spot)) {
      inCollections.add(part);
      markKind(spot, part.kind);
    } else lone.set(part, [...(lone.get(part) ?? []), spot]);
  }
  for (const [part, spots] of lone) {
    if (inCollections.has(part) || part.end === Number.POSITIVE_INFINITY || part.kind === null) continue;
    for (const spot of spots) markKind(spot, part.kind);
  }
  return ({ unit, start }) => whatIsSaid(unit, start)?.kind === null;
}

function markKind(spot: Spot, kind: PromptKind): void {
  const found = kindInside(kind, spot);
  if (found !== null) mark(spot, found, Authority.person);
}

function isInCollection({ container, start, end }: Spot): boolean {
  return container.start < start || container.end > end;
}

/** The smallest first: what is said of a part counts more than what is said of all. */
function saidIn(unit: Unit, wholeFile: string | undefined): readonly Said[] {
  const { text } = unit.source;
  const markers = unit.program.comments.flatMap((comment) => {
    const word = directive.exec(comment.text)?.[1];
    return word === undefined ? [] : [{ comment, kind: kinds[word] ?? null }];
  });
  const said: Said[] = [];
  if (markers.length > 0) {
    const parts = partsOf(unit);
    const byLine = new Map<number, Place[]>();
    const byLastLine = new Map<number, Place[]>();
    for (const part of parts) {
      push(byLine, lineStart(text, part.start), part);
      push(byLastLine, lineStart(text, Math.max(part.start, part.end - 1)), part);
    }
    for (const { comment, kind } of markers) {
      const line = lineStart(text, comment.start);
      const isAlone = /^[\s{]*$/.test(text.slice(line, comment.start));
      const here = isAlone
        ? []
        : outermost((byLine.get(line) ?? []).filter(({ start }) => start < comment.start));
      const ending = isAlone ? [] : (byLastLine.get(line) ?? []).filter(({ end }) => end <= comment.start);
      const next = isAlone ? outermost(byLine.get(nextCode(unit, comment.end)) ?? []) : [];
      const meant = [here, next].find(({ length }) => length > 0) ?? outermost(ending).slice(0, 1);
      for (const { start, end } of meant) said.push({ start, end, kind });
    }
  }
  said.sort((a, b) => a.end - a.start - (b.end - b.start));
  if (wholeFile !== undefined) {
    said.push({ start: 0, end: Number.POSITIVE_INFINITY, kind: kinds[wholeFile] ?? null });
  }
  return said;
}

/** Start of the first line after a comment that is not itself all comment. */
function nextCode({ source: { text }, program: { comments } }: Unit, after: number): number {
  const commented = new Map(comments.map((comment) => [lineStart(text, comment.start), comment]));
  let line = nextLine(text, after);
  for (;;) {
    const comment = commented.get(line);
    if (comment === undefined || text.slice(line, comment.start).trim() !== '') return line;
    line = nextLine(text, comment.end);
  }
}

function lineStart(text: string, at: number): number {
  return at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1;
}

function nextLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end + 1;
}

function push(to: Map<number, Place[]>, key: number, place: Place): void {
  const known = to.get(key);
  if (known === undefined) to.set(key, [place]);
  else known.push(place);
}

/** Those that lie in none of the others. */
function outermost(places: readonly Place[]): readonly Place[] {
  const sorted = [...places].sort((a, b) => a.start - b.start || b.end - a.end);
  const kept: Place[] = [];
  for (const place of sorted) {
    const last = kept.at(-1);
    if (last === undefined || place.start >= last.end) kept.push(place);
  }
  return kept;
}

/** Statements, entries, collections and strings: what may begin where a comment says something. */
function partsOf({ program }: Unit): readonly Place[] {
  const parts: Place[] = [];
  const statement = (each: Statement): void => {
    if (each.kind !== 'document') parts.push(each);
    switch (each.kind) {
      case 'binding':
      case 'evaluated':
        expression(each.value);
        return;
      case 'document':
        // The top of a file is no entry of it.
        if (each.value.kind === 'mapping') inside(each.value);
        else expression(each.value);
        return;
      case 'loop':
        expression(each.loop.over);
        each.body.forEach(statement);
        return;
      case 'scope':
        each.body.forEach(statement);
        return;
    }
  };
  const expression = (each: Expression): void => {
    if (each.kind !== 'name' && each.kind !== 'other') parts.push(each);
    inside(each);
  };
  const inside = (each: Expression): void => {
    switch (each.kind) {
      case 'collection':
        each.items.forEach(expression);
        return;
      case 'mapping':
        for (const { keyText, value } of each.entries) {
          if (keyText !== null) parts.push({ start: keyText.start, end: value.end });
          expression(value);
        }
        return;
      case 'call':
        if (each.receiver !== null) expression(each.receiver);
        each.positional.forEach(expression);
        for (const { value } of each.named) expression(value);
        return;
      case 'each':
        for (const { over } of each.loops) expression(over);
        expression(each.result);
        return;
      case 'lambda':
        expression(each.result);
        return;
      case 'joined':
        each.parts.forEach(expression);
        return;
      case 'choice':
        each.options.forEach(expression);
        return;
      case 'spread':
      case 'element':
        expression(each.of);
        return;
      case 'other':
        each.inner.forEach(expression);
        return;
      case 'text':
      case 'name':
        return;
    }
  };
  program.statements.forEach(statement);
  return parts;
}
