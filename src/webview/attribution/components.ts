/** The numbers of a component that an intervention can change. */
export interface ComponentNumbers {
  /** By the method that is shown: for the default A_j, in units of the score. */
  readonly attribution: number;
  /** |A_j| / Σ|A|, from 0 to 1; 0 when every attribution is zero. */
  readonly share: number;
  /** Largest activation over tokens. */
  readonly activation: number;
}

/** One active component of one image against one direction. */
export interface Component extends ComponentNumbers {
  readonly latent: number;
  /** In the model without the intervention; null where nothing is changed, or it is not known. */
  readonly before: ComponentNumbers | null;
  /** y − y with the component removed, in units of the score; null where it is not known. */
  readonly measured: number | null;
}

/** Sums over a set of components, in units of the score. */
export interface Totals {
  readonly count: number;
  /** Σ of the positive attributions. */
  readonly positive: number;
  /** Σ of the negative ones; at most zero. */
  readonly negative: number;
  /** Σ of the shares. */
  readonly share: number;
}

/** Parallel arrays as the engine sends them, as one record per component. */
export function componentsOf(
  latents: ArrayLike<number>,
  activations: ArrayLike<number>,
  attributions: ArrayLike<number>,
): Component[] {
  let absolute = 0;
  for (let j = 0; j < attributions.length; j++) absolute += Math.abs(attributions[j]!);
  return Array.from(latents, (latent, j) => ({
    latent,
    attribution: attributions[j]!,
    share: absolute === 0 ? 0 : Math.abs(attributions[j]!) / absolute,
    activation: activations[j]!,
    before: null,
    measured: null,
  }));
}

/** `now` with what the same components were in `before`, and what removing each measures, by component. */
export function compared(
  now: readonly Component[],
  before: readonly Component[] | null,
  measured: ReadonlyMap<number, number> | null,
): readonly Component[] {
  if (before === null && measured === null) return now;
  const earlier = new Map(before?.map((component) => [component.latent, component]));
  return now.map((component) => ({
    ...component,
    before: earlier.get(component.latent) ?? null,
    measured: measured?.get(component.latent) ?? null,
  }));
}

export function totalsOf(components: Iterable<Component>): Totals {
  let count = 0;
  let positive = 0;
  let negative = 0;
  let share = 0;
  for (const component of components) {
    count += 1;
    positive += Math.max(0, component.attribution);
    negative += Math.min(0, component.attribution);
    share += component.share;
  }
  return { count, positive, negative, share };
}

/** The longest bar, also of those before: max |A|, 0 when there is none. */
export function largestMagnitude(components: readonly Component[]): number {
  return components.reduce(
    (largest, { attribution, before }) =>
      Math.max(largest, Math.abs(attribution), Math.abs(before?.attribution ?? 0)),
    0,
  );
}

/** Ordering by share is ordering by |A|, by change by how much an intervention moved A. */
export const orderings = ['share', 'attribution', 'activation', 'latent', 'measured', 'change'] as const;
export interface Ordering {
  readonly by: (typeof orderings)[number];
  readonly descending: boolean;
}

export const signs = ['any', 'positive', 'negative'] as const;
export interface Filter {
  readonly sign: (typeof signs)[number];
  /** Digits that the latent's number contains, or a part of what it is called; everything when empty. */
  readonly latent: string;
  /** From 0 to 1. */
  readonly minimumShare: number;
}

export interface Arrangement {
  /** The first `limit` in the order asked of those that pass the filter. */
  readonly shown: readonly Component[];
  /** All that is not shown, filtered out or beyond the limit. */
  readonly omitted: Totals;
}

/** What a latent is called, in lower case, as far as it is known. */
export type Calling = (latent: number) => string;

/**
 * What to list of `components`, and what that leaves out. Equal ones are in order of their latents. What they were before
 * an intervention decides where there is one: rows stay where they are while a component is dragged.
 */
export function arrange(
  components: readonly Component[],
  filter: Filter,
  ordering: Ordering,
  limit: number,
  calling: Calling = () => '',
): Arrangement {
  const sign = ordering.descending ? -1 : 1;
  const ordered = components
    .filter((component) => passes(component, filter, calling))
    .sort((a, b) => sign * (rank(a, ordering.by) - rank(b, ordering.by)) || a.latent - b.latent);
  const shown = ordered.slice(0, limit);
  const listed = new Set(shown);
  return { shown, omitted: totalsOf(components.filter((component) => !listed.has(component))) };
}

function rank(component: Component, by: Ordering['by']): number {
  const { latent, attribution, before, measured } = component;
  switch (by) {
    case 'latent':
      return latent;
    case 'measured':
      return measured ?? 0;
    case 'change':
      return before === null ? 0 : Math.abs(attribution - before.attribution);
    case 'share':
    case 'attribution':
    case 'activation':
      return (before ?? component)[by];
  }
}

function passes(component: Component, filter: Filter, calling: Calling): boolean {
  return (
    hasSign((component.before ?? component).attribution, filter.sign) &&
    isCalled(component.latent, filter.latent, calling) &&
    (component.before ?? component).share >= filter.minimumShare
  );
}

function isCalled(latent: number, text: string, calling: Calling): boolean {
  return String(latent).includes(text) || calling(latent).includes(text.toLowerCase());
}

function hasSign(attribution: number, sign: Filter['sign']): boolean {
  switch (sign) {
    case 'any':
      return true;
    case 'positive':
      return attribution > 0;
    case 'negative':
      return attribution < 0;
  }
}
