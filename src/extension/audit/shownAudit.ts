import type { Finding, FindingSample } from '../../shared/audit';
import { type Evidence, mostUntested, type ShownAudit, type ShownFinding } from '../../shared/auditProtocol';
import type { Decision } from '../../shared/decisions';
import { errorLine } from '../../shared/errors';
import type { AuditedPrompt, AuditOutcome } from './auditSession';

/** Name of the probe whose class a subject is; null of a prompt. */
export function probeOf({ direction, set }: Pick<AuditedPrompt, 'direction' | 'set'>): string | null {
  return direction.kind === 'linear' ? (set.split(/[\\/]/).pop() ?? set) : null;
}

/**
 * An audit as its page shows it.
 *
 * @param id names the run in what the page asks
 * @param decisionOf what the person decided about a finding
 */
export function shownAudit(
  id: number,
  { report, subjects, ended }: AuditOutcome,
  decisionOf: (finding: Finding) => Decision | null,
): ShownAudit {
  const { study, grounds, margin, level, background, pairs, fit, unexplained } = report;
  const classes = subjects.filter(({ direction }) => direction.kind === 'linear').length;
  const untested = report.subjects.flatMap(({ error, images }, i) =>
    error === null ? [] : [{ prompt: subjects[i]!.name, images, reason: errorLine(error) }],
  );
  return {
    id,
    study,
    judge: grounds.judge,
    margin,
    level,
    background,
    pairs,
    fit,
    ended,
    notes: [...new Set([...report.notes, ...grounds.notes])],
    counts: {
      images: grounds.images,
      prompts: subjects.length - classes,
      classes,
      tested: report.subjects.filter(({ tested }) => tested > 0).length,
    },
    probes: [...new Set(subjects.flatMap((subject) => probeOf(subject) ?? []))],
    findings: report.findings.map((finding) =>
      shownFinding(finding, subjects[finding.subject]!, decisionOf(finding)),
    ),
    unexplained: unexplained.map(({ subject: index, ...rest }) => {
      const subject = subjects[index]!;
      return { ...rest, prompt: subject.name, probe: probeOf(subject) };
    }),
    untested: { count: untested.length, listed: untested.slice(0, mostUntested) },
  };
}

function shownFinding(finding: Finding, subject: AuditedPrompt, decision: Decision | null): ShownFinding {
  const { subject: index, component, label, images, active, measured, expected } = finding;
  const { score, interval, p, alignment, excuse, kind, effect, beside } = finding;
  return {
    ...{ subject: index, component, label, images, active, measured, expected },
    ...{ score, interval, p, alignment, excuse, kind, effect, beside },
    prompt: subject.name,
    probe: probeOf(subject),
    file: subject.place?.file ?? null,
    decision: decision === null ? null : { verdict: decision.verdict, note: decision.note ?? null },
  };
}

/**
 * What a finding rests on, as its page shows it.
 *
 * @param sent tells which pictures the page may ask for, and gives their paths as they are shown
 */
export function evidenceOf(
  { report, subjects }: AuditOutcome,
  { subject, alignments, tests, samples, absent }: Finding,
  sent: (samples: readonly FindingSample[]) => FindingSample[],
): Evidence {
  const { similarity, accuracy, notes } = report.subjects[subject]!;
  return {
    alignments,
    tests,
    text: subjects[subject]!.text,
    samples: sent(samples),
    absent: sent(absent),
    similarity,
    accuracy,
    notes,
  };
}
