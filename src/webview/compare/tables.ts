import { type ComparedColumn, type CompareState, mostOfEach } from '../../shared/compareProtocol';
import { heatRows, scoreRows } from '../../shared/comparisonTable';
import type { Ordering } from './viewState';

/** A prompt of the view and how it is called in tables that have no room for it. */
export interface ShownPrompt {
  readonly column: ComparedColumn;
  /** `1`, `2`…; a rewording of the second is `2′`. */
  readonly label: string;
}

export function shownPrompts(columns: readonly ComparedColumn[]): ShownPrompt[] {
  const own = columns.filter(({ draftOf }) => draftOf === null);
  const labels = new Map(own.map(({ id }, index) => [id, String(index + 1)]));
  return columns.map((column) => ({
    column,
    label: column.draftOf === null ? labels.get(column.id)! : `${labels.get(column.draftOf) ?? ''}′`,
  }));
}

/** What an image, or all of them, make of a prompt; null while it is not computed. */
export interface PromptScore {
  /** y, mean over the images. */
  readonly similarity: number | null;
  /** Among the prompts shown; of a rewording what it would have in the place of what it rewords. */
  readonly confidence: number | null;
  /** y, one per image of the state; null where it failed, too. */
  readonly perImage: readonly (number | null)[];
  readonly readings: readonly string[];
}

type Scored = Pick<CompareState, 'columns' | 'scores' | 'study' | 'images'>;

/** One per column, in order. */
export function promptScores({ columns, scores, study, images }: Scored): PromptScore[] {
  const missing: PromptScore = {
    similarity: null,
    confidence: null,
    perImage: images.map(() => null),
    readings: [],
  };
  if (scores === null || study === null) return columns.map(() => missing);
  const place = ({ direction }: ComparedColumn) => scores.directions.indexOf(direction);
  const scaling = study.model;
  const rowsOf = (shown: readonly ComparedColumn[]) => scoreRows(scores, scaling, shown.map(place));
  // What nothing is known to fill is no alternative; what is not computed yet is one.
  const own = columns.filter(({ draftOf, direction }) => draftOf === null && direction !== '');
  const complete = own.every((column) => place(column) >= 0);
  const among = complete ? rowsOf(own) : [];
  return columns.map((column) => {
    if (place(column) < 0) return missing;
    const [alone] = rowsOf([column]);
    const original = own.findIndex(({ id }) => id === column.draftOf);
    const confidence = !complete
      ? null
      : column.draftOf === null
        ? among[own.indexOf(column)]!.confidence
        : original < 0
          ? null
          : rowsOf(own.with(original, column))[original]!.confidence;
    const values = alone!.similarities.values();
    const perImage = images.map((_, i) =>
      scores.failures[i] === null ? (values.next().value ?? null) : null,
    );
    const readings = scores.readings[place(column)] ?? [];
    return { similarity: alone!.similarity, confidence, perImage, readings };
  });
}

/** A component and its mean attribution to each prompt. */
export interface HeatTableRow {
  readonly component: number;
  readonly activation: number;
  /** One per column of the view; null where it is not computed. */
  readonly cells: readonly (number | null)[];
}

export interface HeatTableRows {
  /** Of all components that are among the largest of some prompt. */
  readonly rows: readonly HeatTableRow[];
  /** The largest |A| among all cells. */
  readonly largest: number;
}

export function heatTableRows(
  columns: readonly ComparedColumn[],
  heat: CompareState['heat'],
  ordering: Ordering,
): HeatTableRows {
  if (heat === null) return { rows: [], largest: 0 };
  const known = columns.flatMap((column, index) => {
    const place = heat.directions.indexOf(column.direction);
    return place < 0 ? [] : [{ index, place }];
  });
  const rows = heatRows(
    heat,
    known.map(({ place }) => place),
  ).filter(({ largest }) => largest > 0);
  const cells = (attributions: readonly number[]) => {
    const row: (number | null)[] = columns.map(() => null);
    for (const [i, { index }] of known.entries()) row[index] = attributions[i]!;
    return row;
  };
  const by = ordering.by === 'column' ? columns.findIndex(({ id }) => id === ordering.column) : -1;
  const sorted =
    ordering.by === 'spread'
      ? rows.toSorted((a, b) => b.spread - a.spread)
      : by < 0 || ordering.by !== 'column'
        ? rows
        : sortedBy(
            rows,
            known.findIndex(({ index }) => index === by),
            ordering.descending,
          );
  return {
    rows: sorted.map(({ component, activation, attributions }) => ({
      component,
      activation,
      cells: cells(attributions),
    })),
    largest: rows.reduce((most, { largest }) => Math.max(most, largest), 0),
  };
}

function sortedBy<Row extends { readonly attributions: readonly number[] }>(
  rows: readonly Row[],
  column: number,
  descending: boolean,
): readonly Row[] {
  if (column < 0) return rows;
  const value = ({ attributions }: Row) => attributions[column]!;
  return rows.toSorted((a, b) => (descending ? value(b) - value(a) : value(a) - value(b)));
}

/** A component's part in the difference of two prompts; all in units of y. */
export interface DifferenceRow {
  readonly component: number;
  /** Of the difference itself: above zero it pulls to the first. */
  readonly attribution: number;
  readonly of: number;
  readonly against: number;
}

export interface DifferenceRows {
  /** y of the first less y of the second, mean over the images. */
  readonly similarity: number;
  /** Σ|A| of the difference, over all components. */
  readonly total: number;
  /** The largest by |attribution|, largest first. */
  readonly rows: readonly DifferenceRow[];
}

/** Null while the difference of these two is not computed. */
export function differenceRows(
  difference: CompareState['difference'],
  of: ComparedColumn,
  against: ComparedColumn,
): DifferenceRows | null {
  if (difference === null || difference.of !== of.direction || difference.against !== against.direction) {
    return null;
  }
  const { comparison } = difference;
  const images = comparison.failures.filter((failure) => failure === null).length;
  const size = comparison.components.length;
  const similarity =
    comparison.similarities.subarray(0, images).reduce((sum, value) => sum + value, 0) / images;
  const rows = Array.from(comparison.components, (component, c) => ({
    component,
    attribution: comparison.attributions[c]!,
    of: comparison.attributions[size + c]!,
    against: comparison.attributions[2 * size + c]!,
  }));
  return {
    similarity,
    total: comparison.totals[0] ?? 0,
    rows: rows
      .filter(({ attribution }) => attribution !== 0)
      .sort((a, b) => Math.abs(b.attribution) - Math.abs(a.attribution) || a.component - b.component)
      // What follows is there for either end's sake, and has gaps.
      .slice(0, mostOfEach),
  };
}

/** Cosines between columns, one row per column; null where they are not computed. */
export function cosineRows(
  columns: readonly ComparedColumn[],
  relation: CompareState['relation'],
): (number | null)[][] {
  const places = columns.map(({ direction }) => relation?.directions.indexOf(direction) ?? -1);
  const size = relation?.directions.length ?? 0;
  return places.map((row) =>
    places.map((column) => (row < 0 || column < 0 ? null : (relation?.cosines[row * size + column] ?? null))),
  );
}
