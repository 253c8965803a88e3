import type { Finding, FindingSample, KindTest } from './audit';
import { intervalAxis, intervalBar, intervalScale } from './auditIntervals';
import { type AuditReportInput, nameOf, relativeTo, subjectOf } from './auditReport';
import {
  alignmentText,
  componentText,
  counted,
  effectSentences,
  findingSentence,
  kindMeanings,
  kindNames,
  verdictNames,
} from './auditTexts';
import { type Html, html } from './html';
import { percent } from './points';

/** A data URL for the picture with that SHA-256, or null where there is none or no room for it. */
export type TakePicture = (sha256: string) => string | null;

/** Pictures of a finding that are shown at most: with the component, and without. */
export const mostSamples = { with: 6, without: 3 } as const;

/** The pictures that a report shows, by SHA-256, those of the largest scores first. */
export function picturesOf(findings: readonly Finding[]): readonly string[] {
  const shown = findings
    .toSorted((a, b) => b.score - a.score)
    .flatMap(({ samples, absent }) => [
      ...samples.slice(0, mostSamples.with),
      ...absent.slice(0, mostSamples.without),
    ]);
  return [...new Set(shown.map(({ sha256 }) => sha256))];
}

/** The evidence for one finding. `rank` is from 1 and names the section: `#finding-<rank>`. */
export function findingSection(
  input: AuditReportInput,
  index: number,
  rank: number,
  take: TakePicture,
): Html {
  const { report, base } = input;
  const finding = report.findings[index]!;
  const subject = subjectOf(input, finding);
  const decision = input.decisions[index] ?? null;
  const { samples, absent, effect, kind } = finding;
  const scale = intervalScale(report.findings);
  const texts: readonly Html[] = [
    html`<li>what it says, <bdi>“${subject.text}”</bdi>: ${alignmentText(finding.alignments.text)}</li>`,
    ...finding.alignments.phrases.map(
      ({ text, alignment }) => html`<li>its part <bdi>“${text}”</bdi>: ${alignmentText(alignment)}</li>`,
    ),
    ...finding.alignments.expected.map(
      ({ text, alignment }) => html`<li>declared <bdi>“${text}”</bdi>: ${alignmentText(alignment)}</li>`,
    ),
  ];
  const group = (heading: string, some: readonly FindingSample[], most: number) =>
    some.length === 0
      ? null
      : html`<div><h4>${heading}</h4><div class="pictures">${some.slice(0, most).map((sample) => picture(sample, take, base))}</div></div>`;
  return html`<article class="finding ${kind}" id="finding-${rank}">
<header><h3>${rank}. <bdi>“${nameOf(subject)}”</bdi> relies on <bdi>${componentText(report.study, finding)}</bdi></h3><span class="kind ${kind}">${kindNames[kind]}</span></header>
<div class="bars">${intervalAxis(scale)}${intervalBar(finding, report, scale)}</div>
<p>${findingSentence(finding)}</p>
${
  finding.beside === null
    ? null
    : html`<p>The prompt of this class gives the component ${percent(finding.beside)} on the same images.</p>`
}
<div class="shown">
${group('Images of the prompt with the largest share', samples, mostSamples.with)}
${group('Without it: best-scoring images in which it is silent', absent, mostSamples.without)}
</div>
<div class="columns">
<div><h4>Which kind it is</h4><p class="soft">${kindMeanings[kind]}</p><ul class="tests">${finding.tests.map(testItem)}</ul></div>
<div><h4>Switched off</h4>${
    effect === null
      ? html`<p class="soft">Not confirmed by running the model.</p>`
      : effectSentences(effect).map((sentence) => html`<p>${sentence}</p>`)
  }
<h4>Alignment, judged from ${counted(finding.alignments.images, 'image')} that are not the prompt’s</h4><ul>${texts}</ul></div>
</div>
${
  decision === null
    ? null
    : html`<p class="note"><strong>Decided: ${verdictNames[decision.verdict]}.</strong> ${decision.note ?? ''}</p>`
}
</article>
`;
}

function testItem({ kind, holds, evidence, text }: KindTest): Html {
  return html`<li class="${holds ? 'holds' : 'fails'} ${kind}" data-mark="${holds ? '✓' : '–'}"><b>${kindNames[kind]}</b>${text === null ? null : html` <bdi>“${text}”</bdi>`}${holds ? '' : ' (does not hold)'}: ${evidence}</li>`;
}

function picture(
  { path, sha256, share, similarity }: FindingSample,
  take: TakePicture,
  base: string | null,
): Html {
  const name = relativeTo(base, path);
  const url = take(sha256);
  const shown =
    url === null ? html`<span class="blank"></span>` : html`<img src="${url}" alt="${name}" title="${name}">`;
  return html`<figure>${shown}<figcaption>share <b>${percent(share)}</b><span>score ${(100 * similarity).toFixed(2)}</span><span title="${name}">${name.split('/').at(-1) ?? name}</span></figcaption></figure>`;
}
