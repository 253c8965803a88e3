import type { FindingKind } from '../../src/shared/audit';
import type { Noun } from '../world/nouns';
import type { Labels, Right } from './labels';
import { averagePrecision, precisionAt } from './metrics';
import { type PlantedKind, promptOf } from './planted';
import type { MethodResult, PlantedResult } from './results';
import { nameOf } from './things';
import type { Truth } from './truth';

/** A pair as a method ranks it; baselines say no kind. */
export interface RankedPair {
  readonly noun: Noun;
  readonly component: number;
  readonly kind: FindingKind | null;
}

/** What a finding on a planted thing should be called. */
const kindOf = {
  shortcut: 'artefact',
  homonym: 'homonym',
  compound: 'compound',
  written: 'written',
} as const satisfies Record<PlantedKind, FindingKind>;

export interface Judged extends RankedPair {
  /** Why it is right: none if it is false. */
  readonly right: readonly Right[];
}

export async function judge(pairs: readonly RankedPair[], labels: Labels): Promise<readonly Judged[]> {
  const judged: Judged[] = [];
  for (const pair of pairs) judged.push({ ...pair, right: await labels.right(pair.noun, pair.component) });
  return judged;
}

/**
 * @param ranked best first
 * @param cut how many of them the method reports
 */
export function evaluate(
  name: MethodResult['name'],
  ranked: readonly Judged[],
  cut: number,
  truth: Truth,
): MethodResult {
  const reported = ranked.slice(0, cut);
  const ranking = ranked.map(({ right }) => right.length > 0);
  const planted = truth.planted.filter((one) => one.true);
  const found = planted.filter((one) => reported.some((pair) => finds(pair, one)));
  const named = reported.flatMap((pair) => {
    const kinds = planted.filter((one) => finds(pair, one)).map(({ kind }) => kindOf[kind]);
    return kinds.length === 0 || pair.kind === null ? [] : [(kinds as FindingKind[]).includes(pair.kind)];
  });
  return {
    name,
    reported: reported.length,
    ranked: ranked.length,
    precision10: precisionAt(ranking, 10),
    precision30: precisionAt(ranking, 30),
    precision: precisionAt(ranking, cut),
    recall: planted.length === 0 ? null : found.length / planted.length,
    area: averagePrecision(
      ranking,
      (place) => [...planted.keys()].filter((i) => finds(ranked[place]!, planted[i]!)),
      planted.length,
    ),
    kinds: named.length === 0 ? null : { findings: named.length, right: named.filter((is) => is).length },
  };
}

/** What became of everything that was planted. */
export function plantedResults(findings: readonly Judged[], { planted }: Truth): PlantedResult[] {
  return planted.map((one) => {
    const by = findings.filter((pair) => finds(pair, one));
    return { ...one, by: by.map(({ component, kind }) => ({ component, kind: kind! })) };
  });
}

function finds({ noun, right }: Judged, planted: Truth['planted'][number]): boolean {
  return promptOf(noun) === planted.prompt && right.some(({ thing }) => nameOf(thing) === planted.thing);
}
