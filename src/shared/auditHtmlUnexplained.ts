import { type AuditReportInput, nameOf, subjectOf } from './auditReport';
import { alignmentText, componentText, counted, signedPercent, unexplainedMeaning } from './auditTexts';
import { type Html, html } from './html';
import { percent } from './points';

/** Rows that are listed; the report as JSON has all. */
export const mostUnexplained = 100;

/** Components of no kind that get more than is expected, folded up: they are no findings. Null of none. */
export function unexplainedDetails(input: AuditReportInput): Html | null {
  const { unexplained, study } = input.report;
  if (unexplained.length === 0) return null;
  const listed = unexplained.slice(0, mostUnexplained);
  const left = unexplained.length - listed.length;
  const rows = listed.map(
    (
      one,
    ) => html`<tr><td><bdi>${nameOf(subjectOf(input, one))}</bdi></td><td data-name="component"><bdi>${componentText(study, one)}</bdi></td><td class="number" data-name="measured">${percent(one.measured)}</td><td class="number" data-name="expected">${percent(one.expected)}</td><td class="number" data-name="above">${signedPercent(one.score)}</td><td class="number" data-name="alignment">${alignmentText(one.alignment)}</td><td class="number" data-name="active in">${counted(one.active, 'image')}</td></tr>
`,
  );
  return html`<h2 id="unexplained">Unexplained</h2>
<p>${unexplainedMeaning}</p>
<details><summary>${counted(unexplained.length, 'pair')} of prompt and component, of no kind and above what is expected</summary>
<div class="scroll"><table class="cards">
<thead><tr><th>Prompt</th><th>Component</th><th class="number">Measured</th><th class="number">Expected</th><th class="number">Above</th><th class="number">Alignment</th><th class="number">Active in</th></tr></thead>
<tbody>
${rows}</tbody></table></div>
${left === 0 ? null : html`<p class="soft">${left} more are in the report as JSON.</p>`}</details>`;
}
