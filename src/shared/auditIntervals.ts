import type { AuditReport, Finding } from './audit';
import { componentText } from './auditTexts';
import { type Html, html } from './html';
import { percent } from './points';

const width = 180;
const height = 20;
/** Room at both ends, so that no mark is cut off. */
const inset = 5;

/** The scale that all bars of a report share: per cent from 0 to a round number above all that is drawn. */
export interface IntervalScale {
  readonly largest: number;
}

export function intervalScale(findings: readonly Finding[]): IntervalScale {
  const largest = findings.reduce(
    (most, { measured, expected, interval }) => Math.max(most, measured, expected + interval[1]),
    0,
  );
  const steps = [0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.8, 1];
  return { largest: steps.find((step) => step >= largest) ?? 1 };
}

/** Rounded: enough for any screen, and the same on every machine. */
function place(share: number, { largest }: IntervalScale): number {
  const fraction = Math.min(1, Math.max(0, share / largest));
  return Math.round((inset + fraction * (width - 2 * inset)) * 10) / 10;
}

/** From what is expected (tick) to what was measured (dot), with the interval (line) and where findings begin (dashes). */
export function intervalBar(
  finding: Finding,
  { margin, study }: Pick<AuditReport, 'margin' | 'study'>,
  scale: IntervalScale,
): Html {
  const { measured, expected, interval } = finding;
  const at = (share: number) => place(share, scale);
  const [from, to] = [at(expected), at(measured)];
  const [low, high] = [at(expected + interval[0]), at(expected + interval[1])];
  const middle = height / 2;
  return html`<svg class="bar" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img"><title>${componentText(study, finding)}: measured ${percent(measured)}, expected ${percent(expected)}</title><line class="axis" x1="${inset}" x2="${width - inset}" y1="${middle}" y2="${middle}"/><rect class="excess" x="${Math.min(from, to)}" y="5" width="${Math.round(Math.abs(to - from) * 10) / 10}" height="10" rx="1.5"/><line class="threshold" x1="${at(expected + margin)}" x2="${at(expected + margin)}" y1="3" y2="17"/><line class="expected" x1="${from}" x2="${from}" y1="2" y2="18"/><line class="interval" x1="${low}" x2="${high}" y1="${middle}" y2="${middle}"/><line class="interval" x1="${low}" x2="${low}" y1="7" y2="13"/><line class="interval" x1="${high}" x2="${high}" y1="7" y2="13"/><circle class="measured" cx="${to}" cy="${middle}" r="4"/></svg>`;
}

/** The scale over a column of bars. */
export function intervalAxis({ largest }: IntervalScale): Html {
  const label = (share: number) => `${Number((100 * share).toFixed(1))}\u00a0%`;
  return html`<span class="scale"><span>0</span><span>${label(largest / 2)}</span><span>${label(largest)}</span></span>`;
}
