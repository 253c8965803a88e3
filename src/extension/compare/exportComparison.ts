import * as vscode from 'vscode';
import { type CompareState, mostOfEach } from '../../shared/compareProtocol';
import { type Compared, comparisonCsv, comparisonJson } from '../../shared/comparisonReport';
import { rankedComponents, scoreRows } from '../../shared/comparisonTable';
import { ClipsightError } from '../../shared/errors';
import type { ComponentSummary } from '../../shared/library';
import type { ExportFormat } from '../views/exportText';
import { saveFile } from '../views/saveFile';
import { columnName } from './columnName';

/**
 * Copies what is shown, in full, or writes it into a file that the person chooses.
 *
 * @throws ClipsightError when not all of it is computed, and whatever the file system does
 */
export async function exportComparison(
  state: CompareState,
  summaries: readonly ComponentSummary[],
  { format, to }: { readonly format: ExportFormat; readonly to: 'clipboard' | 'file' },
  storage: vscode.Memento,
): Promise<void> {
  const text = comparisonText(state, summaries, format);
  if (to === 'clipboard') {
    await vscode.env.clipboard.writeText(text);
    vscode.window.setStatusBarMessage(vscode.l10n.t('Copied the results.'), 3000);
    return;
  }
  const bytes = new TextEncoder().encode(text);
  const title = vscode.l10n.t('Export results');
  await saveFile({ title, name: 'clipsight-comparison', extension: format, bytes }, storage);
}

/** The components that an export names. */
export function exportedComponents({ heat, difference }: CompareState): number[] {
  return [...new Set([...(heat?.components ?? []), ...(difference?.comparison.components ?? [])])];
}

export function comparisonText(
  state: CompareState,
  summaries: readonly ComponentSummary[],
  format: ExportFormat,
): string {
  const compared = comparedOf(state, summaries);
  switch (format) {
    case 'json':
      return `${JSON.stringify(comparisonJson(compared), null, 2)}\n`;
    case 'csv':
      return comparisonCsv(compared);
  }
}

/**
 * What is shown, as the command line finds it out for the same prompts. Rewordings that are only tried are no part of it.
 *
 * @param summaries what the library says of the components; of those that are not among them there are no labels
 * @throws ClipsightError 'configuration' when not all of it is computed
 */
export function comparedOf(state: CompareState, summaries: readonly ComponentSummary[]): Compared {
  const { engine, study, scores, heat, relation, difference, images } = state;
  const columns = state.columns.filter(({ draftOf, direction }) => draftOf === null && direction !== '');
  const names = columns.map(({ direction }) => direction);
  const isWhole = [scores, heat, relation].every((part) =>
    names.every((name) => part?.directions.includes(name)),
  );
  if (
    engine === null ||
    study === null ||
    scores === null ||
    heat === null ||
    relation === null ||
    !isWhole
  ) {
    throw new ClipsightError(
      'configuration',
      'Not everything is computed yet that would be exported.',
      'Wait for it, or retry.',
    );
  }
  const inOrder = (directions: readonly string[], numbers: Float32Array): Float32Array => {
    const width = numbers.length / directions.length;
    const rows = names.map((name) => directions.indexOf(name));
    return Float32Array.from(rows.flatMap((row) => [...numbers.subarray(row * width, (row + 1) * width)]));
  };
  const comparison = {
    study,
    failures: scores.failures,
    similarities: inOrder(scores.directions, scores.similarities),
    readings: names.map((name) => scores.readings[scores.directions.indexOf(name)]!),
    components: heat.components,
    activations: heat.activations,
    attributions: inOrder(heat.directions, heat.attributions),
    totals: inOrder(heat.directions, heat.totals),
  };
  const named = (direction: string) => {
    const column = columns.find((candidate) => candidate.direction === direction)!;
    return columnName(column);
  };
  const ends =
    difference !== null && [difference.of, difference.against].every((name) => names.includes(name));
  return {
    engine,
    images,
    prompts: columns.map((column) => ({ name: columnName(column) })),
    comparison,
    scores: scoreRows(comparison, study.model, [...columns.keys()]),
    difference:
      difference === null || !ends
        ? null
        : {
            of: named(difference.of),
            against: named(difference.against),
            similarity: scoreRows(difference.comparison, study.model, [0])[0]!.similarity,
            components: rankedComponents(difference.comparison, 0, mostOfEach),
          },
    relation: cosines(relation, names),
    labels: new Map(
      summaries.flatMap(({ component, annotation, labels }) => {
        const label = annotation.name ?? labels[0]?.text;
        return label === undefined ? [] : [[component, label] as const];
      }),
    ),
  };
}

function cosines(
  { directions, cosines: all }: NonNullable<CompareState['relation']>,
  names: readonly string[],
): number[][] {
  const places = names.map((name) => directions.indexOf(name));
  return places.map((row) => places.map((column) => all[row * directions.length + column]!));
}
