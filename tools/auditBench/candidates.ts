import type { Noun } from '../world/nouns';
import type { Scene } from '../world/scene';
import type { Observer } from './observer';
import { promptOf } from './planted';

/** A pair of a prompt and a component that may be ranked: active on enough of the prompt's images. */
export interface Candidate {
  readonly noun: Noun;
  readonly component: number;
  /** Images in which it is active. */
  readonly active: number;
  /** Mean share of positive attribution over the prompt's images. */
  readonly attribution: number;
  /** The same of what switching the component off costs. */
  readonly ablation: number;
  /** The same of activation × Logit Lens. */
  readonly lens: number;
}

/** As the audit tests pairs (docs/audit.md, *Measured*). */
export const fewest = { share: 0.2, images: 10 } as const;

/** What is active enough in the scenes of a noun. */
export async function candidatesOf(
  noun: Noun,
  scenes: readonly Scene[],
  observer: Observer,
): Promise<readonly Candidate[]> {
  const sums = new Map<number, { active: number; attribution: number; ablation: number; lens: number }>();
  for (const { components, attributions, ablation, lens } of await observer.attribute(scenes, {
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
  const needed = Math.max(fewest.images, fewest.share * scenes.length);
  return [...sums]
    .filter(([, { active }]) => active >= needed)
    .map(([component, { active, attribution, ablation, lens }]) => ({
      noun,
      component,
      active,
      attribution: attribution / scenes.length,
      ablation: ablation / scenes.length,
      lens: lens / scenes.length,
    }))
    .sort((a, b) => a.component - b.component);
}

/** Of the positive part; all 0 where nothing is positive. */
export function sharesOf(values: Float32Array | Float64Array): readonly number[] {
  const positive = Array.from(values, (value) => Math.max(0, value));
  const total = positive.reduce((sum, value) => sum + value, 0);
  return positive.map((value) => (total === 0 ? 0 : value / total));
}
