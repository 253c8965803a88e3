import type { Finding } from '../../shared/audit';
import { compareAudits } from '../../shared/auditComparison';
import type { ShownComparison } from '../../shared/auditProtocol';
import type { AuditOutcome } from './auditSession';

/** Two audits side by side as the page shows them: the same matching as in the reports, by places in the findings. */
export function shownComparison(left: AuditOutcome, right: AuditOutcome): ShownComparison {
  const { prompts, matchedBy } = compareAudits(left, right);
  const [ofLeft, ofRight] = [placesOf(left), placesOf(right)];
  return {
    matchedBy,
    prompts: prompts.flatMap(({ both, first, second, missing }) => {
      const alone = [
        ...first.map((finding) => ({ score: finding.score, left: ofLeft.get(finding)!, right: null })),
        ...second.map((finding) => ({ score: finding.score, left: null, right: ofRight.get(finding)! })),
      ].sort((a, b) => b.score - a.score);
      const matches = [
        ...both.map(([a, b]) => ({ left: ofLeft.get(a)!, right: ofRight.get(b)! })),
        ...alone.map(({ score: _, ...places }) => places),
      ];
      const untested = {
        left: missing === 'first' || missing === 'both',
        right: missing === 'second' || missing === 'both',
      };
      return matches.length === 0 ? [] : [{ untested, matches }];
    }),
  };
}

function placesOf({ report }: AuditOutcome): ReadonlyMap<Finding, number> {
  return new Map(report.findings.map((finding, place) => [finding, place]));
}
