import type { AuditedImages, AuditReport, AuditSubject, Finding, FindingSample, Unexplained } from './audit';
import { type AuditComparison, compareAudits } from './auditComparison';
import { promptOf } from './auditProbe';
import type { Decision } from './decisions';
import type { EngineInfo } from './engineProtocol';
import { computedBy, identities } from './report';

/** An audit, with all that is said of it wherever it is told. */
export interface Audit {
  readonly engine: Pick<EngineInfo, 'version'>;
  readonly report: AuditReport;
  /** Those that were asked for: `report.subjects` are in their order. */
  readonly subjects: readonly AuditSubject[];
  /** Of each finding, in order; null where nothing was decided. */
  readonly decisions: readonly (Decision | null)[];
}

/** What an audit is told with. */
export interface AuditReportInput extends Audit {
  /** The same prompts by another model or dictionary; null where none was asked for. */
  readonly against: Audit | null;
  /** Folder that paths within it are told relative to, absolute; null: all are as they are. */
  readonly base: string | null;
  /** Further notes: of the library, say. */
  readonly notes: readonly string[];
}

/** The subject of a finding, or of what is unexplained. */
export function subjectOf(
  { subjects }: Pick<Audit, 'subjects'>,
  { subject }: Pick<Finding, 'subject'>,
): AuditSubject {
  const found = subjects[subject];
  if (found === undefined)
    throw new RangeError(`a finding is about subject ${subject} of ${subjects.length}`);
  return found;
}

/** What a person calls a subject: of a probe's class that it is one. */
export function nameOf({ name, direction, set }: AuditSubject): string {
  return direction.kind === 'linear' ? `${name} (probe ${set})` : name;
}

/** Places of findings, the largest score first: that is how they are told everywhere. */
export function rankedFindings({ findings }: Pick<AuditReport, 'findings'>): readonly number[] {
  return [...findings.keys()].sort((a, b) => findings[b]!.score - findings[a]!.score || a - b);
}

/** The audit as JSON, as `docs/audit.md` states it. The keys of a finding that others rely on come first. */
export function auditJson(input: AuditReportInput) {
  const { against, base } = input;
  return {
    ...oneAudit(input, base),
    notes: [
      ...input.report.study.notes,
      ...input.report.grounds.notes,
      ...input.report.notes,
      ...input.notes,
    ],
    against:
      against === null
        ? null
        : { ...oneAudit(against, base), comparison: comparisonJson(compareAudits(input, against)) },
  };
}

export function auditJsonText(input: AuditReportInput): string {
  return `${JSON.stringify(auditJson(input), null, 2)}\n`;
}

function oneAudit(audit: Audit, base: string | null) {
  const { engine, report, subjects } = audit;
  return {
    findings: rankedFindings(report).map((i) => findingJson(audit, report.findings[i]!, i, base)),
    engine: computedBy(engine, report.study),
    ...identities(report.study),
    key: report.study.key,
    judge: report.grounds.judge ?? 'self',
    images: report.grounds.images,
    margin: report.margin,
    level: report.level,
    pairs: report.pairs,
    subjects: subjects.map((subject, i) => {
      const { images, similarity, accuracy, tested, error, notes } = report.subjects[i]!;
      return {
        prompt: promptOf(subject),
        text: subject.text,
        kind: subject.direction.kind,
        set: subject.set,
        beside: subject.beside === null ? null : promptOf(subjects[subject.beside]!),
        expected: subject.expected,
        from: imagesJson(subject.images, base),
        images,
        similarity,
        accuracy,
        tested,
        error: error?.message ?? null,
        notes,
      };
    }),
    unexplained: report.unexplained.map((one) => unexplainedJson(audit, one)),
    background: report.background.map(({ component, ...rest }) => ({ latent: component, ...rest })),
    fit: report.fit,
  };
}

function imagesJson(images: AuditedImages, base: string | null) {
  switch (images.kind) {
    case 'folders':
      return { folders: images.folders };
    case 'files':
      return { files: images.paths.map((path) => relativeTo(base, path)) };
    case 'matches':
      return { matches: images.most };
  }
}

function findingJson(audit: Audit, finding: Finding, index: number, base: string | null) {
  const { effect } = finding;
  const decision = audit.decisions[index] ?? null;
  const sample = ({ path, ...rest }: FindingSample) => ({ image: relativeTo(base, path), ...rest });
  return {
    prompt: promptOf(subjectOf(audit, finding)),
    latent: finding.component,
    label: finding.label,
    measured: finding.measured,
    expected: finding.expected,
    score: finding.score,
    interval: finding.interval,
    alignment: finding.alignment,
    kind: finding.kind,
    /** Both are changes, without the component less with it. */
    effect: effect && {
      similarity: effect.similarity,
      accuracy: effect.accuracy && effect.accuracy.after - effect.accuracy.before,
      interval: effect.interval,
      images: effect.images,
      classified: effect.accuracy,
      absent: effect.absent,
    },
    samples: finding.samples.map(sample),
    absent: finding.absent.map(sample),
    images: finding.images,
    active: finding.active,
    p: finding.p,
    alignments: finding.alignments,
    excuse: finding.excuse,
    tests: finding.tests,
    beside: finding.beside,
    decision: decision && { verdict: decision.verdict, note: decision.note ?? null },
  };
}

function unexplainedJson(audit: Audit, one: Unexplained) {
  const { subject: _subject, component, label, ...rest } = one;
  return { prompt: promptOf(subjectOf(audit, one)), latent: component, label, ...rest };
}

function comparisonJson({ prompts, matchedBy }: AuditComparison) {
  const one = ({ component, label }: Finding) => ({ latent: component, label });
  return {
    matchedBy,
    prompts: prompts.map(({ prompt, both, first, second, missing }) => ({
      prompt,
      both: both.map(([a, b]) => [one(a), one(b)]),
      first: first.map(one),
      second: second.map(one),
      missing,
    })),
  };
}

/** A path with slashes; relative to `base` where it lies in it. Both are absolute, of any system. */
export function relativeTo(base: string | null, path: string): string {
  const slashed = (text: string) => (isWindows(text) ? text.replaceAll('\\', '/') : text);
  const whole = slashed(path);
  if (base === null) return whole;
  const folder = `${slashed(base).replace(/\/+$/, '')}/`;
  const same = isWindows(base)
    ? whole.toLowerCase().startsWith(folder.toLowerCase())
    : whole.startsWith(folder);
  return same && whole.length > folder.length ? whole.slice(folder.length) : whole;
}

function isWindows(path: string): boolean {
  return /^(?:[a-z]:[\\/]|\\\\)/i.test(path);
}
