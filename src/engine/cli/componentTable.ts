import type { ComponentCard, ComponentSummary, Grounds, Sample, SearchHit } from '../../shared/library';

/** All that is known of a component, for people. */
export function cardTable(card: ComponentCard, grounds: Grounds): string {
  const { summary, samples } = card;
  const { component, annotation, labels, n, firingRate } = summary;
  const self = grounds.judge === null ? ' (self-judged)' : '';
  const rows: readonly (readonly [string, string])[] = [
    [
      'label',
      `${labels.map(({ text, alignment }) => `${text} ${decimals(alignment)}`).join(', ') || 'none'}${self}`,
    ],
    ['clarity', `${decimals(card.clarity)}${self}`],
    ['polysemanticity', `${decimals(card.polysemanticity?.score ?? null)}${self}`],
    ['redundancy', `${decimals(card.redundancy)}${self}`],
    ['read from', `${n} images`],
    [
      'fires in',
      `${card.fired} of ${grounds.images} images${firingRate === null ? '' : ` (${percent(firingRate)})`}`,
    ],
    ['strongest', decimals(card.maxActivation)],
    ...(annotation.note === null ? [] : [['note', annotation.note] as const]),
    ...(annotation.mark === null ? [] : [['marked', annotation.mark] as const]),
    ...card.reliance.map(
      ({ prompt, alignment, mean }) =>
        [
          `“${prompt}”`,
          `alignment ${decimals(alignment)}${self}` +
            (mean === null ? '' : `, attribution ${(100 * mean).toFixed(3)} points in the mean`),
        ] as const,
    ),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    `latent ${component} · ${nameOf(summary)}${annotation.pinned ? ' · pinned' : ''} · judged by ${grounds.judge ?? 'itself'}`,
    ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
    `${'activation'.padStart(12)}${'token'.padStart(7)}  image`,
    ...samples.map(sampleRow),
  ].join('\n');
}

function sampleRow({ activation, token, path }: Sample): string {
  return `${activation.toFixed(3).padStart(12)}${String(token).padStart(7)}  ${path}`;
}

/** Components that were found, best first, for people. */
export function hitTable(query: string, hits: readonly SearchHit[], grounds: Grounds): string {
  const self = grounds.judge === null ? 'itself (self-judged)' : grounds.judge;
  return [
    `“${query}” · ${hits.length === 1 ? '1 component' : `${hits.length} components`} · judged by ${self}, ${grounds.images} images`,
    `${'latent'.padStart(8)}${'score'.padStart(9)}  ${'found by'.padEnd(12)}${'fires in'.padStart(9)}  name`,
    ...hits.map(
      ({ component, by, score }) =>
        `${String(component.component).padStart(8)}${decimals(score).padStart(9)}  ${by.padEnd(12)}` +
        `${(component.firingRate === null ? '–' : percent(component.firingRate)).padStart(9)}  ${nameOf(component)}`,
    ),
  ].join('\n');
}

/** What the person calls it, else its label. */
function nameOf({ annotation, labels }: ComponentSummary): string {
  return annotation.name ?? labels[0]?.text ?? 'no label';
}

function decimals(value: number | null): string {
  return value === null ? '–' : value.toFixed(3).replace('-', '−');
}

function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)} %`;
}
