import { meanWithInterval } from '../../src/engine/numeric/bootstrap';
import type { Estimate } from '../../src/shared/measurement';
import type {
  Comparison,
  CountResult,
  Curve,
  CurveName,
  MethodResult,
  Order,
  Results,
  SubjectResult,
} from './results';
import { holm, signFlipTest } from './significance';
import { areas, type Measurements } from './subject';

export interface MeasuredSubject {
  readonly id: string;
  readonly measurements: Measurements;
}

/** Means, intervals and tests of all that was measured. Numbers are rounded to what the document and its plots need. */
export function summarise(
  subjects: readonly MeasuredSubject[],
): Pick<Results, 'comparisons' | 'subjects' | 'counts'> {
  const tests: { readonly p: number; readonly comparison: { p: number } }[] = [];
  const compare = (areasOf: Float64Array, other: Float64Array): Comparison => {
    const differences = areasOf.map((area, i) => area - other[i]!);
    const comparison = { ...estimate(differences), p: 1 };
    tests.push({ p: signFlipTest(differences), comparison });
    return comparison;
  };
  const summaries = subjects.map(({ id, measurements }) => subjectResult(id, measurements, compare));
  const corrected = holm(tests.map(({ p }) => p));
  tests.forEach(({ comparison }, i) => {
    comparison.p = Number(corrected[i]!.toPrecision(2));
  });
  return {
    comparisons: tests.length,
    subjects: summaries,
    counts: subjects.flatMap(({ id, measurements }) => countResult(id, measurements)),
  };
}

type Compare = (areas: Float64Array, other: Float64Array) => Comparison;

function subjectResult(
  id: string,
  { images, methods, ...about }: Measurements,
  compare: Compare,
): SubjectResult {
  const along = (order: Order, curve: CurveName, m: number) => images.map((image) => image[order][m]![curve]);
  const areasOf = (order: Order, curve: CurveName) => methods.map((_, m) => areas(along(order, curve, m)));
  const both = (order: Order) => ({
    deletion: areasOf(order, 'deletion'),
    insertion: areasOf(order, 'insertion'),
  });
  const all = { local: both('local'), global: both('global') };
  const reference = methods.indexOf('activation-gradient');
  const random = methods.indexOf('random');
  const curveResult = (order: Order, curve: CurveName, m: number): Curve => {
    const own = all[order][curve][m]!;
    const { mean: auc, ci } = estimate(own);
    const versusReference = m === reference ? null : compare(own, all[order][curve][reference]!);
    return {
      auc,
      ci,
      curve: meanCurve(along(order, curve, m)),
      versusReference,
      // The pair of activation × gradient and random is tested once.
      versusRandom: m === random || m === reference ? null : compare(own, all[order][curve][random]!),
    };
  };
  const active = images.map((image) => image.active);
  return {
    id,
    ...about,
    images: images.length,
    active: { least: Math.min(...active), mean: rounded(meanOf(active)), most: Math.max(...active) },
    similarity: rounded(meanOf(images.map(({ local }) => local[0]!.deletion[0]!))),
    without: rounded(meanOf(images.map(({ local }) => local[0]!.insertion[0]!))),
    methods: methods.map((method, m): MethodResult => {
      const correlations = images.flatMap(({ rankCorrelations }) => rankCorrelations[m] ?? []);
      return {
        method,
        local: {
          deletion: curveResult('local', 'deletion', m),
          insertion: curveResult('local', 'insertion', m),
        },
        global: {
          deletion: curveResult('global', 'deletion', m),
          insertion: curveResult('global', 'insertion', m),
        },
        rankCorrelation: correlations.length === 0 ? null : estimate(Float64Array.from(correlations)),
      };
    }),
  };
}

function countResult(id: string, { images, methods }: Measurements): CountResult[] {
  const counts = images.flatMap((image) => image.counts ?? []);
  if (counts.length === 0) return [];
  const reference = areas(counts.map((one) => one.methods[methods.indexOf('activation-gradient')]!));
  const ranking = (
    name: CountResult['rankings'][number]['ranking'],
    each: readonly (readonly number[])[],
  ) => {
    const own = areas(each);
    const { mean: auc, ci } = estimate(own);
    return {
      ranking: name,
      curve: meanCurve(each),
      auc,
      ci,
      versusReference:
        name === 'activation-gradient' ? null : estimate(own.map((area, i) => area - reference[i]!)),
    };
  };
  return [
    {
      id,
      rankings: [
        ...methods.map((method, m) =>
          ranking(
            method,
            counts.map((one) => one.methods[m]!),
          ),
        ),
        ranking(
          'logit-lens-unrestricted',
          counts.map(({ unrestricted }) => unrestricted),
        ),
      ],
      activeAmongFirst: meanCurve(counts.map(({ activeAmongFirst }) => activeAmongFirst)),
    },
  ];
}

function estimate(values: Float64Array): Estimate {
  const { mean, interval } = meanWithInterval(Array.from(values, (sum) => ({ sum, count: 1 })));
  return { mean: rounded(mean), ci: interval === null ? null : [rounded(interval[0]), rounded(interval[1])] };
}

function meanCurve(each: readonly (readonly number[])[]): number[] {
  return each[0]!.map((_, i) => rounded(meanOf(each.map((curve) => curve[i]!))));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** To a hundredth of what is shown. */
function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
