import type { AuditReport, Finding } from './audit';
import { type ComparedPrompt, compareAudits } from './auditComparison';
import type { AuditReportInput } from './auditReport';
import { componentText, signedPercent, studyName } from './auditTexts';
import { type Html, html } from './html';

/** Two audits side by side: what each prompt relies on in both, and in one alone. Null where there is but one. */
export function comparisonSection(input: AuditReportInput): Html | null {
  const { report, against } = input;
  if (against === null) return null;
  const { prompts, matchedBy } = compareAudits(input, against);
  const shown = prompts.filter(
    ({ both, first, second, missing }) =>
      both.length + first.length + second.length > 0 || (missing !== null && missing !== 'both'),
  );
  const [one, other] = [studyName(report), studyName(against.report)];
  return html`<h2 id="comparison">Beside another ${report.study.model.sha256 === against.report.study.model.sha256 ? 'dictionary' : 'model'}</h2>
<p>First: ${one}, ${report.findings.length} findings. Second: ${other}, ${against.report.findings.length} findings.
${matchedBy === 'label' ? 'Their components are different ones: findings are taken for the same where both have the same label.' : 'Findings are the same where they are about the same component.'}</p>
${
  shown.length === 0
    ? html`<p class="empty">Neither found anything.</p>`
    : html`<div class="scroll"><table class="cards">
<thead><tr><th>Prompt</th><th>relies in both on</th><th>in the first alone on</th><th>in the second alone on</th></tr></thead>
<tbody>
${shown.map((prompt) => comparedRow(prompt, report.study, against.report.study))}</tbody></table></div>`
}`;
}

type Study = AuditReport['study'];

function comparedRow(
  { prompt, both, first, second, missing }: ComparedPrompt,
  one: Study,
  other: Study,
): Html {
  const items = (findings: readonly Finding[], study: Study) =>
    findings.map(
      (finding) =>
        html`<div><bdi>${componentText(study, finding)}</bdi> ${signedPercent(finding.score)}</div>`,
    );
  const pairs = both.map(
    ([a, b]) =>
      html`<div><bdi>${componentText(one, a)}</bdi> ${signedPercent(a.score)} · <bdi>${componentText(other, b)}</bdi> ${signedPercent(b.score)}</div>`,
  );
  const untested = html`<div class="soft">not audited</div>`;
  return html`<tr><td><bdi>${prompt}</bdi></td><td data-name="both">${pairs}</td><td data-name="first">${missing === 'first' || missing === 'both' ? untested : items(first, one)}</td><td data-name="second">${missing === 'second' || missing === 'both' ? untested : items(second, other)}</td></tr>
`;
}
