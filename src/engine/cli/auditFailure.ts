import type { Audit } from '../../shared/auditReport';
import type { FailOn } from './auditArguments';

/** Places of the findings that a rule is about. What was decided to be expected is none of them. */
export function failing({ report, decisions }: Pick<Audit, 'report' | 'decisions'>, rule: FailOn): number[] {
  return [...report.findings.keys()].filter((i) => {
    const verdict = decisions[i]?.verdict ?? null;
    if (verdict === 'expected') return false;
    return rule.kind === 'new' ? verdict === null : report.findings[i]!.score >= rule.least;
  });
}

/** Why the command fails, in a line; null where it does not. */
export function failureText(count: number, rules: readonly FailOn[]): string | null {
  if (count === 0) return null;
  const asked = rules.map((rule) => (rule.kind === 'new' ? 'new' : `score>=${rule.least}`)).join(', ');
  return `${count} ${count === 1 ? 'finding' : 'findings'} under --fail-on ${asked}.`;
}
