/** A component, and a text that may describe it. */
export interface Described {
  readonly component: number;
  readonly text: string;
}

export interface DescriptionServices {
  /** What the components are called, null for those without a name; null where the library says nothing of this study. */
  readonly labels: (
    components: readonly number[],
    study: string,
  ) => Promise<ReadonlyMap<number, string> | null>;
  /** Whether each text describes its component poorly; null where that is not known. */
  readonly poor: (pairs: readonly Described[], study: string) => Promise<readonly (boolean | null)[] | null>;
  /** What went wrong is only logged: numbers are shown without words then. */
  readonly onError: (thrown: unknown) => void;
}

/**
 * What the library says of components beside prompts, each thing asked once. What it said before stays until it says
 * something else.
 */
export class ComponentDescriptions {
  private readonly labels = new Map<string, string | null>();
  private readonly poor = new Map<string, boolean | null>();
  private asked = new Set<string>();

  constructor(private readonly services: DescriptionServices) {}

  /** Null where there is none, or it is not known. */
  label(component: number, study: string): string | null {
    return this.labels.get(labelKey(component, study)) ?? null;
  }

  isPoor(pair: Described, study: string): boolean | null {
    return this.poor.get(pairKey(pair, study)) ?? null;
  }

  /** The library changed. */
  outdate(): void {
    this.asked = new Set();
  }

  /** Asks what is not known yet. Returns whether there was anything to ask. */
  async find(pairs: readonly Described[], study: string): Promise<boolean> {
    const { asked } = this;
    const isNew = (key: string) => !asked.has(key) && asked.add(key);
    const fresh = pairs.filter((pair) => isNew(pairKey(pair, study)));
    const components = fresh
      .map(({ component }) => component)
      .filter((component) => isNew(labelKey(component, study)));
    if (fresh.length === 0) return false;
    try {
      const names = components.length === 0 ? new Map() : await this.services.labels(components, study);
      for (const component of components) {
        this.labels.set(labelKey(component, study), names?.get(component) ?? null);
      }
      const poor = names === null ? null : await this.services.poor(fresh, study);
      fresh.forEach((pair, i) => {
        this.poor.set(pairKey(pair, study), poor?.[i] ?? null);
      });
    } catch (thrown) {
      this.services.onError(thrown);
    }
    return true;
  }
}

function labelKey(component: number, study: string): string {
  return `${study} ${component}`;
}

function pairKey({ component, text }: Described, study: string): string {
  return `${study} ${component} ${text}`;
}
