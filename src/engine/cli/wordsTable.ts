import type { Words } from '../../shared/words';

/** Of a column of numbers: its name may be wider. */
const least = 9;

/** Words as rows, for people: what leaving each out does to the score and to components, and integrated gradients. */
export function wordsTable(
  { image, prompt }: { readonly image: string; readonly prompt: string },
  { study, similarity, words, contributions, components }: Words,
): string {
  const component = study.dictionary.point === 'heads' ? 'head' : 'latent';
  const columns = ['score', 'integrated', ...components.map((each) => `${component} ${each.component}`)];
  const row = (cells: readonly string[], name: string) =>
    `${cells.map((cell, i) => cell.padStart(Math.max(least, columns[i]!.length + 2))).join('')}  ${name}`;
  return [
    `${study.model.id} · ${study.dictionary.id}`,
    `${image} · “${prompt}”`,
    `similarity ${(100 * similarity).toFixed(2)}, in points (×100)`,
    `score and ${component}s: what is lost without the word, measured; integrated: the word’s integrated gradients of the score`,
    row(columns, 'word'),
    ...words.map(({ text, contribution, leaveOneOut }, word) =>
      row(
        [leaveOneOut, contribution, ...components.map((each) => each.leaveOneOut[word]!)].map(points),
        text,
      ),
    ),
    row(['', points(contributions.reduce((sum, x) => sum + x, 0)), ...components.map(() => '')], 'all words'),
    row(
      [points(similarity), '', ...components.map(({ attribution }) => points(attribution))],
      'whole prompt',
    ),
  ].join('\n');
}

function points(value: number): string {
  const shown = Math.abs(100 * value).toFixed(2);
  // What is shown as nothing has no sign.
  if (shown === '0.00') return shown;
  return `${value < 0 ? '−' : '+'}${shown}`;
}
