import picomatch from 'picomatch';
import type { FinderOptions, PromptKind } from '../../shared/foundPrompts';
import type { Call, Expression, Mapping } from '../syntax';
import { changeOf, lastName, plainText, rearranged, receiverOf } from './callees';
import { type Follow, hasInterpolation } from './follow';
import { isStranger, kindOfColumn, kindOfHeading, kindOfName, matcherOf } from './names';
import type { Context } from './scopes';
import { hasSlot } from './slots';
import { Authority, mark, type Spot, type Unit } from './spots';
import { hasMarkup, isOfTools, isSchema } from './strangers';
import { isConcatenation, isWholeNumber, type Named, type Survey } from './survey';

/** Rules 2 and 4 of docs/prompts.md: marks what is named like prompts. */
export function markNamed(survey: Survey, follow: Follow, options: FinderOptions): void {
  const names = new Names(options);
  const marking = new NamedMarking(survey, follow, names);
  for (const named of survey.named) {
    const kind = names.kindOf(named);
    if (kind === null || isConstant(named)) continue;
    marking.given(kind, named.value, named.context, { nested: false });
  }
}

/** `CAPTION: "caption"` says the name once more. */
function isConstant({ names, value }: Named): boolean {
  const said = value.kind === 'text' ? plainText(value)?.toLowerCase() : null;
  return names.some((name) => name.toLowerCase() === said);
}

/** What names say, by their words, by their file's name and by the settings. */
class Names {
  private readonly isMeant: (name: string) => boolean;
  /** Few names are given to many things. */
  private readonly known = new Map<string, PromptKind | null>();
  private readonly isList: (path: string) => boolean;

  constructor({ names, files }: FinderOptions) {
    this.isMeant = matcherOf(names);
    this.isList = picomatch([...files], { dot: true });
  }

  ofName(name: string): PromptKind | null {
    let kind = this.known.get(name);
    if (kind === undefined) {
      kind = kindOfName(name) ?? this.ofSettings(name);
      this.known.set(name, kind);
    }
    return kind;
  }

  private ofSettings(name: string): PromptKind | null {
    return this.isMeant(name) ? 'prompt' : null;
  }

  /** Whether a key takes what it names out of the mapping around it. */
  isOut(name: string): boolean {
    return isStranger(name) && !this.isMeant(name);
  }

  kindOf({ names, form, value, unit }: Named): PromptKind | null {
    const [name = ''] = names;
    if (isOfTools(unit.source.path)) {
      return names.map((each) => this.ofSettings(each)).find((kind) => kind !== null) ?? null;
    }
    switch (form) {
      case 'lines':
        return this.ofLines(name, unit);
      case 'data':
        return isText(unit) ? this.ofLines(name, unit) : this.ofName(name);
      case 'column':
        return (/\.[ct]sv$/i.test(unit.source.path) ? kindOfColumn(name) : null) ?? this.ofName(name);
      case 'section':
        return this.ofHeading(name, value) ?? this.ofSettings(name);
      case 'code':
        return names.map((each) => this.ofName(each)).find((kind) => kind !== null) ?? null;
    }
  }

  /** What is marked up is written about classes. */
  private ofHeading(heading: string, value: Expression): PromptKind | null {
    const kind = kindOfHeading(heading);
    return kind === 'class' && hasMarkup(value) ? null : kind;
  }

  private ofLines(name: string, unit: Unit): PromptKind | null {
    return this.isList(unit.source.path) ? (this.ofName(name) ?? 'prompt') : null;
  }
}

function isText({ source }: Unit): boolean {
  return /\.txt$/i.test(source.path);
}

interface Inside {
  /** Whether only what has a slot is meant: under a mapping that is named like templates. */
  readonly slotted?: boolean;
  /** Whether it is an element of a collection. */
  readonly nested: boolean;
}

class NamedMarking {
  constructor(
    private readonly survey: Survey,
    private readonly follow: Follow,
    private readonly names: Names,
  ) {}

