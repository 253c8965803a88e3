import type { Reliance } from '../../shared/library';

/** Those that rely on it most first; of equals, and where nothing was computed, the best aligned. */
export function byReliance(reliance: readonly Reliance[]): readonly Reliance[] {
  const magnitude = ({ mean }: Reliance) => (mean === null ? -1 : Math.abs(mean));
  const alignment = (one: Reliance) => one.alignment ?? Number.NEGATIVE_INFINITY;
  return [...reliance].sort((a, b) => magnitude(b) - magnitude(a) || compare(alignment(b), alignment(a)));
}

/** What the bars of all prompts are drawn against; 1 where there is nothing to draw. */
export function scalesOf(reliance: readonly Reliance[]): {
  readonly alignment: number;
  readonly mean: number;
} {
  const largest = (values: readonly (number | null)[]) =>
    Math.max(...values.map((value) => Math.abs(value ?? 0))) || 1;
  if (reliance.length === 0) return { alignment: 1, mean: 1 };
  return {
    alignment: largest(reliance.map(({ alignment }) => alignment)),
    mean: largest(reliance.map(({ mean }) => mean)),
  };
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a - b;
}
