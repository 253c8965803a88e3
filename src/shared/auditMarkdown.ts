import type { KindTest } from './audit';
import { compareAudits } from './auditComparison';
import { mostSamples } from './auditHtmlFinding';
import { type AuditReportInput, nameOf, rankedFindings, relativeTo, subjectOf } from './auditReport';
import {
  alignmentText,
  componentText,
  counted,
  effectSentences,
  effectText,
  findingSentence,
  imagesText,
  intervalText,
  kindMeanings,
  kindNames,
  limits,
  methodSentences,
  signedPercent,
  studyName,
  unexplainedMeaning,
  verdictNames,
} from './auditTexts';
import { percent } from './points';

/** Unexplained components that are listed. */
const mostUnexplained = 50;

/** The report as GitHub's Markdown: a table, a section per finding, what was tested. Pictures are named, not shown. */
export function auditMarkdown(input: AuditReportInput): string {
  const { report, subjects, engine } = input;
  const { model, dictionary, computed } = report.study;
  const ranked = rankedFindings(report);
  const notes = [...report.study.notes, ...report.grounds.notes, ...report.notes, ...input.notes];
  const sections = [
    `# Audit of ${plain(model.id)} with ${plain(dictionary.id)}`,
    'What prompts rely on that they do not say.',
    '## Findings',
    ranked.length === 0
      ? 'No prompt was found to rely on what it does not say.'
      : table(
          [
            '#',
            'Prompt',
            'relies on',
            'Kind',
            'Measured',
            'Expected',
            'Score',
            '90\u00a0% interval',
            'Without it',
            'Decision',
          ],
          ranked.map((index, i) => {
            const finding = report.findings[index]!;
            const decision = input.decisions[index] ?? null;
            return [
              String(i + 1),
              nameOf(subjectOf(input, finding)),
              componentText(report.study, finding),
              kindNames[finding.kind],
              percent(finding.measured),
              percent(finding.expected),
              signedPercent(finding.score),
              intervalText(finding.interval),
              effectText(finding.effect),
              decision === null ? 'new' : verdictNames[decision.verdict],
            ];
          }),
        ),
    ...comparison(input),
    ...ranked.map((index, i) => findingPart(input, index, i + 1)),
    ...unexplainedPart(input),
    '## What was audited',
    table(
      ['Prompt', 'Over', 'Images', 'Mean score', 'Accuracy', 'Components tested', 'Notes'],
      subjects.map((subject, i) => {
        const { images, similarity, accuracy, tested, error, notes: said } = report.subjects[i]!;
        return [
          nameOf(subject),
          imagesText(subject.images),
          String(images),
          similarity === null ? '–' : (100 * similarity).toFixed(2),
          accuracy === null ? '–' : percent(accuracy),
          String(tested),
          [...(error === null ? [] : [`Not audited: ${error.message}`]), ...said].join(' '),
        ];
      }),
    ),
    ...(report.background.length === 0
      ? []
      : [
          '## Background',
          'These fire for nearly every image of the library: they tell nothing apart, and were not tested.',
          table(
            ['Component', 'Fires for', 'Largest mean share'],
            report.background.map((one) => [
              componentText(report.study, one),
              percent(one.rate),
              percent(one.measured),
            ]),
          ),
        ]),
    '## How it was tested',
    list(methodSentences(report)),
    '## Limits',
    list(limits),
    ...(notes.length === 0 ? [] : ['## Notes', list(notes)]),
    plain(
      `Model ${model.id} (${model.sha256}); dictionary ${dictionary.id} (${dictionary.sha256}), block ${dictionary.layer}, ${dictionary.tokens} tokens; ` +
        `judge ${report.grounds.judge ?? 'the model itself'}; study ${report.study.key}. Clipsight ${engine.version}, ${computed.device} ${computed.precision}.`,
    ),
  ];
  return `${sections.join('\n\n')}\n`;
}

