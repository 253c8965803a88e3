import type { Method } from '../../shared/measurement';
import { rankCorrelation } from '../numeric/ranks';
import type { KeptImage } from './attribute';
import type { HookPrograms } from './hookPrograms';
import { type MeasureOptions, measure } from './measure';
import type { ScoreDirection } from './score';

/** What methods make of an image's components, and how well each agrees with exact ablation. */
export interface RankedImage {
  /** One per direction. */
  readonly directions: readonly {
    /** One per method: [components]. */
    readonly values: readonly Float32Array[];
    /** Spearman's with the values of exact ablation, one per method; null where there is nothing to rank. */
    readonly rankCorrelations: readonly (number | null)[];
  }[];
  readonly notes: readonly string[];
}

/** Exact ablation is measured whether it is among the methods or not. */
export async function rankImage(
  image: KeptImage,
  directions: readonly ScoreDirection[],
  methods: readonly Method[],
  programs: HookPrograms,
  options: MeasureOptions,
): Promise<RankedImage> {
  const measured = await measure(
    image,
    directions,
    [...methods.filter((method) => method !== 'ablation'), 'ablation'],
    programs,
    options,
  );
  return {
    directions: measured.directions.map(({ values: all }) => {
      const ablation = all.at(-1)!;
      const others = all.values();
      const values = methods.map((method) => (method === 'ablation' ? ablation : others.next().value!));
      return { values, rankCorrelations: values.map((one) => rankCorrelation(one, ablation)) };
    }),
    notes: measured.notes,
  };
}
