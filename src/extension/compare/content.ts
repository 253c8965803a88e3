import { mostCompared } from '../../shared/compareProtocol';
import type { PromptKind } from '../../shared/foundPrompts';
import { type Column, type Fillings, rewordedTemplate } from './columns';
import type { GroupNow } from './groupNow';
import { placesNow } from './placesNow';

/** How the prompts of a group that is too large were chosen. */
export type ChosenBy = 'score' | 'cursor' | 'first' | 'person';

/** What is compared: all that the person chose, and nothing that is computed. */
export interface Content {
  readonly title: string;
  /** The group that the view is of; null where the prompts were put together otherwise. */
  readonly source: { readonly uri: string; readonly group: string } | null;
  /** Null where all of the group is shown. */
  readonly chosenBy: ChosenBy | null;
  readonly columns: readonly Column[];
  /** No column has this id yet. */
  readonly nextId: number;
  readonly fillings: Fillings;
  /** Ids of the columns whose difference the person wants to see; null for the two best. */
  readonly pair: { readonly of: number; readonly against: number } | null;
}

/** A text to compare that stands in no file, or in a string that was not found there. */
export interface FreeText {
  readonly text: string;
}

/** A prompt of a group, by its number in it. */
export interface GroupMember {
  readonly group: GroupNow;
  readonly index: number;
}

export type Member = FreeText | GroupMember;

/** The first few that fit; a template that nothing is known to fill says why it has no numbers. */
export function openContent(
  title: string,
  source: Content['source'],
  chosenBy: ChosenBy | null,
  members: readonly Member[],
): Content {
  const empty: Content = {
    title,
    source,
    chosenBy,
    columns: [],
    nextId: 0,
    fillings: { template: null, name: null },
    pair: null,
  };
  return withMembers(empty, members);
}

/** The content with more prompts, as long as they fit. */
export function withMembers(content: Content, members: readonly Member[]): Content {
  const own = content.columns.filter(({ draftOf }) => draftOf === null);
  const added = members
    .slice(0, Math.max(0, mostCompared - own.length))
    .map((member, i) => columnOf(member, content.nextId + i));
  return {
    ...content,
    columns: [...content.columns, ...added],
    nextId: content.nextId + added.length,
  };
}

/** Other prompts of its group instead of those of it that are shown; what else is shown stays, with its drafts. */
export function withChosen(content: Content, group: GroupNow, indices: readonly number[]): Content {
  const isOf = ({ place }: Column) => place?.uri === group.uri && place.group === group.group;
  const kept = content.columns.filter((column) => !isOf(column) || indices.includes(column.place!.index));
  const shown = new Set(kept.filter(isOf).map(({ place }) => place!.index));
  const rest = indices.filter((index) => !shown.has(index));
  const all = withMembers(
    withoutOrphans({
      ...content,
      columns: kept,
      chosenBy: indices.length < group.prompts.length ? 'person' : null,
    }),
    rest.map((index) => ({ group, index })),
  );
  return { ...all, columns: inFileOrder(all.columns) };
}

export function withoutColumn(content: Content, id: number): Content {
  const columns = content.columns.filter((column) => column.id !== id);
  // Of a group that had all its prompts here it is the person now who says which.
  const removed = content.columns.find((column) => column.id === id);
  const chosenBy = removed?.place != null && content.source !== null ? 'person' : content.chosenBy;
  return withoutOrphans({ ...content, columns, chosenBy });
}

/** A prompt that stands in no file says something else. */
export function reworded(content: Content, id: number, text: string): Content {
  return {
    ...content,
    columns: content.columns.map((column) => (column.id === id ? { ...column, text } : column)),
  };
}

/** A rewording beside its prompt: the one that is there says something else, or a new one comes. */
export function withDraft(content: Content, id: number, text: string): Content {
  const { columns, nextId } = content;
  const at = columns.findIndex((column) => column.id === id);
  const original = columns[at];
  if (original === undefined) return content;
  const template = original.kind === 'template' ? rewordedTemplate(text, original) : null;
  const draft = columns.find(({ draftOf }) => draftOf === id);
  if (draft !== undefined) {
    const said = { ...draft, text, template };
    return { ...content, columns: columns.map((column) => (column === draft ? said : column)) };
  }
  const added: Column = { ...original, id: nextId, text, template, place: null, draftOf: id };
  return {
    ...content,
    columns: [...columns.slice(0, at + 1), added, ...columns.slice(at + 1)],
    nextId: nextId + 1,
  };
}

/**
 * What a group says now, where it was known to say `before`: prompts that stand elsewhere in it, or say something else, are
 * followed; those that are gone keep their text and have no line. Where all of the group is shown, what is new in it
 * is, too. The same object where nothing changed.
 */