function findingPart(input: AuditReportInput, index: number, rank: number): string {
  const { report, base } = input;
  const finding = report.findings[index]!;
  const subject = subjectOf(input, finding);
  const decision = input.decisions[index] ?? null;
  const { alignments } = finding;
  const files = finding.samples.slice(0, mostSamples.with).map(({ path }) => relativeTo(base, path));
  return [
    `### ${rank}. “${plain(nameOf(subject))}” relies on ${plain(componentText(report.study, finding))}`,
    plain(findingSentence(finding)),
    ...(finding.beside === null
      ? []
      : [`The prompt of this class gives the component ${percent(finding.beside)} on the same images.`]),
    `**${kindNames[finding.kind]}**: ${kindMeanings[finding.kind]}`,
    list(finding.tests.map(testText)),
    ...(finding.effect === null ? [] : [plain(effectSentences(finding.effect).join(' '))]),
    plain(
      `Alignment, judged from ${counted(alignments.images, 'image')} that are not the prompt’s: ` +
        [{ text: subject.text, alignment: alignments.text }, ...alignments.phrases, ...alignments.expected]
          .map(({ text, alignment }) => `“${text}” ${alignmentText(alignment)}`)
          .join(', '),
    ),
    ...(files.length === 0 ? [] : [`Images: ${files.map(plain).join(', ')}`]),
    ...(decision === null
      ? []
      : [`Decided: **${verdictNames[decision.verdict]}**. ${plain(decision.note ?? '')}`.trimEnd()]),
  ].join('\n\n');
}

function unexplainedPart(input: AuditReportInput): readonly string[] {
  const { unexplained, study } = input.report;
  if (unexplained.length === 0) return [];
  const listed = unexplained.slice(0, mostUnexplained);
  const left = unexplained.length - listed.length;
  return [
    '## Unexplained',
    unexplainedMeaning,
    table(
      ['Prompt', 'Component', 'Measured', 'Expected', 'Above', 'Alignment', 'Active in'],
      listed.map((one) => [
        nameOf(subjectOf(input, one)),
        componentText(study, one),
        percent(one.measured),
        percent(one.expected),
        signedPercent(one.score),
        alignmentText(one.alignment),
        counted(one.active, 'image'),
      ]),
    ),
    ...(left === 0 ? [] : [`${left} more are in the report as JSON.`]),
  ];
}

function testText({ kind, holds, evidence, text }: KindTest): string {
  const about = text === null ? '' : ` “${text}”`;
  return `${kindNames[kind]}${about} (${holds ? 'holds' : 'does not hold'}): ${evidence}`;
}

function comparison(input: AuditReportInput): readonly string[] {
  const { report, against } = input;
  if (against === null) return [];
  const { prompts, matchedBy } = compareAudits(input, against);
  const rows = prompts.map(({ prompt, both, first, second, missing }) => [
    prompt,
    both
      .map(
        ([a, b]) =>
          `${componentText(report.study, a)} ${signedPercent(a.score)} · ${componentText(against.report.study, b)} ${signedPercent(b.score)}`,
      )
      .join('; '),
    missing === 'first' || missing === 'both'
      ? 'not audited'
      : first.map((one) => `${componentText(report.study, one)} ${signedPercent(one.score)}`).join('; '),
    missing === 'second' || missing === 'both'
      ? 'not audited'
      : second
          .map((one) => `${componentText(against.report.study, one)} ${signedPercent(one.score)}`)
          .join('; '),
  ]);
  return [
    '## Side by side',
    plain(
      `First: ${studyName(report)}. Second: ${studyName(against.report)}. Findings are matched by ${matchedBy}.`,
    ),
    table(['Prompt', 'in both', 'in the first alone', 'in the second alone'], rows),
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(plain).join(' | ')} |`;
  return [line(head), `|${head.map(() => ' --- |').join('')}`, ...rows.map(line)].join('\n');
}

function list(sentences: readonly string[]): string {
  return sentences.map((sentence) => `- ${plain(sentence)}`).join('\n');
}

/** Text in which nothing is markup, in one line: also in a cell of a table. */
export function plain(text: string): string {
  return text
    .replace(/\s+/g, (space) => (/[\r\n\u2028\u2029]/.test(space) ? ' ' : space))
    .replace(/[\\`*_[\]<>|~&#$]/g, '\\$&');
}
