import { createHash } from 'node:crypto';
import { type IsotonicFit, isotonicAt, isotonicFit } from '../numeric/isotonic';
import { rules } from './rules';

/** A pair that expectations are fitted to. */
export interface FittedPair {
  /** What its subject says: subjects that say the same (a prompt, and the probe's class of it) are one. */
  readonly text: string;
  readonly component: number;
  readonly alignment: number;
  readonly measured: number;
}

export interface Expectations {
  /** The share expected of each pair, by the fit of the folds that its subject is not in. */
  readonly expected: Float64Array;
  /** Over all pairs; null where there are none. */
  readonly fit: IsotonicFit | null;
  readonly notes: readonly string[];
}

/**
 * Cross-fitted isotonic fit of mean share on alignment. Folds are of subjects: what one of them relies on has no part in
 * what is expected of it. A subject that is alone is held against its own other components.
 */
export function expectations(pairs: readonly FittedPair[]): Expectations {
  if (pairs.length === 0) return { expected: new Float64Array(0), fit: null, notes: [] };
  const texts = new Set(pairs.map(({ text }) => sayingOf(text)));
  const isAlone = texts.size === 1;
  const folds = isAlone
    ? foldsOf(pairs.map(({ component }) => String(component)))
    : foldsOf(pairs.map(({ text }) => sayingOf(text)));
  const expected = new Float64Array(pairs.length);
  for (const fold of new Set(folds)) {
    const others = pairs.filter((_, i) => folds[i] !== fold);
    // A component that is alone has nothing to be expected by: all of its share is above it.
    const fit = others.length === 0 ? null : fitOf(others);
    for (const [i, { alignment }] of pairs.entries()) {
      if (folds[i] === fold) expected[i] = fit === null ? 0 : isotonicAt(fit, alignment);
    }
  }
  return {
    expected,
    fit: fitOf(pairs),
    notes: isAlone
      ? [
          'Only one prompt was tested: what is expected of it is read from its own other components. With more prompts it is read from theirs.',
        ]
      : [],
  };
}

function fitOf(pairs: readonly FittedPair[]): IsotonicFit {
  return isotonicFit(
    pairs.map(({ alignment }) => alignment),
    pairs.map(({ measured }) => measured),
  );
}

/** Case and spaces say nothing. */
function sayingOf(text: string): string {
  return text.trim().replace(/\s+/g, ' ').toLowerCase();
}

/** A fold for each, equal names in the same: as many folds as `rules.folds`, drawn by what the names are. */
function foldsOf(names: readonly string[]): readonly number[] {
  const hash = (name: string) => createHash('sha256').update(name).digest('hex');
  const order = [...new Set(names)]
    .map((name) => ({ name, hash: hash(name) }))
    .sort((a, b) => (a.hash < b.hash ? -1 : 1));
  const folds = new Map(order.map(({ name }, at) => [name, at % rules.folds]));
  return names.map((name) => folds.get(name)!);
}
