import { css, html, type TemplateResult } from 'lit';
import { raw } from '../components/format';
import { promptLabel } from './promptLabel';
import type { ShownPrompt } from './tables';

/** Cosines between prompts as a small table, the nearer the darker. */
export function similarityMatrix(
  prompts: readonly ShownPrompt[],
  cosines: readonly (readonly (number | null)[])[],
): TemplateResult {
  const others = cosines.flatMap((row, i) =>
    row.filter((cosine, j) => i !== j && cosine !== null),
  ) as number[];
  const [least, most] = [Math.min(...others), Math.max(...others)];
  const strength = (cosine: number) => (most > least ? (cosine - least) / (most - least) : 1);
  return html`<div class="matrix-scroller">
    <table class="matrix" aria-label="Cosines between the prompts">
      <thead>
        <tr>
          <td></td>
          ${prompts.map(
            ({ column, label }) =>
              html`<th scope="col" title=${column.text}><span class="badge">${label}</span></th>`,
          )}
        </tr>
      </thead>
      <tbody>
        ${prompts.map(
          (prompt, i) =>
            html`<tr>
              <th scope="row"><span class="matrix-name">${promptLabel(prompt)}</span></th>
              ${cosines[i]!.map((cosine, j) => matrixCell(cosine, i === j, strength, prompt, prompts[j]!))}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function matrixCell(
  cosine: number | null,
  own: boolean,
  strength: (cosine: number) => number,
  a: ShownPrompt,
  b: ShownPrompt,
): TemplateResult {
  if (own) return html`<td class="own" aria-label="itself">·</td>`;
  if (cosine === null) return html`<td class="muted">…</td>`;
  const opacity = 0.04 + 0.3 * strength(cosine);
  return html`<td title=${`“${a.column.text}” and “${b.column.text}”: ${raw(cosine)}`}>
    <svg class="tint" preserveAspectRatio="none" aria-hidden="true">
      <rect class="likeness" width="100%" height="100%" fill-opacity=${opacity.toFixed(3)}></rect>
    </svg>
    <span class="over">${cosine.toFixed(2).replace('-', '\u2212')}</span>
  </td>`;
}

export const similarityMatrixStyles = css`
  .matrix-scroller {
    overflow-x: auto;
  }
  .matrix {
    border-collapse: separate;
    border-spacing: 2px;
  }
  .matrix th,
  .matrix td {
    position: relative;
    height: 24px;
    padding: 0;
    font-weight: normal;
  }
  .matrix td {
    width: 44px;
    min-width: 38px;
    text-align: center;
  }
  .matrix tbody th {
    position: sticky;
    z-index: 1;
    left: 0;
    background: var(--vscode-editor-background);
  }
  .matrix .own {
    color: var(--muted);
  }
  .matrix-name {
    display: flex;
    align-items: center;
    gap: 6px;
    width: min(230px, 32vw);
  }
  .matrix-name .prompt-text {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .likeness {
    fill: var(--vscode-foreground);
  }
`;
