import type { ConfidenceInterval, Estimate, Faithfulness, FaithfulnessCurve } from '../../shared/measurement';
import type { FaithfulnessCommand } from './faithfulnessArguments';

type Row = Faithfulness['methods'][number];

/** Areas under the curves by method, and below them what each differs by from activation × gradient; for people. */
export function faithfulnessTable(
  { study: { model, dictionary }, pairs, methods, failures }: Faithfulness,
  { order, steps }: FaithfulnessCommand,
  files: number,
): string {
  const images = files - failures.length;
  const heading = [
    `${model.id} · ${dictionary.id}, block ${dictionary.layer}, ${dictionary.tokens} tokens`,
    `${counted(pairs, 'pair')} of ${counted(images, 'image')} · ${order} order, ${steps} steps · areas in points of similarity (×100), ` +
      'with 95 % intervals over images',
    'Good orders have a small area in deletion and a large one in insertion.',
  ].join('\n');
  const areas = table(
    ['method', 'deletion', 'insertion', 'rank correlation with ablation'],
    methods.map(({ method, deletion, insertion, rankCorrelation }) => [
      method,
      area(deletion),
      area(insertion),
      rankCorrelation === null ? '–' : estimate(rankCorrelation, 1),
    ]),
  );
  const compared = methods.filter(
    ({ method, deletion }) => deletion.difference !== null && method !== 'activation-gradient',
  );
  if (compared.length === 0) return [heading, areas].join('\n\n');
  const differences = table(
    ['less activation-gradient', 'deletion', 'insertion'],
    compared.map(({ method, deletion, insertion }: Row) => [
      method,
      estimate(deletion.difference!, 100),
      estimate(insertion.difference!, 100),
    ]),
  );
  return [heading, areas, differences].join('\n\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]!.length)),
  );
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function area({ auc, ci }: FaithfulnessCurve): string {
  return estimate({ mean: auc, ci }, 100);
}

function estimate({ mean, ci }: Estimate, scale: number): string {
  return `${decimals(mean * scale)}${interval(ci, scale)}`;
}

function interval(ci: ConfidenceInterval, scale: number): string {
  return ci === null ? '' : ` [${decimals(ci[0] * scale)}, ${decimals(ci[1] * scale)}]`;
}

function decimals(value: number): string {
  return value.toFixed(2).replace('-', '−');
}

function counted(n: number, word: string): string {
  return `${n} ${word}${n === 1 ? '' : 's'}`;
}
