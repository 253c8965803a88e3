import type { Method } from '../../src/shared/measurement';
import { type Panel, plotSvg, type Series } from './plot';
import { curves, orders, type Results, type SubjectResult } from './results';

/** Okabe and Ito's palette, which people of any colour vision can tell apart; dashes besides. */
const styles: Readonly<Record<Method | 'logit-lens-unrestricted', Pick<Series, 'name' | 'colour' | 'dash'>>> =
  {
    'activation-gradient': { name: 'activation × gradient', colour: '#0072b2' },
    'integrated-gradients': { name: 'integrated gradients', colour: '#009e73' },
    'logit-lens': { name: 'Logit Lens', colour: '#d55e00', dash: '6 3' },
    'activation-logit-lens': { name: 'activation × Logit Lens', colour: '#e69f00', dash: '6 3' },
    energy: { name: 'energy', colour: '#cc79a7', dash: '2 3' },
    random: { name: 'random', colour: '#888888', dash: '2 3' },
    ablation: { name: 'exact ablation', colour: '#000000' },
    'logit-lens-unrestricted': { name: 'Logit Lens, all latents', colour: '#56b4e9', dash: '9 3 2 3' },
  };

/** File names and pictures. */
export function plots({ subjects, counts }: Results): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const subject of subjects.filter(({ id }) => id.startsWith('sae-'))) {
    files.set(`faithfulness-${subject.id}.svg`, curvePlots(subject));
  }
  for (const kind of ['neurons', 'heads']) {
    const layers = subjects.filter(({ id }) => id.startsWith(`${kind}:`));
    if (layers.length > 0) files.set(`faithfulness-${kind}.svg`, layerPlots(kind, layers));
  }
  if (counts.length > 0) files.set('faithfulness-logit-lens.svg', countPlots(counts));
  return files;
}

function curvePlots({ id, steps, methods }: SubjectResult): string {
  const panels = curves.flatMap((curve) =>
    orders.map((order): Panel => {
      const series = methods.map((result) => ({
        ...styles[result.method],
        points: result[order][curve].curve.map((y, i) => ({ x: i / steps, y: 100 * y })),
      }));
      return {
        title: `${curve}, ${order} order`,
        xLabel: `fraction of components ${curve === 'deletion' ? 'deleted' : 'inserted'}`,
        yLabel: 'similarity (×100)',
        series,
        ticks: [0, 0.25, 0.5, 0.75, 1],
      };
    }),
  );
  return plotSvg(`${id}: similarity as components are deleted or inserted`, panels);
}

function layerPlots(kind: string, subjects: readonly SubjectResult[]): string {
  const panels = curves.flatMap((curve) =>
    orders.map((order): Panel => {
      const series = subjects[0]!.methods.map(({ method }, m) => ({
        ...styles[method],
        points: subjects.map(({ layer, methods }) => {
          const { auc, ci } = methods[m]![order][curve];
          return {
            x: layer,
            y: 100 * auc,
            interval: ci === null ? null : ([100 * ci[0], 100 * ci[1]] as const),
          };
        }),
      }));
      return {
        title: `${curve}, ${order} order`,
        xLabel: 'block',
        yLabel: 'area under the curve (×100)',
        series,
        ticks: subjects.map(({ layer }) => layer),
      };
    }),
  );
  return plotSvg(`${kind}: area under the curves by block, with 95 % intervals`, panels);
}

function countPlots(counts: Results['counts']): string {
  const panels = counts.map(
    ({ id, rankings }): Panel => ({
      title: id,
      xLabel: 'latents deleted',
      yLabel: 'similarity (×100)',
      series: rankings.map(({ ranking, curve }) => ({
        ...styles[ranking],
        points: curve.map((y, k) => ({ x: k, y: 100 * y })),
      })),
      ticks: [0, 4, 8, 12, 16],
    }),
  );
  return plotSvg('Similarity after the first k latents of each order are deleted', panels);
}
