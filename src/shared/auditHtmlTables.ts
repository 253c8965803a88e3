import type { AuditReport } from './audit';
import { intervalAxis, intervalBar, intervalScale } from './auditIntervals';
import { type AuditReportInput, nameOf, rankedFindings, subjectOf } from './auditReport';
import { componentText, effectText, imagesText, kindNames, signedPercent, verdictNames } from './auditTexts';
import { type Html, html } from './html';
import { percent } from './points';

const legend = html`<p class="legend">
<span><svg width="12" height="14"><circle class="measured" cx="6" cy="7" r="4"/></svg>measured share of the evidence</span>
<span><svg width="20" height="14"><line class="interval" x1="1" x2="19" y1="7" y2="7"/><line class="interval" x1="1" x2="1" y1="4" y2="10"/><line class="interval" x1="19" x2="19" y1="4" y2="10"/></svg>90 % interval</span>
<span><svg width="6" height="14"><line class="expected" x1="3" x2="3" y1="1" y2="13"/></svg>expected</span>
<span><svg width="6" height="14"><line class="threshold" x1="3" x2="3" y1="1" y2="13"/></svg>expected plus the margin</span>
</p>`;

/** All findings, the largest score first, each with a link to its evidence. */
export function findingTable(input: AuditReportInput): Html {
  const { report, decisions } = input;
  const scale = intervalScale(report.findings);
  const rows = rankedFindings(report).map((index, i) => {
    const finding = report.findings[index]!;
    const decision = decisions[index] ?? null;
    return html`<tr><td class="rank number">${i + 1}</td><td><bdi>${nameOf(subjectOf(input, finding))}</bdi></td><td data-name="relies on"><a href="#finding-${i + 1}"><bdi>${componentText(report.study, finding)}</bdi></a></td><td data-name="kind"><span class="kind ${finding.kind}">${kindNames[finding.kind]}</span></td><td class="number" data-name="measured">${percent(finding.measured)}</td><td class="number" data-name="expected">${percent(finding.expected)}</td><td class="number" data-name="score"><strong>${signedPercent(finding.score)}</strong></td><td>${intervalBar(finding, report, scale)}</td><td data-name="without it">${effectText(finding.effect)}</td><td class="verdict" data-name="decision">${decision === null ? 'new' : verdictNames[decision.verdict]}</td></tr>
`;
  });
  return html`<div class="scroll"><table class="cards">
<thead><tr><th class="number">#</th><th>Prompt</th><th>relies on</th><th>Kind</th><th class="number">Measured</th><th class="number">Expected</th><th class="number">Score</th><th>${intervalAxis(scale)}</th><th>Without it</th><th>Decision</th></tr></thead>
<tbody>
${rows}</tbody></table></div>
${legend}`;
}

/** Every prompt that was asked for: over which images, with what result, or why not. */
export function subjectTable({ report, subjects }: AuditReportInput): Html {
  const found = new Map<number, number>();
  for (const { subject } of report.findings) found.set(subject, (found.get(subject) ?? 0) + 1);
  const rows = subjects.map((subject, i) => {
    const { images, similarity, accuracy, tested, error, notes } = report.subjects[i]!;
    const said = [
      ...(error === null ? [] : [`Not audited: ${error.message}`]),
      ...notes,
      ...(subject.expected.length === 0 ? [] : [`Declared as expected: ${subject.expected.join(', ')}.`]),
    ];
    return html`<tr><td><bdi>${nameOf(subject)}</bdi>${said.map((note) => html`<div class="soft">${note}</div>`)}</td><td data-name="over">${imagesText(subject.images)}</td><td class="number" data-name="images">${images}</td><td class="number" data-name="mean score">${similarity === null ? '–' : (100 * similarity).toFixed(2)}</td><td class="number" data-name="accuracy">${accuracy === null ? '–' : percent(accuracy)}</td><td class="number" data-name="tested">${tested}</td><td class="number" data-name="findings">${found.get(i) ?? 0}</td></tr>
`;
  });
  return html`<div class="scroll"><table class="cards">
<thead><tr><th>Prompt</th><th>Over</th><th class="number">Images</th><th class="number">Mean score</th><th class="number">Accuracy</th><th class="number">Components tested</th><th class="number">Findings</th></tr></thead>
<tbody>
${rows}</tbody></table></div>`;
}

/** Components that fire for nearly every image. */
export function backgroundTable({ background, study }: AuditReport): Html {
  return html`<div class="scroll"><table class="cards">
<thead><tr><th>Component</th><th class="number">Fires for</th><th class="number">Largest mean share</th></tr></thead>
<tbody>
${background.map((one) => html`<tr><td><bdi>${componentText(study, one)}</bdi></td><td class="number" data-name="fires for">${percent(one.rate)}</td><td class="number" data-name="largest share">${percent(one.measured)}</td></tr>\n`)}</tbody></table></div>`;
}
