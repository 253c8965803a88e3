import type { ShownAudit, ShownFinding } from '../../shared/auditProtocol';
import { type PlotScale, plotScale } from '../components/plotScale';

/** Of the plot and of what lies around its axes, in pixels. */
export const height = 190;
export const edge = { left: 38, right: 12, top: 8, bottom: 34 } as const;

export interface PlotScales {
  readonly x: PlotScale;
  readonly y: PlotScale;
}

/** The alignment that excuses it to the right, so that its height above the fit is its score; share upwards from zero: both hold the findings, and the fit with its margin. */
export function plotScales(
  findings: readonly Pick<ShownFinding, 'excuse' | 'measured'>[],
  fit: ShownAudit['fit'],
  margin: number,
  width: number,
): PlotScales {
  const xs = [...findings.map(({ excuse }) => excuse), ...fit.alignments];
  const ys = [...findings.map(({ measured }) => measured), ...fit.shares.map((share) => share + margin)];
  return {
    x: plotScale(xs.length === 0 ? [0, 0.3] : xs, edge.left, width - edge.right, 5),
    y: plotScale([0, ...(ys.length === 0 ? [0.1] : ys)], height - edge.bottom, edge.top, 4),
  };
}

/** The fit as points, to the edges of the plot: outside of what was fitted it is what it is at its ends. */
export function fitLine(
  { alignments, shares }: ShownAudit['fit'],
  { x }: PlotScales,
): readonly (readonly [number, number])[] {
  if (alignments.length === 0) return [];
  const [first, last] = [x.ticks[0]!, x.ticks.at(-1)!];
  const inner = alignments.map((alignment, i) => [alignment, shares[i]!] as const);
  return [
    ...(first < alignments[0]! ? [[first, shares[0]!] as const] : []),
    ...inner,
    ...(last > alignments.at(-1)! ? [[last, shares.at(-1)!] as const] : []),
  ];
}
