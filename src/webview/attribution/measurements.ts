import { type ErrorInfo, toErrorInfo } from '../../shared/errors';
import type { Measurement, Method } from '../../shared/measurement';
import { type Asked, isAlike, isSame } from './asked';

/** What is known of an image, by method; it grows as methods are asked for. */
export interface Measured {
  readonly asked: Asked;
  /** Ascending. */
  readonly components: ArrayLike<number>;
  /** One per prompt asked: y, and y with all components removed. */
  readonly wholes: readonly { readonly similarity: number; readonly without: number }[];
  /** One per prompt, each with a value per component. */
  readonly values: ReadonlyMap<Method, readonly ArrayLike<number>[]>;
}

export interface Want {
  readonly asked: Asked;
  readonly methods: readonly Method[];
}

interface Failure {
  readonly want: Want;
  readonly error: ErrorInfo;
}

/** Images whose measurements are kept, under one intervention each. */
const most = 24;

/**
 * Measurements of images, asked for one after the other in the order of the wants; what is known is not asked again.
 * A request that nobody wants any more is cancelled: the engine has better things to do.
 */
export class Measurements {
  private known: readonly Measured[] = [];
  private failures: readonly Failure[] = [];
  private wants: readonly Want[] = [];
  private running: { readonly want: Want; readonly controller: AbortController } | null = null;

  constructor(
    private readonly ask: (want: Want, signal: AbortSignal) => Promise<Measurement>,
    private readonly onChange: () => void,
  ) {}

  /** All that is wanted, most urgent first. */
  want(wants: readonly Want[]): void {
    this.wants = wants;
    const { running } = this;
    if (running !== null && !wants.some((want) => covers(want, running.want))) {
      running.controller.abort();
      this.running = null;
    }
    this.next();
  }

  get(asked: Asked): Measured | undefined {
    return this.known.find((measured) => isSame(measured.asked, asked));
  }

  /** Or else the newest of the same image under another intervention that has these methods. */
  nearest(asked: Asked, methods: readonly Method[]): Measured | undefined {
    const has = ({ values }: Measured) => methods.every((method) => values.has(method));
    const exact = this.get(asked);
    if (exact !== undefined && has(exact)) return exact;
    return this.known.findLast((measured) => isAlike(measured.asked, asked) && has(measured));
  }

  /** Why these methods are not known. */
  failure(asked: Asked, methods: readonly Method[]): ErrorInfo | null {
    const failure = this.failures.find(
      ({ want }) => isSame(want.asked, asked) && overlap(want.methods, methods),
    );
    return failure?.error ?? null;
  }

  retry(): void {
    this.failures = [];
    this.next();
    this.onChange();
  }

  private next(): void {
    if (this.running !== null) return;
    for (const { asked, methods } of this.wants) {
      const known = this.get(asked)?.values;
      const missing = methods.filter((method) => !known?.has(method));
      if (missing.length === 0 || this.failure(asked, missing) !== null) continue;
      void this.run({ asked, methods: missing });
      return;
    }
  }

  private async run(want: Want): Promise<void> {
    const running = { want, controller: new AbortController() };
    this.running = running;
    const outcome = await this.ask(want, running.controller.signal).then(
      (measurement) => ({ measurement }),
      (thrown: unknown) => ({ error: toErrorInfo(thrown) }),
    );
    if (this.running !== running) return;
    this.running = null;
    if ('measurement' in outcome) this.learn(want, outcome.measurement);
    else this.failures = [...this.failures, { want, error: outcome.error }].slice(-most);
    this.next();
    this.onChange();
  }

  private learn({ asked, methods }: Want, { components, directions }: Measurement): void {
    const before = this.get(asked);
    const values = new Map(before?.values);
    methods.forEach((method, i) => {
      values.set(
        method,
        directions.map((direction) => direction.values[i]!),
      );
    });
    const wholes = directions.map(({ similarity, without }) => ({ similarity, without }));
    const others = this.known.filter((measured) => measured !== before);
    this.known = [...others, { asked, components, wholes, values }].slice(-most);
  }
}

function covers(want: Want, running: Want): boolean {
  return isSame(want.asked, running.asked) && overlap(want.methods, running.methods);
}

function overlap(a: readonly Method[], b: readonly Method[]): boolean {
  return a.some((method) => b.includes(method));
}
