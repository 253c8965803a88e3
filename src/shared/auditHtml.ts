import { findingKinds } from './audit';
import { comparisonSection } from './auditHtmlComparison';
import { findingSection, type TakePicture } from './auditHtmlFinding';
import { auditStyle } from './auditHtmlStyle';
import { backgroundTable, findingTable, subjectTable } from './auditHtmlTables';
import { unexplainedDetails } from './auditHtmlUnexplained';
import { type AuditReportInput, rankedFindings } from './auditReport';
import { counted, kindMeanings, kindNames, limits, methodSentences } from './auditTexts';
import { type Html, html } from './html';

/** Length of all pictures of a report at most, as data URLs: 8 MB. What does not fit is named, and not shown. */
export const mostPictureLength = 8e6;

/** Nothing of the page may be fetched from anywhere, and nothing in it may run. */
const policy =
  "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

const pictureUrl = /^data:image\/(?:png|jpeg|webp|gif);base64,[A-Za-z0-9+/]+={0,2}$/;

/**
 * The report as one page that needs nothing beside it: no script, no request, styles and pictures within.
 *
 * @param thumbnails data URLs of pictures by the SHA-256 of their files; what is none of those is not shown
 * @param ended when the audit ended, as people read it; null where that is not said
 */
export function auditHtml(
  input: AuditReportInput,
  thumbnails: ReadonlyMap<string, string> = new Map(),
  ended: string | null = null,
): string {
  const { report, engine } = input;
  const { model, dictionary, computed } = report.study;
  const title = `Audit of ${model.id} with ${dictionary.id}`;
  const { sections, dropped } = evidence(input, thumbnails);
  const notes = [...report.study.notes, ...report.grounds.notes, ...report.notes, ...input.notes];
  const page = html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${auditStyle}</style>
</head>
<body>
<main>
<h1>${title}</h1>
<p class="about">What prompts rely on that they do not say${ended === null ? '' : ` · ${ended}`}</p>
${summary(input)}
<h2 id="findings">Findings</h2>
${
  report.findings.length === 0
    ? html`<p class="empty">No prompt was found to rely on what it does not say. What was tested, and what was not, is said below.</p>`
    : findingTable(input)
}
${comparisonSection(input)}
${sections.length === 0 ? null : html`<h2 id="evidence">Evidence</h2>${sections}`}
${dropped === 0 ? null : html`<p class="soft">${dropped} pictures are named and not shown: those of a report are ${mostPictureLength / 1e6} MB at most.</p>`}
${unexplainedDetails(input)}
<h2 id="prompts">What was audited</h2>
${subjectTable(input)}
${
  report.background.length === 0
    ? null
    : html`<h2 id="background">Background</h2><p>These fire for nearly every image of the library: they tell nothing apart, and were not tested.</p>${backgroundTable(report)}`
}
<h2 id="method">How it was tested</h2>
${list(methodSentences(report))}
<h2 id="limits">Limits</h2>
${list(limits)}
${notes.length === 0 ? null : html`<h2 id="notes">Notes</h2>${list(notes)}`}
<footer>
<p>Model <code>${model.id}</code> (${model.sha256}); dictionary <code>${dictionary.id}</code> (${dictionary.sha256}), block ${dictionary.layer}, ${dictionary.tokens} tokens, ${dictionary.size} components; judge ${report.grounds.judge ?? 'the model itself'}; study ${report.study.key}.</p>
<p>Clipsight ${engine.version}, ${computed.device} ${computed.precision}.</p>
</footer>
</main>
</body>
</html>
`;
  return page.markup;
}

function list(sentences: readonly string[]): Html {
  return html`<ul>${sentences.map((sentence) => html`<li>${sentence}</li>`)}</ul>`;
}

/** The sections of all findings; pictures go to those of the largest score first, until they are too much. */
function evidence(
  input: AuditReportInput,
  thumbnails: ReadonlyMap<string, string>,
): { readonly sections: readonly Html[]; readonly dropped: number } {
  let left = mostPictureLength;
  let dropped = 0;
  const take: TakePicture = (sha256) => {
    const url = thumbnails.get(sha256);
    if (url === undefined || !pictureUrl.test(url)) return null;
    if (url.length > left) {
      dropped += 1;
      return null;
    }
    left -= url.length;
    return url;
  };
  const sections = rankedFindings(input.report).map((index, rank) =>
    findingSection(input, index, rank + 1, take),
  );
  return { sections, dropped };
}

function summary({ report, subjects, decisions }: AuditReportInput): Html {
  const { findings, pairs, grounds } = report;
  const audited = report.subjects.filter(({ error }) => error === null).length;
  const relying = new Set(findings.map(({ subject }) => subject)).size;
  const undecided = findings.filter((_, i) => (decisions[i] ?? null) === null).length;
  const tile = (number: number | string, what: string) =>
    html`<li><strong>${number}</strong><span>${what}</span></li>`;
  const kinds = findingKinds.flatMap((kind) => {
    const count = findings.filter((finding) => finding.kind === kind).length;
    return count === 0
      ? []
      : [
          html`<li title="${kindMeanings[kind]}"><span class="kind ${kind}">${counted(count, kindNames[kind])}</span></li>`,
        ];
  });
  return html`<ul class="tiles">
${tile(findings.length, findings.length === 1 ? 'finding' : 'findings')}
${tile(`${relying} of ${audited}`, 'audited prompts rely on what they do not say')}
${findings.length === 0 ? null : tile(undecided, 'not decided yet')}
${tile(pairs, 'pairs of prompt and component looked at')}
${tile(grounds.images, 'images in the library')}
${audited === subjects.length ? null : tile(subjects.length - audited, 'prompts could not be audited')}
</ul>
${kinds.length === 0 ? null : html`<ul class="kinds">${kinds}</ul>`}`;
}
