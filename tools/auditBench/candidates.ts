import * as z from 'zod';
import type { Noun } from '../world/nouns';
import type { Observer } from './observer';
import { promptOf } from './planted';

/** A component of a prompt that may be ranked: active on enough of the prompt's images. */
const Candidate = z.strictObject({
  component: z.int(),
  /** Images in which it is active. */
  active: z.int(),
  /** Mean share of positive attribution over the prompt's images. */
  attribution: z.number(),
  /** The same of what switching the component off costs. */
  ablation: z.number(),
  /** The same of activation × Logit Lens. */
  lens: z.number(),
});
export type Candidate = z.infer<typeof Candidate>;
export const Candidates = z.array(Candidate);

/** As the audit tests pairs (docs/audit.md, *Measured*). */
export const fewest = { share: 0.2, images: 10 } as const;

/** What is active enough in the pictures of a noun. */
export async function candidatesOf(
  noun: Noun,
  files: readonly string[],
  observer: Observer,
): Promise<Candidate[]> {
  const sums = new Map<number, { active: number; attribution: number; ablation: number; lens: number }>();
  for (const { components, attributions, ablation, lens } of await observer.attribute(files, {
    kind: 'prompt',
    text: promptOf(noun),
  })) {
    const [byAttribution, byAblation, byLens] = [attributions, ablation, lens].map(sharesOf);
    components.forEach((component, i) => {
      const sum = sums.get(component) ?? { active: 0, attribution: 0, ablation: 0, lens: 0 };
      sums.set(component, {
        active: sum.active + 1,
        attribution: sum.attribution + byAttribution![i]!,
        ablation: sum.ablation + byAblation![i]!,
        lens: sum.lens + byLens![i]!,
      });
    });
  }
  const needed = Math.max(fewest.images, fewest.share * files.length);
  return [...sums]
    .filter(([, { active }]) => active >= needed)
    .map(([component, { active, attribution, ablation, lens }]) => ({
      component,
      active,
      attribution: attribution / files.length,
      ablation: ablation / files.length,
      lens: lens / files.length,
    }))
    .sort((a, b) => a.component - b.component);
}

/** Of the positive part; all 0 where nothing is positive. */
export function sharesOf(values: Float32Array | Float64Array): readonly number[] {
  const positive = Array.from(values, (value) => Math.max(0, value));
  const total = positive.reduce((sum, value) => sum + value, 0);
  return positive.map((value) => (total === 0 ? 0 : value / total));
}
