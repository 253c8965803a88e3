import { meanWithInterval } from '../../src/engine/numeric/bootstrap';
import type { Estimate } from '../../src/shared/measurement';
import {
  type CountResult,
  type Curve,
  type CurveName,
  curves,
  type MethodResult,
  type Order,
  type Ordering,
  orders,
  type Results,
  type SubjectResult,
} from './results';
import { holm, level, signFlipTest } from './significance';
import { areas, type Measurements } from './subject';

export interface MeasuredSubject {
  readonly id: string;
  readonly measurements: Measurements;
}

/**
 * Means, intervals and tests of all that was measured: every method with every other, in each order and curve of each
 * subject, is a comparison to be corrected for. Numbers are rounded to what the document and its plots need.
 */
export function summarise(
  subjects: readonly MeasuredSubject[],
): Pick<Results, 'comparisons' | 'subjects' | 'counts'> {
  const cells = subjects.flatMap(({ measurements }) =>
    orders.flatMap((order) => curves.map((curve) => pairTests(measurements, order, curve))),
  );
  const corrected = holm(cells.flat());
  const perCell = cells.map((_, i) => corrected.slice(pairsBefore(cells, i), pairsBefore(cells, i + 1)));
  let cell = 0;
  return {
    comparisons: corrected.length,
    subjects: subjects.map(({ id, measurements }) => {
      const p = { local: both(), global: both() };
      function both() {
        return { deletion: perCell[cell++]!, insertion: perCell[cell++]! };
      }
      return subjectResult(id, measurements, p);
    }),
    counts: subjects.flatMap(({ id, measurements }) => countResult(id, measurements)),
  };
}

function pairsBefore(cells: readonly (readonly number[])[], cell: number): number {
  return cells.slice(0, cell).reduce((sum, { length }) => sum + length, 0);
}

function areasOf({ images, methods }: Measurements, order: Order, curve: CurveName): readonly Float64Array[] {
  return methods.map((_, m) => areas(images.map((image) => image[order][m]![curve])));
}

/** p of every two methods, in the order of `pairIndex`. */
function pairTests(measurements: Measurements, order: Order, curve: CurveName): readonly number[] {
  const all = areasOf(measurements, order, curve);
  return all.flatMap((first, m) => all.slice(m + 1).map((second) => signFlipTest(less(first, second))));
}

function pairIndex(a: number, b: number, methods: number): number {
  const [low, high] = [Math.min(a, b), Math.max(a, b)];
  return low * methods - (low * (low + 1)) / 2 + (high - low - 1);
}

/** Corrected p values of every two methods. */
type Tested = Record<Order, Record<CurveName, readonly number[]>>;

function subjectResult(id: string, measurements: Measurements, tested: Tested): SubjectResult {
  const { images, methods, ...about } = measurements;
  const reference = methods.indexOf('activation-gradient');
  const pOf = (order: Order, curve: CurveName, a: number, b: number) =>
    tested[order][curve][pairIndex(a, b, methods.length)]!;
  const curveResults = (order: Order, curve: CurveName): readonly Curve[] => {
    const all = areasOf(measurements, order, curve);
    return all.map((own, m) => {
      const { mean: auc, ci } = estimate(own);
      const difference = estimate(less(own, all[reference]!));
      const p = m === reference ? 1 : pOf(order, curve, m, reference);
      return {
        auc,
        ci,
        curve: meanCurve(images.map((image) => image[order][m]![curve])),
        versusReference: m === reference ? null : { ...difference, p: Number(p.toPrecision(2)) },
      };
    });
  };
  const results = {
    local: { deletion: curveResults('local', 'deletion'), insertion: curveResults('local', 'insertion') },
    global: { deletion: curveResults('global', 'deletion'), insertion: curveResults('global', 'insertion') },
  };
  const ordering = (order: Order, curve: CurveName): Ordering => {
    const sign = curve === 'deletion' ? 1 : -1;
    const best = methods
      .map((_, m) => m)
      .sort((a, b) => sign * (results[order][curve][a]!.auc - results[order][curve][b]!.auc));
    return best.map((m, rank) => {
      const next = best[rank + 1];
      return {
        method: methods[m]!,
        aheadOfNext: next !== undefined && pOf(order, curve, m, next) < level,
      };
    });
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
        local: { deletion: results.local.deletion[m]!, insertion: results.local.insertion[m]! },
        global: { deletion: results.global.deletion[m]!, insertion: results.global.insertion[m]! },
        rankCorrelation: correlations.length === 0 ? null : estimate(Float64Array.from(correlations)),
      };
    }),
    ordering: {
      local: { deletion: ordering('local', 'deletion'), insertion: ordering('local', 'insertion') },
      global: { deletion: ordering('global', 'deletion'), insertion: ordering('global', 'insertion') },
    },
  };
}

function countResult(id: string, { images, methods }: Measurements): CountResult[] {
  const counts = images.flatMap((image) => image.counts ?? []);
  if (counts.length === 0) return [];
  const known = counts.map((one) => one.methods[methods.indexOf('activation-gradient')]!);
  const firstFive = (each: readonly (readonly number[])[]) =>
    Float64Array.from(each, (curve) => meanOf(curve.slice(0, 6)));
  const ranking = (
    name: CountResult['rankings'][number]['ranking'],
    each: readonly (readonly number[])[],
  ): CountResult['rankings'][number] => {
    const { mean: auc, ci } = estimate(areas(each));
    const isReference = name === 'activation-gradient';
    return {
      ranking: name,
      curve: meanCurve(each),
      auc,
      ci,
      versusReference: isReference ? null : estimate(less(areas(each), areas(known))),
      firstFive: estimate(firstFive(each)),
      firstFiveVersusReference: isReference ? null : estimate(less(firstFive(each), firstFive(known))),
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

function less(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value - b[i]!);
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
