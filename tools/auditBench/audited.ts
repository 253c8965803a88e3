import * as path from 'node:path';
import type { AuditReport, AuditSubject } from '../../src/shared/audit';
import type { Noun } from '../world/nouns';
import { type PlannedScene, planScenes } from '../world/plan';
import { type Candidate, Candidates, candidatesOf } from './candidates';
import { evaluate, type Judged, judge, plantedResults, type RankedPair } from './evaluate';
import { digest, keptOr } from './kept';
import type { Labels } from './labels';
import { type DrawnFolder, folderOf, pictureOf } from './library';
import { nounsOfInterest, promptDirection, promptOf } from './planted';
import type { AuditResult } from './results';
import type { Setup } from './setup';
import { nameOf } from './things';
import type { Truth } from './truth';

export interface AuditedWorld {
  readonly nouns: readonly Noun[];
  readonly perNoun: PerNoun;
  /** Nouns whose own words were planted. */
  readonly words: readonly Noun[];
}

/** Pictures of each noun: more of those that something is planted for, and of words of compounds. */
export interface PerNoun {
  readonly ofInterest: number;
  readonly others: number;
}

/** Scenes of a library: others than those that the ground truth is drawn from. */
export function libraryScenes(
  { world, seed }: Pick<Setup, 'world' | 'seed'>,
  nouns: readonly Noun[],
  perNoun: (noun: Noun) => number,
): readonly PlannedScene[] {
  return nouns.flatMap((noun) =>
    planScenes({ world, seed, nouns: [noun], perNoun: perNoun(noun), mixed: 0, with: [], without: [] }),
  );
}

export function subjectsOf(nouns: readonly Noun[]): readonly AuditSubject[] {
  return nouns.map((noun) => ({
    name: promptOf(noun),
    direction: promptDirection(noun),
    text: promptOf(noun),
    set: 'prompts',
    images: { kind: 'folders', folders: [folderOf(noun)] },
    expected: [],
    beside: null,
  }));
}

export function rankedFindings({ findings }: AuditReport, nouns: readonly Noun[]): readonly RankedPair[] {
  return findings.map(({ subject, component, kind }) => ({ noun: nouns[subject]!, component, kind }));
}

/** The library that prompts are audited over, drawn and indexed but for what an earlier run kept. */
export async function auditedLibrary(
  { world, seed, kept, observer, engine, glyphs, size, say }: Setup,
  { nouns, perNoun }: Pick<AuditedWorld, 'nouns' | 'perNoun'>,
): Promise<DrawnFolder & { readonly library: string }> {
  const ofInterest = nounsOfInterest(world, nouns);
  const planned = libraryScenes({ world, seed }, nouns, (noun) =>
    ofInterest.has(noun) ? perNoun.ofInterest : perNoun.others,
  );
  const folder = path.join(kept, `audited-${digest(JSON.stringify([observer.key, size, planned]))}`);
  const library = `${folder}.duckdb`;
  say(`Drawing and indexing ${planned.length} pictures …`);
  await engine.index(library, [{ folder, planned }], glyphs, size);
  return { folder, planned, library };
}

/** The audit and the baselines on a library of the world: the audit alone first, as baselines take long to judge. */
export async function* benchAudit(
  setup: Setup,
  { nouns, perNoun, words }: AuditedWorld,
  truth: Truth,
  labels: Labels,
): AsyncGenerator<Omit<AuditResult, 'scenes'>> {
  const { engine, observer, say } = setup;
  const { folder, planned, library } = await auditedLibrary(setup, { nouns, perNoun });
  say('Auditing …');
  const started = performance.now();
  const report = await engine.audit(library, subjectsOf(nouns), setup.audit);
  const seconds = (performance.now() - started) / 1000;
  const findings = await judge(rankedFindings(report, nouns), labels);
  for (const [i, { component, label, kind, score }] of report.findings.entries()) {
    const { noun, right } = findings[i]!;
    const why =
      right.length > 0
        ? `right: ${right.map(({ name }) => name).join(', ')}`
        : `wrong; belongs to ${labels.unsaid(noun, component).map(nameOf).join(', ') || 'nothing'}`;
    say(`  ${promptOf(noun)} · ${component} (${label}) · ${kind} · ${score.toFixed(3)} · ${why}`);
  }
  const cut = findings.length;
  const measured = (name: AuditResult['methods'][number]['name'], list: readonly Judged[]) =>
    evaluate(name, list, cut, truth);
  const audited = {
    images: planned.length,
    perNoun,
    prompts: nouns.length,
    words: [...words],
    margin: setup.audit.margin,
    level: setup.audit.level,
    amount: truth.amount,
    planted: plantedResults(findings, truth),
    findings: report.findings.map(
      ({ subject, component, label, measured: share, expected, score, alignment, kind }, i) => ({
        prompt: promptOf(nouns[subject]!),
        component,
        label,
        measured: share,
        expected,
        score,
        alignment,
        kind,
        right: findings[i]!.right.map(({ name }) => name),
        belongs: labels
          .unsaid(nouns[subject]!, component)
          .map(nameOf)
          .filter((name) => !findings[i]!.right.some((one) => one.name === name)),
      }),
    ),
    seconds,
  };
  const first = measured('audit', findings);
  yield { ...audited, pairs: report.pairs, rights: null, methods: [first] };
  say('Baselines …');
  const background = new Set(report.background.map(({ component }) => component));
  const candidates: (Candidate & { readonly noun: Noun })[] = [];
  for (const noun of nouns) {
    const files = planned
      .filter(({ scene }) => scene.things[0]!.noun === noun)
      .map(({ file }) => pictureOf(folder, file));
    const active = await keptOr(path.join(folder, `${folderOf(noun)}.json`), Candidates, () =>
      candidatesOf(noun, files, observer),
    );
    candidates.push(
      ...active.filter(({ component }) => !background.has(component)).map((one) => ({ ...one, noun })),
    );
  }
  const alignments = await engine.align(
    library,
    candidates.map(({ noun, component }) => ({ component, text: promptOf(noun) })),
  );
  say('Ground truth of the pairs …');
  const pairs = candidates.flatMap((one, i) => {
    const alignment = alignments[i];
    return alignment === null || alignment === undefined ? [] : [{ ...one, alignment, kind: null }];
  });
  const judged = await judge(pairs, labels);
  const isRight = new Set([...findings, ...judged].filter(({ right }) => right.length > 0).map(keyOf));
  const ranked = (by: (pair: (typeof pairs)[number]) => number): readonly Judged[] =>
    [...pairs.keys()].sort((a, b) => by(pairs[b]!) - by(pairs[a]!)).map((i) => judged[i]!);
  yield {
    ...audited,
    pairs: pairs.length,
    rights: isRight.size,
    methods: [
      first,
      measured(
        'attribution',
        ranked(({ attribution }) => attribution),
      ),
      measured(
        'ablation',
        ranked(({ ablation }) => ablation),
      ),
      measured(
        'alignment',
        ranked(({ alignment }) => -alignment),
      ),
      measured(
        'logit lens',
        ranked(({ lens }) => lens),
      ),
    ],
  };
}

function keyOf({ noun, component }: RankedPair): string {
  return `${noun}: ${component}`;
}
