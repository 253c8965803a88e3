import { css, html, nothing, type TemplateResult } from 'lit';
import type { FindingSample, KindTest } from '../../shared/audit';
import type { Evidence, ShownFinding } from '../../shared/auditProtocol';
import type { AlignedText } from '../../shared/library';
import { percent, points } from '../../shared/points';
import { plainBar, signedBar } from '../components/bars';
import { activation, count, counted, raw } from '../components/format';
import { icons } from '../components/icons';
import '../components/thumbnail';
import type { Thumbnails } from '../components/thumbnails';
import { isConfirmed } from './findings';
import { alignmentText, amplifiedText, changeText, changeUnit, kindTexts, wholePercent } from './sentences';
import { namedNumbers } from './testNumbers';

/** Pictures of one list, each a button. */
export function samplePictures(
  title: string,
  hint: string,
  samples: readonly FindingSample[],
  probe: string | null,
  thumbnails: Thumbnails,
  onOpen: (index: number) => void,
): TemplateResult | typeof nothing {
  if (samples.length === 0) return nothing;
  const score = (y: number) => (probe === null ? points(y) : activation(y));
  return html`<section aria-label=${title}>
    <h3 title=${hint}>${title}</h3>
    <ul class="samples">
      ${samples.map(
        (sample, index) => html`<li>
          <button
            class="plain sample"
            title=${`${sample.path}\nShare ${raw(sample.share)}, activation ${raw(sample.activation)}, score ${raw(sample.similarity)}\nOpen in the attribution panel with this prompt`}
            @click=${() => onOpen(index)}
          >
            <clipsight-thumbnail .thumbnails=${thumbnails} .picture=${sample}></clipsight-thumbnail>
            <span class="caption"
              >${
                sample.activation === 0
                  ? html`<span class="muted">y ${score(sample.similarity)}</span>`
                  : html`<b>${percent(sample.share)}</b
                      ><span class="muted">z ${activation(sample.activation)} · y ${score(sample.similarity)}</span>`
              }</span
            >
          </button>
        </li>`,
      )}
    </ul>
  </section>`;
}

/** The four tests, whatever came of them. */
export function kindTests(tests: readonly KindTest[], kind: ShownFinding['kind']): TemplateResult {
  return html`<section aria-label="Kind tests">
    <h3>Which kind it is</h3>
    ${tests.length === 0 ? html`<p class="muted">No test of a kind could be made.</p>` : nothing}
    <ul class="tests">
      ${tests.map(
        (test) => html`<li class=${test.holds ? 'holds' : 'fails'}>
          <span class="sign">${test.holds ? icons.check : icons.close}</span>
          <div>
            <b>${kindTexts[test.kind].label}</b>
            <span class="muted">${test.holds ? (test.kind === kind ? 'holds, and names it' : 'holds, too') : 'does not hold'}</span>
            <p dir="auto">${test.evidence}</p>
            <p class="numbers muted">
              ${namedNumbers(test).map(
                ({ name, value, hint }) => html`<span title=${hint}>${name} <b>${value}</b></span>`,
              )}
            </p>
          </div>
        </li>`,
      )}
    </ul>
  </section>`;
}

/** How well the texts describe the component: what the prompt says, what it may rely on, parts of it. */
export function alignments({ alignments: all, text }: Evidence): TemplateResult {
  const rows: readonly { readonly what: string; readonly aligned: AlignedText }[] = [
    { what: 'what it says', aligned: { text, alignment: all.text } },
    ...all.expected.map((aligned) => ({ what: 'declared as expected', aligned })),
    ...all.phrases.map((aligned) => ({ what: 'a part of it', aligned })),
  ];
  const scale = Math.max(0.05, ...rows.map(({ aligned }) => Math.abs(aligned.alignment)));
  return html`<section aria-label="Alignment">
    <h3 title="How much better a text describes the component’s pictures than no text does: a difference of cosines">
      Alignment
    </h3>
    <p class="muted">
      Read from ${counted(all.images, 'image')} that fire it most, those of the prompt itself left out.
    </p>
    <ul class="aligned">
      ${rows.map(
        ({ what, aligned }) => html`<li>
          <span class="what"><span dir="auto">${aligned.text}</span> <span class="muted">${what}</span></span>
          <span class="bar-box">${signedBar(aligned.alignment / scale)}</span>
          <span class="value" title=${raw(aligned.alignment)}>${alignmentText(aligned.alignment)}</span>
        </li>`,
      )}
    </ul>
  </section>`;
}

