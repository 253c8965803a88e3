import type { Estimate, Faithfulness, Method } from '../../shared/measurement';
import { type Cluster, meanWithInterval } from '../numeric/bootstrap';
import { areaUnder, type Curves } from './faithfulness';

/** One image against one direction. */
export interface PairFaithfulness {
  /** Pairs of one image are not independent: intervals are over images. */
  readonly image: number;
  /** One per method. */
  readonly curves: readonly Curves[];
  readonly rankCorrelations: readonly (number | null)[];
}

export interface FaithfulnessTally {
  add(pair: PairFaithfulness): void;
  /** At least one pair. `between` is called before each of the longer computations. */
  result(between: () => Promise<void>): Promise<Pick<Faithfulness, 'pairs' | 'fractions' | 'methods'>>;
}

/** What the others are held against. */
const reference: Method = 'activation-gradient';

/** Gathers pairs into means over them and intervals over their images. */
export function faithfulnessTally(methods: readonly Method[], steps: number): FaithfulnessTally {
  const referenceAt = methods.indexOf(reference);
  const tallies = methods.map(() => ({
    deletion: curveTally(steps),
    insertion: curveTally(steps),
    rankCorrelation: new Map<number, Cluster>(),
  }));
  let pairs = 0;
  return {
    add({ image, curves, rankCorrelations }) {
      pairs += 1;
      const known = curves[referenceAt];
      tallies.forEach((tally, m) => {
        addCurve(tally.deletion, image, curves[m]!.deletion, known?.deletion);
        addCurve(tally.insertion, image, curves[m]!.insertion, known?.insertion);
        const correlation = rankCorrelations[m];
        if (correlation !== null) addTo(tally.rankCorrelation, image, correlation!);
      });
    },
    async result(between) {
      const estimate = async (of: CurveTally['area']): Promise<Estimate | null> => {
        if (of.size === 0) return null;
        await between();
        const { mean, interval } = meanWithInterval([...of.values()]);
        return { mean, ci: interval };
      };
      const curve = async ({ sums, area, difference }: CurveTally) => {
        const { mean: auc, ci } = (await estimate(area))!;
        return {
          auc,
          ci,
          curve: [...sums].map((sum) => sum / pairs),
          difference: await estimate(difference),
        };
      };
      const results: Faithfulness['methods'] = [];
      for (const [m, method] of methods.entries()) {
        const { deletion, insertion, rankCorrelation } = tallies[m]!;
        results.push({
          method,
          deletion: await curve(deletion),
          insertion: await curve(insertion),
          rankCorrelation: await estimate(rankCorrelation),
        });
      }
      return { pairs, fractions: Array.from({ length: steps + 1 }, (_, i) => i / steps), methods: results };
    },
  };
}

interface CurveTally {
  /** Σ y over pairs, at each fraction. */
  readonly sums: Float64Array;
  /** By image. */
  readonly area: Map<number, Cluster>;
  readonly difference: Map<number, Cluster>;
}

function curveTally(steps: number): CurveTally {
  return { sums: new Float64Array(steps + 1), area: new Map(), difference: new Map() };
}

function addCurve(
  { sums, area, difference }: CurveTally,
  image: number,
  curve: Float64Array,
  known: Float64Array | undefined,
): void {
  for (let i = 0; i < sums.length; i++) sums[i]! += curve[i]!;
  addTo(area, image, areaUnder(curve));
  if (known !== undefined) addTo(difference, image, areaUnder(curve) - areaUnder(known));
}

function addTo(clusters: Map<number, Cluster>, image: number, value: number): void {
  const { sum, count } = clusters.get(image) ?? { sum: 0, count: 0 };
  clusters.set(image, { sum: sum + value, count: count + 1 });
}
