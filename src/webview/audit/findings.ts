import * as z from 'zod';
import { FindingKind, findingKinds } from '../../shared/audit';
import type { ShownFinding } from '../../shared/auditProtocol';
import { Verdict } from '../../shared/decisions';

export const orderings = [
  'prompt',
  'component',
  'measured',
  'expected',
  'score',
  'alignment',
  'kind',
  'effect',
  'decision',
] as const;

export const Ordering = z.strictObject({ by: z.enum(orderings), descending: z.boolean() });
export type Ordering = z.infer<typeof Ordering>;

export const DecisionFilter = z.enum(['any', 'undecided', ...Verdict.options]);
export type DecisionFilter = z.infer<typeof DecisionFilter>;

/** Which findings are listed. What is typed is not kept: nobody remembers it after a reload, and wonders what is missing. */
export const Filter = z.strictObject({
  kind: z.enum(['any', ...FindingKind.options]),
  decision: DecisionFilter,
  /** `probe` and the name of one, as `setOf` writes it. */
  set: z.string(),
  confirmed: z.boolean(),
});
export type Filter = z.infer<typeof Filter>;

export const everything: Filter = { kind: 'any', decision: 'any', set: 'any', confirmed: false };

/** The set that a finding is of, as filters name it: `prompts`, or `probe` and its name. */
export function setOf({ probe }: Pick<ShownFinding, 'probe'>): string {
  return probe === null ? 'prompts' : `probe ${probe}`;
}

/** Whether switching the component off was measured to lower the score, and by more than chance. */
export function isConfirmed({ effect }: Pick<ShownFinding, 'effect'>): boolean {
  return effect !== null && (effect.interval === null ? effect.similarity < 0 : effect.interval[1] < 0);
}

/** What a first press on a column's head orders by: where large is bad, large first. */
export function firstDirection(by: Ordering['by']): boolean {
  switch (by) {
    case 'measured':
    case 'expected':
    case 'score':
      return true;
    case 'prompt':
    case 'component':
    case 'alignment':
    case 'kind':
    // The largest loss is the most negative change.
    case 'effect':
    case 'decision':
      return false;
  }
}

/**
 * Places in `findings` of those that pass, in order. Ties stay in the report's order, which is by score; what has no
 * value to order by is last, whichever way.
 *
 * @param text what prompt, label, number or note must contain; empty for anything
 */
export function arrange(
  findings: readonly ShownFinding[],
  filter: Filter,
  text: string,
  { by, descending }: Ordering,
): number[] {
  const wanted = text.trim().toLowerCase();
  const places = findings.flatMap((finding, place) => (passes(finding, filter, wanted) ? [place] : []));
  const values = new Map(places.map((place) => [place, orderedBy(findings[place]!, by)]));
  // Changes of different units are not larger or smaller than each other: each unit's stand together, prompts first.
  const unit = (place: number) => (by === 'effect' ? (findings[place]!.probe ?? '') : '');
  return places.sort((a, b) => {
    const [x, y] = [values.get(a) ?? null, values.get(b) ?? null];
    if (x === null || y === null) return Number(x === null) - Number(y === null) || a - b;
    return compare(unit(a), unit(b)) || (descending ? -1 : 1) * compare(x, y) || a - b;
  });
}

function passes(finding: ShownFinding, filter: Filter, text: string): boolean {
  const { kind, decision, set, confirmed } = filter;
  const verdict = finding.decision?.verdict ?? 'undecided';
  return (
    (kind === 'any' || finding.kind === kind) &&
    (decision === 'any' || verdict === decision) &&
    (set === 'any' || setOf(finding) === set) &&
    (!confirmed || isConfirmed(finding)) &&
    (text === '' || searchable(finding).includes(text))
  );
}

function searchable({ prompt, label, component, file, decision }: ShownFinding): string {
  return [prompt, label ?? '', String(component), file ?? '', decision?.note ?? ''].join('\n').toLowerCase();
}

/** In the order in which a person goes through them: undecided, to do, spurious, expected. */
const decisionOrder = [null, 'todo', 'spurious', 'expected'] as const;

function orderedBy(finding: ShownFinding, by: Ordering['by']): string | number | null {
  switch (by) {
    case 'prompt':
      return finding.prompt;
    case 'component':
      return finding.label;
    case 'kind':
      return findingKinds.indexOf(finding.kind);
    case 'effect':
      return finding.effect?.similarity ?? null;
    case 'decision':
      return decisionOrder.indexOf(finding.decision?.verdict ?? null);
    case 'measured':
    case 'expected':
    case 'score':
    case 'alignment':
      return finding[by];
  }
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

function compare(a: string | number, b: string | number): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(String(a), String(b));
}
