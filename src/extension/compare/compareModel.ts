import type { ComparedColumn, CompareState } from '../../shared/compareProtocol';
import { scoreRows, twoBest } from '../../shared/comparisonTable';
import type { Direction } from '../../shared/direction';
import type { ErrorInfo } from '../../shared/errors';
import type { Template } from '../../shared/foundPrompts';
import { type Column, columnDirection, directionName, templateText, textsOf } from './columns';
import type { CompareReport, Named, Pair } from './compareRun';
import { type Content, shownOf } from './content';

/**
 * The state of the view, what the person chose that it is of, and the number of the run that computes it: what an earlier
 * run still reports is dropped.
 */
export interface CompareModel {
  readonly run: number;
  readonly content: Content;
  readonly state: CompareState;
}

/** What the state needs to know of the world besides the content. */
export interface Surroundings {
  /** What a class is filled into where no templates are known. */
  readonly fallback: Template;
  /** A document's path as people read it. */
  readonly label: (uri: string) => string;
  /** How many prompts the group of the view has now; null where it is not found. */
  readonly size: number | null;
}

/** What is computed, and nothing of it yet. */
const nothingComputed = {
  study: null,
  scores: null,
  heat: null,
  relation: null,
  difference: null,
  components: null,
  poor: [],
} satisfies Partial<CompareState>;

export function openCompare(content: Content, images: readonly string[], around: Surroundings): CompareModel {
  return {
    run: 0,
    content,
    state: {
      ...nothingComputed,
      ...shownContent(content, around),
      revision: 0,
      images: [...images],
      engine: null,
      progress: null,
      error: null,
      notes: [],
      pair: null,
      undo: null,
    },
  };
}

/** Another content. Numbers stay: they go by what they are of. */
export function withContent(model: CompareModel, content: Content, around: Surroundings): CompareModel {
  const shown = shownContent(content, around);
  const pair = pairOf(content, { ...model.state, ...shown });
  return change({ ...model, content }, { ...shown, pair });
}

/** Other images, another study: nothing that is computed holds. */
export function withoutNumbers(
  model: CompareModel,
  images: readonly string[],
  notes: readonly string[],
): CompareModel {
  return change(model, { ...nothingComputed, images: [...images], notes: [...notes], pair: null });
}

/** A run begins. */
export function startComparison(model: CompareModel): CompareModel {
  return change(
    { ...model, run: model.run + 1 },
    { error: null, progress: { stage: 'Starting', done: 0, total: 0 } },
  );
}

/** Nothing is computed: there is nothing to compute. */
export function idle(model: CompareModel): CompareModel {
  return change({ ...model, run: model.run + 1 }, { error: null, progress: null });
}

/** The model after a report of run `run`; the same object where that is out of date. */
export function reported(model: CompareModel, run: number, event: CompareReport): CompareModel {
  return run === model.run ? change(model, reportedChange(model, event)) : model;
}

export function withComponents(model: CompareModel, components: CompareState['components']): CompareModel {
  return model.state.components === components ? model : change(model, { components });
}

export function withPoor(model: CompareModel, poor: CompareState['poor']): CompareModel {
  return change(model, { poor });
}

export function withUndo(model: CompareModel, undo: CompareState['undo']): CompareModel {
  return model.state.undo === undo ? model : change(model, { undo });
}

export function withError(model: CompareModel, error: ErrorInfo): CompareModel {
  return change(model, { error, progress: null });
}

/** What is scored, each once. */
export function directionsOf({ columns, fillings }: Content, fallback: Template): Named[] {
  const named = columns.flatMap((column) => {
    const direction = columnDirection(column, fillings, fallback);
    return direction === null ? [] : [{ name: directionName(direction), direction }];
  });
  return [...new Map(named.map((each) => [each.name, each])).values()];
}

/** The directions of the columns whose difference is shown. */
export function namedPair(
  model: CompareModel,
  scores: CompareState['scores'],
  fallback: Template,
): Pair | null {
  const { content, state } = model;
  const pair = pairOf(content, { ...state, scores });
  if (pair === null) return null;
  const named = (id: number): Named | null => {
    const column = content.columns.find((candidate) => candidate.id === id);
    const direction: Direction | null =
      column === undefined ? null : columnDirection(column, content.fillings, fallback);
    return direction === null ? null : { name: directionName(direction), direction };
  };
  const [of, against] = [named(pair.of), named(pair.against)];
  return of === null || against === null || of.name === against.name ? null : { of, against };
}