export function followGroup(content: Content, before: readonly string[], now: GroupNow): Content {
  const places = placesNow(
    before,
    now.prompts.map(({ text }) => text),
  );
  const own = content.columns.map((column) => followed(column, places, now));
  const columns = own.map((column) => filledAsOriginal(column, own));
  const { source, chosenBy } = content;
  const isWhole = source?.uri === now.uri && source.group === now.group && chosenBy === null;
  const known = new Set(places);
  const fresh = isWhole ? now.prompts.flatMap((_, index) => (known.has(index) ? [] : [index])) : [];
  const same = columns.every((column, i) => column === content.columns[i]);
  if (same && fresh.length === 0) return content;
  const all = withMembers(
    { ...content, columns },
    fresh.map((index) => ({ group: now, index })),
  );
  const isPart = isWhole && shownOf(all, now).length < now.prompts.length;
  return { ...all, columns: inFileOrder(all.columns), chosenBy: isPart ? 'first' : chosenBy };
}

/** A group has another name. */
export function withRenamed(content: Content, { uri, group }: GroupNow, name: string): Content {
  const isOf = (place: { readonly uri: string; readonly group: string } | null) =>
    place?.uri === uri && place.group === group;
  const { source } = content;
  return {
    ...content,
    ...(isOf(source) && { title: name, source: { uri, group: name } }),
    columns: content.columns.map((column) =>
      isOf(column.place) ? { ...column, place: { ...column.place!, group: name } } : column,
    ),
  };
}

/** A group is not found any more: its prompts keep their texts. */
export function withoutGroup(content: Content, uri: string, group: string): Content {
  const isOf = ({ place }: Column) => place?.uri === uri && place.group === group && place.line !== null;
  if (!content.columns.some(isOf)) return content;
  const columns = content.columns.map((column) =>
    isOf(column) ? { ...column, place: { ...column.place!, line: null, literal: null } } : column,
  );
  return { ...content, columns };
}

/** The numbers of the prompts of a group that are shown. */
export function shownOf({ columns }: Content, { uri, group }: Pick<GroupNow, 'uri' | 'group'>): number[] {
  return columns.flatMap(({ place }) =>
    place !== null && place.uri === uri && place.group === group && place.line !== null ? [place.index] : [],
  );
}

function followed(column: Column, places: readonly (number | null)[], now: GroupNow): Column {
  const { place } = column;
  if (place === null || place.uri !== now.uri || place.group !== now.group) return column;
  const index = places[place.index] ?? null;
  const prompt = index === null ? undefined : now.prompts[index];
  const next: Column =
    index === null || prompt === undefined
      ? { ...column, place: { ...place, line: null, literal: null } }
      : {
          ...column,
          text: prompt.text,
          kind: prompt.kind,
          template: prompt.template,
          templates: now.templates,
          classes: now.classes,
          place: { ...place, index, line: prompt.line, literal: prompt.literal },
        };
  return JSON.stringify(next) === JSON.stringify(column) ? column : next;
}

/** A rewording is filled as what it rewords. */
function filledAsOriginal(column: Column, columns: readonly Column[]): Column {
  const original = columns.find(({ id }) => id === column.draftOf);
  if (original === undefined) return column;
  const { templates, classes } = original;
  return column.templates === templates && column.classes === classes
    ? column
    : { ...column, templates, classes };
}

function columnOf(member: Member, id: number): Column {
  if (!('group' in member)) return freeColumn(member.text, id);
  const { group, index } = member;
  const { text, kind, template, line, literal } = group.prompts[index]!;
  return {
    id,
    text,
    kind,
    template,
    templates: group.templates,
    classes: group.classes,
    place: { uri: group.uri, group: group.group, index, line, literal },
    draftOf: null,
  };
}

function freeColumn(text: string, id: number): Column {
  const kind: PromptKind = 'prompt';
  return { id, text, kind, template: null, templates: [], classes: [], place: null, draftOf: null };
}

/** Prompts of one group in its order, where the first of them stands; drafts stay beside what they reword. */
function inFileOrder(columns: readonly Column[]): Column[] {
  const own = columns.filter(({ draftOf }) => draftOf === null);
  const groupOf = ({ place }: Column) => (place === null ? null : `${place.uri}\n${place.group}`);
  const sorted = own.map((column) => ({ column, group: groupOf(column) }));
  const queues = new Map<string, Column[]>();
  for (const { column, group } of sorted) {
    if (group !== null) queues.set(group, [...(queues.get(group) ?? []), column]);
  }
  for (const queue of queues.values()) queue.sort((a, b) => a.place!.index - b.place!.index);
  return sorted
    .map(({ column, group }) => (group === null ? column : queues.get(group)!.shift()!))
    .flatMap((column) => [column, ...columns.filter(({ draftOf }) => draftOf === column.id)]);
}

/** Drafts of what is gone go with it, and so does the choice of a pair. */
function withoutOrphans(content: Content): Content {
  const ids = new Set(content.columns.map(({ id }) => id));
  const columns = content.columns.filter(({ draftOf }) => draftOf === null || ids.has(draftOf));
  const left = new Set(columns.map(({ id }) => id));
  const { pair } = content;
  return {
    ...content,
    columns,
    pair: pair !== null && left.has(pair.of) && left.has(pair.against) ? pair : null,
  };
}
