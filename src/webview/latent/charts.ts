import { css, html, svg, type TemplateResult } from 'lit';
import type { ComponentCard } from '../../shared/library';
import { percent } from '../../shared/points';
import { activation, count, counted } from '../components/format';

/** How many images there are in each bin of activation. */
export function histogram({ edges, counts }: ComponentCard['histogram']): TemplateResult {
  const highest = Math.max(...counts, 1);
  const bins = counts.length;
  const first = edges[0] ?? 0;
  const last = edges[bins] ?? 0;
  const total = counts.reduce((sum, images) => sum + images, 0);
  return html`<figure class="histogram">
    <svg
      viewBox="0 0 ${bins} 1"
      preserveAspectRatio="none"
      role="img"
      aria-label=${`Activations of ${counted(total, 'image')} from ${activation(first)} to ${activation(last)}; the fullest bin has ${count(highest)}`}
    >
      ${Array.from(counts, (images, bin) => {
        // What is there can be seen, however small beside the highest.
        const height = images === 0 ? 0 : Math.max(images / highest, 0.02);
        const range = `${activation(edges[bin]!)} to ${activation(edges[bin + 1]!)}`;
        return svg`<g>
          <title>${range}: ${counted(images, 'image')}</title>
          <rect class="space" x=${bin} width="1" height="1"></rect>
          <rect class="column" x=${bin + 0.06} width="0.88" y=${1 - height} height=${height}></rect>
        </g>`;
      })}
    </svg>
    <figcaption aria-hidden="true"><span>${activation(first)}</span><span>activation</span><span>${activation(last)}</span></figcaption>
  </figure>`;
}

/** Where in the picture its largest activation lies, as a heat map of the patches. */
export function tokenMap({
  rows,
  columns,
  counts,
  cls,
}: NonNullable<ComponentCard['where']>): TemplateResult {
  const patches = counts.reduce((sum, images) => sum + images, 0);
  const total = patches + cls;
  const highest = Math.max(...counts, 1);
  const share = (images: number) => (total === 0 ? '' : ` (${percent(images / total)})`);
  const atCls = html`<p>
    At CLS, which sees the whole picture: ${count(cls)} of ${counted(total, 'image')}${share(cls)}
  </p>`;
  if (patches === 0) return atCls;
  return html`<figure class="token-map">
    <svg
      viewBox="0 0 ${columns} ${rows}"
      role="img"
      aria-label=${`Where it fires, in ${rows} rows of ${columns} patches: ${placeOf(counts, columns)}`}
    >
      ${Array.from(counts, (images, patch) => {
        const [row, column] = [Math.floor(patch / columns), patch % columns];
        return svg`<g>
          <title>Row ${row + 1}, column ${column + 1}: ${counted(images, 'image')}${share(images)}</title>
          <rect class="patch" x=${column} y=${row} width="1" height="1"></rect>
          <rect class="heat" x=${column} y=${row} width="1" height="1" fill-opacity=${images / highest}></rect>
        </g>`;
      })}
    </svg>
    <figcaption>
      <p>Patch of the largest activation in ${counted(patches, 'image')}; at most ${count(highest)} in one</p>
      ${cls === 0 ? '' : atCls}
    </figcaption>
  </figure>`;
}

function placeOf(counts: ArrayLike<number>, columns: number): string {
  const list = Array.from(counts);
  const best = list.indexOf(Math.max(...list));
  return `most often in row ${Math.floor(best / columns) + 1}, column ${(best % columns) + 1}, in ${counted(list[best] ?? 0, 'image')}`;
}

export const chartStyles = css`
  figure {
    margin: 0;
  }
  .histogram {
    max-width: 420px;
  }
  .histogram svg {
    display: block;
    width: 100%;
    height: 72px;
    border-bottom: 1px solid var(--muted);
  }
  .space {
    fill: transparent;
  }
  g:hover > .space {
    fill: var(--vscode-list-hoverBackground);
  }
  .column {
    fill: var(--positive);
  }
  .histogram figcaption {
    display: flex;
    justify-content: space-between;
    margin-top: 2px;
    color: var(--muted);
    font-size: 0.92em;
  }
  .token-map {
    display: flex;
    flex-wrap: wrap;
    gap: 8px 12px;
  }
  .token-map svg {
    flex: 0 0 auto;
    width: min(100%, 132px);
    border: 1px solid var(--line);
  }
  .token-map figcaption {
    flex: 1 1 110px;
    color: var(--muted);
  }
  .token-map p + p {
    margin-top: 4px;
  }
  .patch {
    fill: var(--vscode-foreground);
    fill-opacity: 0.04;
    stroke: var(--section-line);
    stroke-width: 0.02px;
  }
  .heat {
    fill: var(--positive);
  }
  @media (forced-colors: active) {
    .column,
    .heat {
      fill: Highlight;
    }
  }
`;