function reportedChange({ content, state }: CompareModel, event: CompareReport): Partial<CompareState> {
  switch (event.kind) {
    case 'engine':
      return { engine: event.engine };
    case 'progress':
      return { progress: event.progress };
    case 'scores': {
      const { study, scores } = event;
      return { study, scores, pair: pairOf(content, { ...state, study, scores }) };
    }
    case 'relation':
      return { study: event.study, relation: event.relation };
    case 'heat':
      return { heat: event.heat };
    case 'difference':
      return { difference: event.difference };
    case 'failed':
      return { error: event.error, progress: null };
    case 'finished':
      return { progress: null };
  }
}

/** The pair that the person chose, else the two columns with the best scores that are not mere rewordings. */
function pairOf(
  { pair }: Content,
  { columns, scores, study }: Pick<CompareState, 'columns' | 'scores' | 'study'>,
): CompareState['pair'] {
  if (pair !== null) return { ...pair, chosen: true };
  if (scores === null || study === null) return null;
  const eligible = columns.filter(
    ({ draftOf, direction }) => draftOf === null && scores.directions.includes(direction),
  );
  const distinct = [...new Map(eligible.map((column) => [column.direction, column])).values()];
  const rows = scoreRows(
    scores,
    study.model,
    distinct.map(({ direction }) => scores.directions.indexOf(direction)),
  );
  const best = twoBest(rows);
  if (best === null) return null;
  const [of, against] = best.map((row) => distinct[rows.indexOf(row)]!.id);
  return { of: of!, against: against!, chosen: false };
}

function shownContent(
  content: Content,
  around: Surroundings,
): Pick<CompareState, 'title' | 'columns' | 'part' | 'templates' | 'classes'> {
  const { title, columns, source, chosenBy, fillings } = content;
  const templates = [...new Set(columns.flatMap((column) => templatesUsed(column).map(templateText)))];
  const classes = [
    ...new Set(columns.flatMap((column) => (column.kind === 'template' ? column.classes : []))),
  ];
  const of = around.size ?? 0;
  const shown = source === null ? 0 : shownOf(content, { uri: source.uri, group: source.group }).length;
  return {
    title,
    columns: columns.map((column) => shownColumn(column, content, around)),
    part:
      source === null || (around.size !== null && shown >= of)
        ? null
        : { of, by: chosenBy ?? 'first', known: around.size !== null },
    templates:
      templates.length < 2 ? null : { texts: templates, chosen: indexOf(templates, fillings.template) },
    classes: classes.length === 0 ? null : { texts: classes, chosen: indexOf(classes, fillings.name) ?? 0 },
  };
}

function templatesUsed({ kind, templates }: Column): readonly Template[] {
  return kind === 'class' ? templates : [];
}

function indexOf(texts: readonly string[], text: string | null): number | null {
  const index = text === null ? -1 : texts.indexOf(text);
  return index < 0 ? null : index;
}

function shownColumn(
  column: Column,
  { fillings }: Content,
  { fallback, label }: Surroundings,
): ComparedColumn {
  const { id, text, kind, place, draftOf } = column;
  const direction = columnDirection(column, fillings, fallback);
  const texts = direction === null ? [] : textsOf(direction);
  return {
    id,
    text,
    scored: texts[0] ?? null,
    texts: Math.max(1, texts.length),
    kind,
    direction: direction === null ? '' : directionName(direction),
    place: place && {
      file: label(place.uri),
      line: place.line,
      fixed:
        place.line === null
          ? 'It is not found in its file any more.'
          : place.literal === null
            ? 'It is put together from several strings, or cut out of a longer one: no other text can be written in its place.'
            : null,
    },
    draftOf,
  };
}

function change(model: CompareModel, state: Partial<CompareState>): CompareModel {
  return { ...model, state: { ...model.state, ...state, revision: model.state.revision + 1 } };
}
