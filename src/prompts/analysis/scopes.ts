import type { Expression } from '../syntax';

/** Where an expression is evaluated: what its names may mean. */
export interface Context {
  readonly scope: Scope;
  /** Number of its statement, in the order of the program: what is bound later is not yet known. */
  readonly at: number;
}

/** What a name was given. */
export interface Binding {
  /** Number of the statement that gives it. */
  readonly at: number;
  readonly value: Expression;
  readonly context: Context;
  /** Set where the name stands for one element of the value after the other. */
  readonly looped: Looped | null;
}

/** Which of a loop's variables it is: `i, c` of `for i, c in enumerate(classes)`. */
export interface Looped {
  readonly index: number;
  readonly of: number;
}

/** The names of a program, a function, a comprehension or a lambda. */
export class Scope {
  private readonly bindings = new Map<string, Binding[]>();

  constructor(
    readonly parent: Scope | null,
    /** Whether what is in it runs later than it stands there: names around it may be bound after it. */
    private readonly deferred: boolean,
    /** Names that stand for something nobody knows. */
    private readonly parameters: ReadonlySet<string> = new Set(),
  ) {}

  /** Bindings must come in the order of the program. */
  bind(name: readonly string[], binding: Binding): void {
    const key = name.join('.');
    const known = this.bindings.get(key);
    if (known === undefined) this.bindings.set(key, [binding]);
    else known.push(binding);
  }

  /**
   * What a name means to a statement: what the last one before it gave; in a scope around a function, where none did, what
   * the first one after it gives.
   */
  find(name: readonly string[], at: number): Binding | null {
    const key = name.join('.');
    let deferred = false;
    for (let scope: Scope | null = this; scope !== null; scope = scope.parent) {
      const bindings = scope.bindings.get(key);
      if (bindings !== undefined) {
        const before = countBefore(bindings, at);
        const found = bindings[before - 1] ?? (deferred ? bindings[0] : undefined);
        if (found !== undefined) return found;
      }
      if (scope.parameters.has(key)) return null;
      deferred ||= scope.deferred;
    }
    return null;
  }
}

/** How many of the bindings, which are in order, were made by statements before this one. */
function countBefore(bindings: readonly Binding[], at: number): number {
  let [low, high] = [0, bindings.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (bindings[middle]!.at < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
