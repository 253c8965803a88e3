import { css, html, nothing, svg, type TemplateResult } from 'lit';
import type { Faithfulness, Method } from '../../shared/measurement';
import { points } from '../../shared/points';
import { linePath, plotScale } from '../components/plotScale';
import { methodTexts } from './methods';

export type Test = 'deletion' | 'insertion';

export const testTitles: { readonly [T in Test]: string } = { deletion: 'Deletion', insertion: 'Insertion' };

const axisTitles: { readonly [T in Test]: string } = {
  deletion: 'components removed, most positive first',
  insertion: 'components put back, most positive first',
};

/** Those that matter most are drawn last, over the others. */
const drawingOrder: readonly Method[] = [
  'random',
  'energy',
  'logit-lens',
  'activation-logit-lens',
  'integrated-gradients',
  'ablation',
  'activation-gradient',
];

const height = 190;
const edge = { left: 34, right: 10, top: 8, bottom: 36 };

export interface ChartLook {
  /** In pixels. */
  readonly width: number;
  /** Index of the fraction that is pointed at; null for none. */
  readonly at: number | null;
  /** The method to stand out; null for none. */
  readonly highlighted: Method | null;
}

/** y of each method over the fraction of components taken out, or put back. */
export function faithfulnessChart(
  { fractions, methods }: Faithfulness,
  test: Test,
  { width, at, highlighted }: ChartLook,
): TemplateResult {
  const [right, bottom] = [width - edge.right, height - edge.bottom];
  const ys = plotScale(
    methods.flatMap((method) => method[test].curve),
    bottom,
    edge.top,
  );
  const x = (fraction: number) => edge.left + fraction * (right - edge.left);
  const ordered = [...methods].sort((a, b) => rank(a.method, highlighted) - rank(b.method, highlighted));
  return html`<svg
    viewBox="0 0 ${width} ${height}"
    width=${width}
    height=${height}
    aria-hidden="true"
    class=${highlighted === null ? '' : 'one'}
  >
    ${ys.ticks.map((value) => {
      const y = ys.at(value);
      return svg`<line class="grid" x1=${edge.left} x2=${right} y1=${y} y2=${y}></line>
        <text x=${edge.left - 5} y=${y + 4} text-anchor="end">${tickText(value, ys.ticks)}</text>`;
    })}
    ${[0, 0.5, 1].map((fraction) => {
      const anchor = fraction === 0 ? 'start' : fraction === 1 ? 'end' : 'middle';
      return svg`<line class="grid" x1=${x(fraction)} x2=${x(fraction)} y1=${bottom} y2=${bottom + 4}></line>
        <text x=${x(fraction)} y=${bottom + 16} text-anchor=${anchor}>${fraction * 100}\u00a0%</text>`;
    })}
    <text class="axis-title" x=${(edge.left + right) / 2} y=${height - 5} text-anchor="middle">${axisTitles[test]}</text>
    ${at === null ? nothing : svg`<line class="rule" x1=${x(fractions[at]!)} x2=${x(fractions[at]!)} y1=${edge.top} y2=${bottom}></line>`}
    ${ordered.map(({ method, [test]: { curve } }) => {
      const line = curve.map((value, i) => [x(fractions[i]!), ys.at(value)] as const);
      return svg`<path class="line ${method} ${method === highlighted ? 'highlighted' : ''}" d=${linePath(line)}></path>${
        at === null || line[at] === undefined
          ? nothing
          : svg`<circle class="dot ${method} ${method === highlighted ? 'highlighted' : ''}" cx=${line[at][0]} cy=${line[at][1]} r="2.5"></circle>`
      }`;
    })}
  </svg>`;
}

/** The fraction under a place of the chart, in pixels from its left. */
export function fractionAt(offset: number, width: number): number {
  return Math.max(0, Math.min(1, (offset - edge.left) / (width - edge.right - edge.left)));
}

function rank(method: Method, highlighted: Method | null): number {
  return method === highlighted ? drawingOrder.length : drawingOrder.indexOf(method);
}

/** In points, as many decimals as the steps need. */
function tickText(value: number, [first = 0, second = 0]: readonly number[]): string {
  const step = (second - first) * 100;
  const digits = step >= 1 ? 0 : step >= 0.1 ? 1 : 2;
  return digits === 2
    ? points(value)
    : (value * 100)
        .toFixed(digits)
        .replace(/^-(?=.*[1-9])/, '\u2212')
        .replace(/^-/, '');
}

/** A piece of a method's line, for the key. */
export function swatch(method: Method): TemplateResult {
  return html`<svg class="swatch" viewBox="0 0 30 10" width="30" height="10" role="img" aria-label=${methodTexts[method].label}>
    <path class="line ${method}" d="M1 5H29"></path>
  </svg>`;
}

/** Colours that the colour-blind tell apart, after Okabe and Ito, and dashes that tell them apart without colour. */
export const chartLineStyles = css`
  :host {
    --line-integrated: #e69f00;
    --line-lens: #cc79a7;
    --line-lens-activation: #00b98a;
    --line-energy: #d8cf3a;
  }
  :host-context(.vscode-light),
  :host-context(.vscode-high-contrast-light) {
    --line-integrated: #a86500;
    --line-lens: #a8437d;
    --line-lens-activation: #007a58;
    --line-energy: #7d7500;
  }
  .line {
    fill: none;
    stroke-width: 1.5px;
    stroke-linejoin: round;
  }
  .line.activation-gradient {
    stroke: var(--positive);
    stroke-width: 2.75px;
  }
  .dot.activation-gradient {
    fill: var(--positive);
  }
  .line.ablation {
    stroke: var(--vscode-foreground);
    stroke-width: 2px;
    stroke-dasharray: 7 3;
  }
  .dot.ablation {
    fill: var(--vscode-foreground);
  }
  .line.random {
    stroke: var(--muted);
    stroke-dasharray: 1.5 3.5;
    stroke-linecap: round;
    stroke-width: 2px;
  }
  .dot.random {
    fill: var(--muted);
  }
  .line.integrated-gradients {
    stroke: var(--line-integrated);
    stroke-dasharray: 10 2 2 2;
  }
  .dot.integrated-gradients {
    fill: var(--line-integrated);
  }
  .line.logit-lens {
    stroke: var(--line-lens);
    stroke-dasharray: 4 3;
  }
  .dot.logit-lens {
    fill: var(--line-lens);
  }
  .line.activation-logit-lens {
    stroke: var(--line-lens-activation);
    stroke-dasharray: 8 2 2 2 2 2;
  }
  .dot.activation-logit-lens {
    fill: var(--line-lens-activation);
  }
  .line.energy {
    stroke: var(--line-energy);
    stroke-dasharray: 2 2;
  }
  .dot.energy {
    fill: var(--line-energy);
  }
  .one .line:not(.highlighted),
  .one .dot:not(.highlighted) {
    opacity: 0.3;
  }
  .line.highlighted {
    stroke-width: 3px;
  }
  .swatch {
    flex: none;
    overflow: visible;
  }
  .grid {
    stroke: var(--muted);
    stroke-opacity: 0.28;
  }
  .rule {
    stroke: var(--vscode-foreground);
    stroke-opacity: 0.6;
  }
  @media (forced-colors: active) {
    path.line.line {
      stroke: CanvasText;
    }
    path.line.line.activation-gradient,
    path.line.line.highlighted {
      stroke: Highlight;
    }
    circle.dot.dot {
      fill: CanvasText;
    }
    .plot text {
      fill: CanvasText;
    }
  }
`;
