import type { BackgroundComponent } from '../../shared/audit';
import type { SampleTable } from '../semantics/sampleTable';
import { isBackground } from './pairs';
import { rules } from './rules';
import type { ShareMeans } from './shares';

export interface Background {
  has(component: number): boolean;
  /** Notes the shares of one subject. */
  see(means: ShareMeans): void;
  /** Largest mean share first; `more` are not listed. */
  list(labelOf: (component: number) => string | null): {
    readonly listed: BackgroundComponent[];
    readonly more: number;
  };
}

/** Components that fire for nearly every image of the library. */
export function background({ fired }: Pick<SampleTable, 'fired'>, images: number): Background {
  const measured = new Map<number, number>();
  fired.forEach((count, component) => {
    if (images > 0 && isBackground(count, images)) measured.set(component, 0);
  });
  return {
    has: (component) => measured.has(component),
    see({ components, means }) {
      components.forEach((component, row) => {
        const known = measured.get(component);
        if (known !== undefined && means[row]! > known) measured.set(component, means[row]!);
      });
    },
    list(labelOf) {
      const all = [...measured].sort(([a, x], [b, y]) => y - x || a - b);
      return {
        listed: all.slice(0, rules.background).map(([component, share]) => ({
          component,
          label: labelOf(component),
          rate: fired[component]! / images,
          measured: share,
        })),
        more: Math.max(0, all.length - rules.background),
      };
    },
  };
}
