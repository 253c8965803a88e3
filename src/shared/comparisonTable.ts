import type { Comparison, Relation } from './comparison';
import { type LogitScaling, promptConfidences } from './confidence';

/** A direction of a comparison and what it scored. */
export interface ScoreRow {
  /** Its place among the directions that were compared. */
  readonly direction: number;
  /** y, one per image that was scored. */
  readonly similarities: readonly number[];
  /** Their mean. */
  readonly similarity: number;
  /** Its share among the rows, or its probability (confidence.ts), mean over the images. 0 to 1. */
  readonly confidence: number;
}

/**
 * Scores of the directions that are one another's alternatives, in the order they are named: a `versus` among them would
 * take a share, though it is no prompt. Shares are computed image by image and averaged then, so that they sum to 1 and
 * an image with clear scores counts as much as any other.
 */
export function scoreRows(
  { similarities, failures }: Pick<Comparison, 'similarities' | 'failures'>,
  scaling: LogitScaling,
  directions: readonly number[],
): ScoreRow[] {
  const images = scoredImages(failures);
  const rows = directions.map((d) => [...similarities.subarray(d * images, (d + 1) * images)]);
  const perImage = Array.from({ length: images }, (_, i) =>
    promptConfidences(
      rows.map((row) => row[i]!),
      scaling,
    ),
  );
  return rows.map((row, r) => ({
    direction: directions[r]!,
    similarities: row,
    similarity: mean(row),
    confidence: mean(perImage.map((confidences) => confidences[r]!)),
  }));
}

/** How many images were scored: the columns of `similarities`. */
export function scoredImages(failures: Comparison['failures']): number {
  return failures.filter((failure) => failure === null).length;
}

/** The rows with the largest mean similarity and the next; of equal ones the first. Null where there are not two. */
export function twoBest(rows: readonly ScoreRow[]): readonly [best: ScoreRow, next: ScoreRow] | null {
  const [best, next] = rows.toSorted((a, b) => b.similarity - a.similarity);
  return best === undefined || next === undefined ? null : [best, next];
}

/** A component and what each direction owes to it. */
export interface HeatRow {
  readonly component: number;
  /** Largest over tokens, mean over the images. */
  readonly activation: number;
  /** A in units of y, one per direction, in the order they were named. */
  readonly attributions: readonly number[];
  /** The largest |A| among them. */
  readonly largest: number;
  /** Their largest less their smallest: 0 where it tells the directions nothing apart. */
  readonly spread: number;
}

/** Components by the largest |A| among some directions, largest first; of equal ones the one with the lower number. */
export function heatRows(
  { components, activations, attributions }: Pick<Comparison, 'components' | 'activations' | 'attributions'>,
  directions: readonly number[],
): HeatRow[] {
  const rows = Array.from(components, (component, c) => {
    const row = directions.map((d) => attributions[d * components.length + c]!);
    return {
      component,
      activation: activations[c]!,
      attributions: row,
      largest: Math.max(0, ...row.map(Math.abs)),
      spread: row.length === 0 ? 0 : Math.max(...row) - Math.min(...row),
    };
  });
  return rows.sort((a, b) => b.largest - a.largest || a.component - b.component);
}

/** What one direction owes to a component. */
export interface RankedComponent {
  readonly component: number;
  /** A, in units of y. */
  readonly attribution: number;
  /** Of Σ|A| over all components, 0 to 1. */
  readonly share: number;
  readonly activation: number;
}

/** The components of one direction by |A|, largest first; those without any are left out. */
export function rankedComponents(
  comparison: Pick<Comparison, 'components' | 'activations' | 'attributions' | 'totals'>,
  direction: number,
  most: number,
): RankedComponent[] {
  const total = comparison.totals[direction]!;
  return heatRows(comparison, [direction])
    .filter(({ largest }) => largest > 0)
    .slice(0, most)
    .map(({ component, activation, attributions: [attribution] }) => ({
      component,
      attribution: attribution!,
      share: Math.abs(attribution!) / total,
      activation,
    }));
}

/** Cosines as rows, one per direction. */
export function relationRows({ cosines }: Pick<Relation, 'cosines'>): number[][] {
  const size = Math.round(Math.sqrt(cosines.length));
  return Array.from({ length: size }, (_, row) => [...cosines.subarray(row * size, (row + 1) * size)]);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
