import type { Compared } from '../../shared/comparisonReport';
import { heatRows } from '../../shared/comparisonTable';
import { confidenceOf } from '../../shared/confidence';
import { bar, points } from './table';

/** Columns that a terminal has room for. */
const widest = 8;

/** Prompts side by side, for people: scores, components, what separates two of them, how alike they are. */
export function comparisonTables(compared: Compared): string {
  const { model, dictionary, computed } = compared.comparison.study;
  // The best first, everywhere; a prompt keeps the number of its place on the command line.
  const order = compared.scores
    .toSorted((a, b) => b.similarity - a.similarity)
    .map(({ direction }) => direction);
  const shown = order.slice(0, widest);
  return [
    `${model.id} · ${dictionary.id}, block ${dictionary.layer}, ${dictionary.tokens} tokens, ` +
      `${dictionary.size} ${componentName(compared)}s · ${computed.device} ${computed.precision}`,
    scoreTable(compared, order),
    heatTable(compared, shown),
    differenceTable(compared),
    relationTable(compared, shown),
  ]
    .filter((table) => table !== null)
    .join('\n\n');
}

function componentName({ comparison }: Compared): 'head' | 'latent' {
  return comparison.study.dictionary.point === 'heads' ? 'head' : 'latent';
}

function scoreTable(compared: Compared, order: readonly number[]): string {
  const { images, prompts, scores, comparison } = compared;
  const scored = images.filter((_, i) => comparison.failures[i] === null);
  const columns = scored.length > 1 && scored.length <= widest ? scored : [];
  const number = (value: number) => (100 * value).toFixed(2).padStart(9);
  return [
    scored.length === 1
      ? `${scored[0]}: similarity in points (×100)`
      : `${scored.length} images: similarity in points (×100), mean over them`,
    ...columns.map((image, i) => `  image ${i + 1}: ${image}`),
    [
      ...columns.map((_, i) => `image ${i + 1}`.padStart(9)),
      (scored.length > 1 ? 'mean' : 'score').padStart(9),
      confidenceOf(comparison.study.model).padStart(12),
      '  prompt',
    ].join(''),
    ...order.map((prompt) => {
      const { similarity, similarities, confidence } = scores[prompt]!;
      return [
        ...(columns.length > 0 ? similarities.map(number) : []),
        number(similarity),
        `${(100 * confidence).toFixed(1)} %`.padStart(12),
        `  ${prompt + 1}  ${prompts[prompt]!.name}`,
      ].join('');
    }),
  ].join('\n');
}

function heatTable(compared: Compared, shown: readonly number[]): string | null {
  const { comparison, prompts, labels } = compared;
  const rows = heatRows(comparison, shown);
  const [strongest] = rows;
  if (strongest === undefined) return null;
  const left = prompts.length - shown.length;
  return [
    `attributions in points, by prompt${left > 0 ? ` (the ${shown.length} best of ${prompts.length})` : ''}`,
    [
      componentName(compared).padStart(8),
      'activation'.padStart(12),
      ...shown.map((prompt) => String(prompt + 1).padStart(10)),
    ].join(''),
    ...rows.map(({ component, activation, attributions }) =>
      [
        String(component).padStart(8),
        activation.toFixed(3).padStart(12),
        ...attributions.map((a) => `${points(a)} ${shade(a / strongest.largest)}`.padStart(10)),
        labels.has(component) ? `  ${labels.get(component)}` : '',
      ].join(''),
    ),
  ].join('\n');
}

function differenceTable(compared: Compared): string | null {
  const { difference, labels } = compared;
  if (difference === null) return null;
  const { of, against, similarity, components } = difference;
  const largest = Math.abs(components[0]?.attribution ?? 1);
  return [
    `“${of}” less “${against}”: ${points(similarity)} points`,
    ...(components.length === 0
      ? []
      : [
          `${componentName(compared).padStart(8)}${'points'.padStart(9)}${'share'.padStart(8)}${'activation'.padStart(11)}`,
        ]),
    ...components.map(({ component, attribution, share, activation }) =>
      [
        String(component).padStart(8),
        points(attribution).padStart(9),
        `${(100 * share).toFixed(1)} %`.padStart(8),
        activation.toFixed(3).padStart(11),
        ` ${bar(attribution / largest).padEnd(49)}`,
        labels.has(component) ? `  ${labels.get(component)}` : '',
      ]
        .join('')
        .trimEnd(),
    ),
  ].join('\n');
}

function relationTable({ relation }: Compared, shown: readonly number[]): string | null {
  if (relation === null || shown.length < 2) return null;
  return [
    'similarity among the prompts (cosine)',
    `${''.padStart(5)}${shown.map((prompt) => String(prompt + 1).padStart(8)).join('')}`,
    ...shown.map(
      (row) =>
        `${String(row + 1).padStart(5)}${shown.map((column) => relation[row]![column]!.toFixed(3).padStart(8)).join('')}`,
    ),
  ].join('\n');
}

/** How much of the strongest: four steps. */
function shade(fraction: number): string {
  return '·░▒▓█'[Math.ceil(4 * Math.min(1, Math.abs(fraction)) - 0.25)] ?? '·';
}