  /** Marks what is written where it is given to a name. Other names are not followed. */
  given(kind: PromptKind, value: Expression, context: Context, inside: Inside): void {
    switch (value.kind) {
      case 'text':
        this.string(kind, this.survey.spotOf(value), inside);
        return;
      case 'collection':
        for (const item of value.items) this.given(kind, item, context, { ...inside, nested: true });
        return;
      case 'each':
        this.given(kind, value.result, this.survey.contextOf(value), { ...inside, nested: true });
        return;
      case 'spread':
        if (value.of.kind !== 'text') this.given(kind, value.of, context, inside);
        return;
      case 'joined':
        if (isConcatenation(value)) this.string(kind, this.survey.spotOf(value), inside);
        else for (const part of value.parts) this.given(kind, part, context, inside);
        return;
      case 'choice':
        for (const option of value.options) this.given(kind, option, context, inside);
        return;
      case 'mapping':
        if (!inside.nested) this.mapping(kind, value, context);
        return;
      case 'lambda':
        if (kind === 'template') this.given(kind, value.result, this.survey.contextOf(value), inside);
        return;
      case 'call':
        this.call(kind, value, context, inside);
        return;
      case 'name':
      case 'element':
      case 'other':
        return;
    }
  }

  private string(kind: PromptKind, spot: Spot, { nested, slotted }: Inside): void {
    const found = nested ? kindInside(kind, spot) : kindAlone(kind, spot);
    if (found !== null && (slotted !== true || found === 'template')) mark(spot, found, Authority.name);
  }

  private call(kind: PromptKind, call: Call, context: Context, inside: Inside): void {
    const of = receiverOf(call);
    switch (lastName(call)) {
      case 'split':
      case 'splitlines':
        this.follow.strings(
          call,
          context,
          ({ spot, use }) => use === null && this.string(kind, spot, { ...inside, nested: true }),
        );
        return;
      case 'format':
      case '%':
        if (of?.kind === 'text' || of?.kind === 'lambda') this.given(kind, of, context, inside);
        return;
    }
    if (changeOf(call)?.kind === 'strip' && of?.kind === 'text') {
      const spot = this.survey.spotOf(of);
      if (spot.text.trim() === spot.text) this.string(kind, spot, inside);
      return;
    }
    for (const part of rearranged(call) ?? []) {
      if (part.kind !== 'text') this.given(kind, part, context, inside);
    }
  }

  private mapping(kind: PromptKind, mapping: Mapping, context: Context): void {
    const { entries } = mapping;
    if (isSchema(mapping)) return;
    const areClasses = kind === 'class' && entries.length > 0;
    if (areClasses && entries.every(({ value }) => value.kind === 'other' && value.isInteger)) {
      for (const { keyText } of entries) {
        if (keyText !== null) this.string(kind, this.survey.spotOf(keyText), { nested: true });
      }
      return;
    }
    const slotted = kind === 'template';
    const isTable = areClasses && entries.every(({ key }) => key !== null && isWholeNumber(key));
    for (const { key, value } of entries) {
      if (key !== null && this.names.isOut(key)) continue;
      const own = key === null ? null : this.names.ofName(key);
      if (value.kind === 'text' || (value.kind === 'joined' && isConcatenation(value))) {
        const spot = this.survey.spotOf(value);
        const isOwn = own !== null && kindAlone(own, spot) !== null;
        // `template:` of a deployment holds all its settings: only what has a slot is meant.
        if (!isOwn && (kind !== 'class' || isTable)) this.string(kind, spot, { nested: true, slotted });
      } else if (own === null) {
        if (value.kind === 'mapping') this.mapping(kind, value, context);
        else if (kind !== 'class' || isCollection(value))
          this.given(kind, value, context, { nested: false, slotted });
      }
    }
  }
}

function isCollection({ kind }: Expression): boolean {
  return kind === 'collection' || kind === 'each' || kind === 'joined' || kind === 'call';
}

/** What a string is in a collection that is given to a name. */
export function kindInside(kind: PromptKind, spot: Spot): PromptKind | null {
  const slot = hasInterpolation(spot) || hasSlot(spot.text);
  switch (kind) {
    case 'class':
      return slot ? null : 'class';
    case 'prompt':
    case 'template':
      return slot ? 'template' : 'prompt';
  }
}

/** What a string is that is itself given to a name. */
function kindAlone(kind: PromptKind, spot: Spot): PromptKind | null {
  if (kind === 'class') return null;
  const found = kindInside(kind, spot);
  return kind === 'template' && found !== 'template' ? null : found;
}