/** What the component is worth to the prompt, by running the model. */
export function effects(finding: ShownFinding, { similarity, accuracy }: Evidence): TemplateResult {
  const { effect, probe } = finding;
  if (effect === null) {
    return html`<section aria-label="Switched off">
      <h3>Switched off</h3>
      <p class="muted">Not measured: this run did not confirm its findings.</p>
    </section>`;
  }
  const { accuracy: changed, absent, interval } = effect;
  const rate = (share: number | null) => (share === null ? '–' : `${wholePercent(share)}\u00a0%`);
  const verdict = isConfirmed(finding)
    ? 'Switching it off lowers the score: the reliance is confirmed.'
    : 'Switching it off does not lower the score by more than chance.';
  const works =
    absent === null
      ? 'The component is active in all images of the prompt: whether the class works without it cannot be said.'
      : changed === null || absent.accuracy === null
        ? null
        : absent.accuracy < changed.before - 0.1
          ? 'On images without it the class works less well.'
          : 'On images without it the class works about as well.';
  return html`<section aria-label="Switched off">
    <h3>Switched off</h3>
    <p>${verdict} ${works ?? nothing}</p>
    <table>
      <thead>
        <tr>
          <th scope="col"></th>
          <th scope="col">Images</th>
          <th scope="col">Score</th>
          <th scope="col">Accuracy</th>
        </tr>
      </thead>
      <tbody>
        <tr>
          <th scope="row">as it is</th>
          <td>${count(changed?.images ?? finding.images)}</td>
          <td>${similarity === null ? '–' : probe === null ? points(similarity) : activation(similarity)}</td>
          <td>${rate(changed?.before ?? accuracy)}</td>
        </tr>
        <tr>
          <th scope="row">switched off</th>
          <td>${count(effect.images)}</td>
          <td title=${interval === null ? nothing : `95 % interval ${raw(interval[0])} to ${raw(interval[1])}`}>
            ${changeText(effect.similarity, probe)}${
              interval === null
                ? nothing
                : html` <span class="muted">[${changeText(interval[0], probe)}, ${changeText(interval[1], probe)}]</span>`
            }
          </td>
          <td>${rate(changed?.after ?? null)}</td>
        </tr>
        <tr>
          <th scope="row">images without it</th>
          <td>${absent === null ? '0' : count(absent.images)}</td>
          <td>${absent === null ? '–' : probe === null ? points(absent.similarity) : activation(absent.similarity)}</td>
          <td>${rate(absent?.accuracy ?? null)}</td>
        </tr>
      </tbody>
    </table>
    <p class="muted small">Scores in ${changeUnit(probe)}; the second row is a change.</p>
  </section>`;
}

/** What the text of a probe's class gives the component on the same images, below what the probe gives it. */
export function besidePrompt(finding: ShownFinding, { text }: Evidence): TemplateResult | typeof nothing {
  const { beside, measured, probe } = finding;
  const amplified = amplifiedText(finding);
  if (beside === null || amplified === null) return nothing;
  const most = Math.max(beside, measured, 1e-9);
  return html`<section aria-label="Probe beside the prompt">
    <h3>Probe beside the prompt <span class="amplified">${amplified}</span></h3>
    <ul class="aligned">
      ${[
        { what: `${probe}: ${finding.prompt}`, share: measured },
        { what: text, share: beside },
      ].map(
        ({ what, share }) => html`<li>
          <span class="what" dir="auto">${what}</span>
          <span class="bar-box">${plainBar(Math.max(0, share / most))}</span>
          <span class="value" title=${raw(share)}>${percent(share)}</span>
        </li>`,
      )}
    </ul>
  </section>`;
}

export const evidenceSectionStyles = css`
  section {
    min-width: 0;
    padding-top: 10px;
  }
  h3 {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 2px 10px;
    margin: 0 0 3px;
    font-size: inherit;
    font-weight: 600;
  }
  ul {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .small {
    font-size: 0.9em;
  }
  .samples {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(92px, 1fr));
    gap: 6px;
  }
  .sample {
    display: block;
    width: 100%;
    border: 1px solid transparent;
    border-radius: 3px;
  }
  .sample:hover {
    border-color: var(--contrast-active);
    background: var(--vscode-list-hoverBackground);
  }
  .sample clipsight-thumbnail {
    width: 100%;
    aspect-ratio: 1;
  }
  .caption {
    display: grid;
    padding: 1px 2px 2px;
    font-size: 0.9em;
    line-height: 1.3;
  }
  .caption .muted {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .tests {
    display: grid;
    gap: 6px;
  }
  .tests li {
    display: grid;
    grid-template-columns: 18px minmax(0, 1fr);
    gap: 4px;
  }
  .tests .sign {
    padding-top: 1px;
  }
  .tests .holds .sign {
    color: var(--vscode-editorWarning-foreground, currentColor);
  }
  .tests .fails .sign {
    color: var(--muted);
    opacity: 0.8;
  }
  .tests p {
    overflow-wrap: anywhere;
  }
  .numbers {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(min(100%, 215px), 1fr));
    gap: 0 20px;
    font-size: 0.92em;
  }
  .numbers > span {
    display: flex;
    align-items: baseline;
    justify-content: space-between;
    gap: 10px;
  }
  .numbers b {
    font-weight: 600;
    white-space: nowrap;
    color: var(--vscode-foreground);
  }
  .aligned li {
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(60px, 34%) 50px;
    align-items: center;
    gap: 8px;
    min-height: 20px;
  }
  .aligned .what {
    overflow-wrap: anywhere;
    line-height: 1.3;
    padding-block: 1px;
  }
  .aligned .what .muted {
    font-size: 0.9em;
  }
  .aligned .bar-box {
    height: 12px;
  }
  .aligned .value {
    text-align: end;
    white-space: nowrap;
  }
  .amplified {
    font-weight: normal;
    color: var(--vscode-editorWarning-foreground, var(--vscode-foreground));
  }
  table {
    width: 100%;
    margin-top: 4px;
    border-collapse: collapse;
  }
  th,
  td {
    padding: 2px 8px 2px 0;
    border-bottom: 1px solid var(--line);
    font-weight: normal;
    text-align: end;
  }
  th:first-child {
    text-align: start;
  }
  td:last-child,
  th:last-child {
    padding-inline-end: 0;
  }
  thead th {
    color: var(--muted);
  }
`;
