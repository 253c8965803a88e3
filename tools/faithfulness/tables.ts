import type { ConfidenceInterval, Estimate, Method } from '../../src/shared/measurement';
import {
  type Comparison,
  type Curve,
  type CurveName,
  curves,
  type Ordering,
  orders,
  type Results,
  type SubjectResult,
} from './results';
import { level } from './significance';

const shortNames: Readonly<Record<Method, string>> = {
  'activation-gradient': 'A×G',
  'integrated-gradients': 'IG',
  'logit-lens': 'LL',
  'activation-logit-lens': 'A×LL',
  energy: 'energy',
  random: 'random',
  ablation: 'ablation',
};

/** Tables of the document by the name that its markers have, in Markdown. */
export function tables(results: Results): ReadonlyMap<string, string> {
  const { subjects } = results;
  return new Map([
    ['study', study(results)],
    ['subjects', subjectsTable(subjects)],
    ...['sae-cls', 'sae-patches'].map((id) => [id, ofSubject(results, id)] as const),
    ...['neurons', 'heads'].map(
      (kind) =>
        [
          kind,
          subjects
            .filter(({ id }) => id.startsWith(`${kind}:`))
            .map(({ id }) => `**${id}**\n\n${ofSubject(results, id)}`)
            .join('\n\n'),
        ] as const,
    ),
    ['ordering', orderingTable(subjects)],
    ['claim', claimTable(subjects)],
    ['counts', results.counts.map(countTable).join('\n\n')],
  ]);
}

function study({ model, images, classes, comparisons }: Results): string {
  return `${images} images of ${classes} nouns; ${model.id}, weights SHA-256 \`${model.sha256.slice(0, 12)}…\`; ${comparisons} comparisons.`;
}

function subjectsTable(subjects: readonly SubjectResult[]): string {
  return markdown(
    [
      'dictionary',
      'tokens',
      'components',
      'active per image',
      'steps',
      'images',
      'y',
      'y without components',
    ],
    subjects.map(({ id, tokens, size, active, steps, similarity, without, images }) => [
      id,
      tokens,
      String(size),
      active.least === active.most
        ? String(active.most)
        : `${active.least}–${active.most}, mean ${active.mean.toFixed(1)}`,
      String(steps),
      String(images),
      points(similarity),
      points(without),
    ]),
  );
}

function ofSubject({ subjects }: Results, id: string): string {
  const found = subjects.find((subject) => subject.id === id);
  if (found === undefined) return '';
  return markdown(
    [
      'method',
      'deletion, local ↓',
      'deletion, global ↓',
      'insertion, local ↑',
      'insertion, global ↑',
      'rank correlation with ablation',
    ],
    found.methods.map((result) => [
      result.method,
      ...curves.flatMap((curve) => orders.map((order) => area(result[order][curve], curve))),
      result.rankCorrelation === null
        ? '–'
        : `${signed(result.rankCorrelation.mean)}${interval(result.rankCorrelation.ci, signed)}`,
    ]),
  );
}

/** A mark says that it differs from activation × gradient: ▲ better, ▼ worse. */
function area({ auc, ci, versusReference }: Curve, curve: CurveName): string {
  const text = `${points(auc)}${interval(ci, points)}`;
  const mark = versusReference === null ? '' : verdict(versusReference, curve);
  return mark === '' ? text : `${text} ${mark}`;
}

function verdict({ mean, p }: Comparison, curve: CurveName): '▲' | '▼' | '' {
  if (p >= level || mean === 0) return '';
  return mean < 0 === (curve === 'deletion') ? '▲' : '▼';
}

/** Best first; › where one is told apart from the next. */
function orderingTable(subjects: readonly SubjectResult[]): string {
  const cell = (ordering: Ordering) =>
    ordering
      .map(({ method, aheadOfNext }, i) => {
        const name = shortNames[method];
        return i === ordering.length - 1 ? name : `${name} ${aheadOfNext ? '›' : '≈'} `;
      })
      .join('');
  return orders
    .map((order) =>
      markdown(
        [`${order} order`, ...curves],
        subjects.map(({ id, ordering }) => [id, ...curves.map((curve) => cell(ordering[order][curve]))]),
      ),
    )
    .join('\n\n');
}

/** Logit Lens less activation × gradient. */
function claimTable(subjects: readonly SubjectResult[]): string {
  return markdown(
    ['dictionary', ...curves.flatMap((curve) => orders.map((order) => `${curve}, ${order}`))],
    subjects.map(({ id, methods }) => {
      const lens = methods.find(({ method }) => method === 'logit-lens')!;
      return [
        id,
        ...curves.flatMap((curve) =>
          orders.map((order) => {
            const { mean, ci, p } = lens[order][curve].versusReference!;
            const mark = verdict({ mean, ci, p }, curve);
            return `${signedPoints(mean)}${interval(ci, signedPoints)}${mark === '' ? '' : ` ${mark}`}, p ${probability(p)}`;
          }),
        ),
      ];
    }),
  );
}

function countTable({ id, rankings, activeAmongFirst }: Results['counts'][number]): string {
  const last = activeAmongFirst.length - 1;
  const ks = [1, 2, 5, last];
  const difference = (of: Estimate | null) =>
    of === null ? '' : `${signedPoints(of.mean)}${interval(of.ci, signedPoints)}`;
  const rows = rankings.map(
    ({ ranking, auc, ci, versusReference, firstFive, firstFiveVersusReference, curve }) => [
      ranking === 'logit-lens-unrestricted' ? '**Logit Lens over all latents**' : ranking,
      `${points(firstFive.mean)}${interval(firstFive.ci, points)}`,
      difference(firstFiveVersusReference),
      `${points(auc)}${interval(ci, points)}`,
      difference(versusReference),
      ...ks.map((k) => points(curve[k]!)),
    ],
  );
  return [
    `**${id}**. Of the first ${ks.join(', ')} latents by Logit Lens over all latents, ${ks.map((k) => activeAmongFirst[k]!.toFixed(2)).join(', ')} are active in the image, in the mean.`,
    markdown(
      [
        'order',
        'mean y, k = 0…5 ↓',
        'less activation-gradient',
        `area, k = 0…${last} ↓`,
        'less activation-gradient',
        ...ks.map((k) => `y, k = ${k}`),
      ],
      rows,
    ),
  ].join('\n\n');
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function interval(ci: ConfidenceInterval, format: (value: number) => string): string {
  return ci === null ? '' : ` [${format(ci[0])}, ${format(ci[1])}]`;
}

/** In points of similarity. */
function points(value: number): string {
  return minus((100 * value).toFixed(1));
}

function signedPoints(value: number): string {
  const text = (100 * value).toFixed(1);
  return minus(value > 0 ? `+${text}` : text);
}

function signed(value: number): string {
  return minus(value.toFixed(2));
}

function probability(p: number): string {
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}

function minus(text: string): string {
  return text.replace(/^-/, '−').replace(/^−(0\.?0*)$/, '$1');
}
