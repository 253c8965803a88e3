import { compareAudits } from '../../shared/auditComparison';
import { type AuditReportInput, nameOf, rankedFindings, subjectOf } from '../../shared/auditReport';
import {
  componentText,
  counted,
  effectText,
  kindNames,
  signedPercent,
  studyName,
  verdictNames,
} from '../../shared/auditTexts';
import { percent } from '../../shared/points';

/** Findings that a terminal has room for. */
const shown = 50;

/** The audit for people: what it is of, then a line per finding, the largest score first. */
export function auditTable(input: AuditReportInput, library: string): string {
  const { report } = input;
  const { study, grounds, subjects, pairs, margin, level, findings } = report;
  const audited = subjects.filter(({ error }) => error === null).length;
  return [
    [
      `${studyName(report)}, ${study.dictionary.size} components · ${study.computed.device} ${study.computed.precision}`,
      `${library} · ${counted(grounds.images, 'image')} · judged by ${grounds.judge ?? 'itself'}`,
      `${audited} of ${counted(subjects.length, 'prompt')} audited · ${counted(pairs, 'pair')} looked at · ` +
        `margin ${percent(margin)} · false discoveries at most ${percent(level)}`,
    ].join('\n'),
    findings.length === 0 ? 'No prompt was found to rely on what it does not say.' : findingLines(input),
    ...(report.unexplained.length === 0
      ? []
      : [
          `${counted(report.unexplained.length, 'pair')} above what is expected, of no kind and no finding: reports list them`,
        ]),
    ...comparison(input),
  ].join('\n\n');
}

function findingLines(input: AuditReportInput): string {
  const { report, decisions } = input;
  const ranked = rankedFindings(report);
  const rows = ranked.slice(0, shown).map((index) => {
    const finding = report.findings[index]!;
    const decision = decisions[index] ?? null;
    const [low, high] = finding.interval;
    return [
      signedPercent(finding.score).padStart(9),
      `${signedPercent(low)} … ${signedPercent(high)}`.padStart(21),
      percent(finding.measured).padStart(10),
      percent(finding.expected).padStart(10),
      `  ${kindNames[finding.kind].padEnd(13)}`,
      `${decision === null ? 'new' : verdictNames[decision.verdict]}`.padEnd(10),
      `“${nameOf(subjectOf(input, finding))}” → ${componentText(report.study, finding)}`,
      finding.effect === null ? '' : ` · without it ${effectText(finding.effect)}`,
    ].join('');
  });
  const left = ranked.length - rows.length;
  return [
    `${'score'.padStart(9)}${'90 % interval'.padStart(21)}${'measured'.padStart(10)}${'expected'.padStart(10)}  ${'kind'.padEnd(13)}${'decision'.padEnd(10)}prompt → component`,
    ...rows,
    ...(left > 0 ? [`and ${left} more: --json and --report list all`] : []),
  ].join('\n');
}

function comparison(input: AuditReportInput): string[] {
  const { against } = input;
  if (against === null) return [];
  const { prompts, matchedBy } = compareAudits(input, against);
  const relying = prompts.filter(({ both, first, second }) => both.length + first.length + second.length > 0);
  const named = (findings: readonly { component: number; label: string | null }[]) =>
    findings.length === 0
      ? '–'
      : findings.map(({ component, label }) => `${component}${label === null ? '' : ` ${label}`}`).join(', ');
  return [
    [
      `beside ${studyName(against.report)}: ${counted(against.report.findings.length, 'finding')}, matched by ${matchedBy}`,
      ...relying.map(({ prompt, both, first, second }) => {
        const inBoth =
          both.length === 0 ? '–' : both.map(([a, b]) => `${named([a])} = ${named([b])}`).join(', ');
        return `  “${prompt}” · both: ${inBoth} · first alone: ${named(first)} · second alone: ${named(second)}`;
      }),
      ...prompts
        .filter(({ missing }) => missing === 'first' || missing === 'second')
        .slice(0, 5)
        .map(({ prompt, missing }) => `  “${prompt}” was not audited by the ${missing}`),
    ].join('\n'),
  ];
}
