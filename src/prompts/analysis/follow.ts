import type { Template } from '../../shared/foundPrompts';
import type { Call, Expression, Lambda, Mapping, Slot } from '../syntax';
import { changeOf, lastName, mappingOfValues, plainText, rearranged, receiverOf, valuesOf } from './callees';
import { type Binding, type Context, type Looped, Scope } from './scopes';
import { braceSlots, percentSlots, type Slotted } from './slots';
import type { Filling, Spot, Use } from './spots';
import { isConcatenation, type Survey } from './survey';

/** A string that an expression leads to. */
export interface Lead {
  readonly spot: Spot;
  /** Set where the string is a template that is filled on the way. */
  readonly use: Use | null;
  /** Whether it is an element of a collection. */
  readonly nested: boolean;
}

type Sink = (lead: Lead) => void;

/** Expressions deeper than this in one another, by names or calls, are not followed. */
const deepest = 60;
/** Nor more than so many in all, from one expression: names may lead to one another in many ways. */
const most = 200_000;

/** Which argument of a call is given to an encoder; none where it is no encoder. */
export type EncoderArguments = (call: Call) => readonly Expression[];

/** What expressions lead to in a program. */
export class Follow {
  private readonly filled = new Map<Scope, Map<Expression, readonly Spot[]>>();
  private steps = 0;

  constructor(
    private readonly survey: Survey,
    private readonly encoderArguments: EncoderArguments,
  ) {}

  /** Tells every string that an expression leads to. */
  strings(expression: Expression, context: Context, sink: Sink): void {
    this.steps = 0;
    this.walk(expression, context, sink, { depth: 0, elements: false, nested: false });
  }

  /** Whether a call fills a template, or calls a lambda that may: its strings are worth following for their uses. */
  mayFill(call: Call, context: Context): boolean {
    switch (lastName(call)) {
      case 'format':
      case '%':
      case 'replace':
      case 'replaceAll':
        return true;
      case null:
        return call.receiver?.kind === 'element';
      default:
        return (
          this.encoderArguments(call).length === 0 && context.scope.find(call.callee!, context.at) !== null
        );
    }
  }

  /** The call whose result a name was assigned; null where it was assigned anything else. */
  assignedCall(path: readonly string[], context: Context): Call | null {
    const found = context.scope.find(path, context.at);
    return found !== null && found.looped === null && found.value.kind === 'call' ? found.value : null;
  }

  private walk(expression: Expression, context: Context, sink: Sink, way: Way): void {
    if (way.depth > deepest || this.steps > most) return;
    this.steps += 1;
    const on = { ...way, depth: way.depth + 1 };
    switch (expression.kind) {
      case 'text': {
        if (way.elements) return;
        const spot = this.survey.spotOf(expression);
        const use = hasInterpolation(spot) ? this.use(spot.pieces, context, way.depth) : null;
        sink({ spot, use, nested: way.nested });
        return;
      }
      case 'collection':
        for (const item of expression.items) {
          this.walk(item, context, sink, { ...on, elements: false, nested: true });
        }
        return;
      case 'spread':
        this.walk(expression.of, context, sink, { ...on, elements: true });
        return;
      case 'joined':
        if (!isConcatenation(expression)) {
          for (const part of expression.parts) this.walk(part, context, sink, on);
        } else if (!way.elements) {
          const spot = this.survey.spotOf(expression);
          const use = hasInterpolation(spot) ? this.use(spot.pieces, context, way.depth) : null;
          sink({ spot, use, nested: way.nested });
        }
        return;
      case 'choice':
        for (const option of expression.options) this.walk(option, context, sink, on);
        return;
      case 'name':
        this.name(expression.path, context, sink, on);
        return;
      case 'element': {
        if (expression.key === null) {
          if (this.mapping(expression.of, context, way.depth) !== null) {
            this.values(expression.of, context, sink, on);
          } else this.walk(expression.of, context, sink, { ...on, elements: true });
        } else {
          const member = this.member(expression.of, [expression.key], context, way.depth);
          if (member !== null) this.walk(member.value, member.context, sink, on);
        }
        return;
      }
      case 'each':
        this.walk(expression.result, this.survey.contextOf(expression), sink, {
          ...on,
          elements: false,
          nested: true,
        });
        return;
      case 'call':
        this.call(expression, context, sink, on);
        return;
      case 'lambda':
      case 'mapping':
      case 'other':
        return;
    }
  }

  private name(path: readonly string[], context: Context, sink: Sink, way: Way): void {
    const found = context.scope.find(path, context.at);
    if (found !== null) {
      const of = found.looped === null ? found.value : loopedOver(found.value, found.looped);
      if (of !== null) {
        this.walk(of, found.context, sink, { ...way, elements: way.elements || found.looped !== null });
      }
      return;
    }
    for (let length = path.length - 1; length > 0; length--) {
      const member = this.memberOfName(path.slice(0, length), path.slice(length), context, way.depth);
      if (member === null) continue;
      this.walk(member.value, member.context, sink, way);
      return;
    }
  }

  private memberOfName(
    name: readonly string[],
    keys: readonly string[],
    context: Context,
    depth: number,
  ): Evaluated | null {
    const found = context.scope.find(name, context.at);
    return found === null || found.looped !== null
      ? null
      : this.member(found.value, keys, found.context, depth + 1);
  }

  /** What a mapping has under keys. */
  private member(of: Expression, keys: readonly string[], context: Context, depth: number): Evaluated | null {
    if (depth > deepest) return null;
    const [key, ...rest] = keys;
    if (key === undefined) return { value: of, context };
    switch (of.kind) {
      case 'mapping': {
        const value = of.entries.findLast((entry) => entry.key === key)?.value;
        return value === undefined ? null : this.member(value, rest, context, depth + 1);
      }
      case 'name':
        return this.memberOfName(of.path, keys, context, depth + 1);
      case 'element':
        return of.key === null ? null : this.member(of.of, [of.key, ...keys], context, depth + 1);
      default:
        return null;
    }
  }

  /** All that a mapping has under its keys. */
  private values(of: Expression, context: Context, sink: Sink, way: Way): void {
    const mapping = this.mapping(of, context, way.depth);
    if (mapping === null) return;
    for (const { value } of mapping.value.entries) {
      this.walk(value, mapping.context, sink, { ...way, elements: false, nested: true });
    }
  }

  /** The mapping that an expression is. */
  private mapping(
    of: Expression,
    context: Context,
    depth: number,
  ): { readonly value: Mapping; readonly context: Context } | null {
    if (depth > deepest) return null;
    switch (of.kind) {
      case 'mapping':
        return { value: of, context };
      case 'element': {
        const member = of.key === null ? null : this.member(of.of, [of.key], context, depth);
        return member && this.mapping(member.value, member.context, depth + 1);
      }
      case 'name': {
        const found = context.scope.find(of.path, context.at);
        if (found !== null) {
          return found.looped === null ? this.mapping(found.value, found.context, depth + 1) : null;
        }
        const [first = '', ...keys] = of.path;
        const member = keys.length === 0 ? null : this.memberOfName([first], keys, context, depth);
        return member && this.mapping(member.value, member.context, depth + 1);
      }
      default:
        return null;
    }
  }

  private call(call: Call, context: Context, sink: Sink, way: Way): void {
    const { callee } = call;
    const of = receiverOf(call);
    switch (lastName(call)) {
      case 'split':
      case 'splitlines':
        if (of !== null) this.split(of, call, context, sink, way);
        return;
      case 'strip':
      case 'trim':
        if (of === null) return;
        this.walk(of, context, (lead) => lead.spot.text.trim() === lead.spot.text && sink(lead), way);
        return;
      case 'format':
        if (of !== null) this.format(of, call, braceSlots, context, sink, way);
        return;
      case '%':
        if (of !== null) this.format(of, call, percentSlots, context, sink, way);
        return;
      case 'replace':
      case 'replaceAll':
        if (of !== null) this.replaced(of, call, context, sink, way);
        return;
    }
    const mapping = mappingOfValues(call);
    if (mapping !== null) {
      this.values(mapping, context, sink, way);
      return;
    }
    const collections = rearranged(call);
    if (collections !== null) {
      for (const collection of collections) this.walk(collection, context, sink, { ...way, elements: true });
      return;
    }
    const encoded = this.encoderArguments(call);
    for (const argument of encoded) this.walk(argument, context, sink, way);
    const called: Expression | null =
      callee === null ? call.receiver : { kind: 'name', path: callee, start: call.start, end: call.start };
    if (encoded.length > 0 || called === null) return;
    this.lambdas(called, context, way.depth, (lambda) => {
      const scope = new Scope(this.survey.contextOf(lambda).scope.parent, false);
      lambda.parameters.forEach((parameter, index) => {
        const value = call.positional[index];
        if (value === undefined) return;
        scope.bind([parameter], { at: -1, value, context, looped: null });
      });
      this.walk(lambda.result, { scope, at: this.survey.contextOf(lambda).at }, sink, way);
    });
  }

  private split(of: Expression, call: Call, context: Context, sink: Sink, way: Way): void {
    const [separator] = call.positional;
    const by =
      lastName(call) === 'splitlines'
        ? /\r\n|\n|\r/
        : separator?.kind === 'text'
          ? plainText(separator)
          : null;
    if (by === null || by === '') return;
    // White space around a text is no part of its lines: what is stripped before it is split need not be equal.
    const stripped = of.kind === 'call' && changeOf(of)?.kind === 'strip' ? receiverOf(of)! : of;
    this.walk(
      stripped,
      context,
      ({ spot, use }) => {
        if (use !== null) return;
        for (const piece of this.survey.piecesOf(spot, by)) sink({ spot: piece, use: null, nested: true });
      },
      { ...way, elements: false },
    );
  }

  /** `"…".format(…)` and `"…" % …`. */
  private format(
    of: Expression,
    { positional, named }: Call,
    slotsOf: (text: string) => Slotted,
    context: Context,
    sink: Sink,
    way: Way,
  ): void {
    if (way.elements) return;
    const [first] = positional;
    const isPercent = slotsOf === percentSlots;
    const values = isPercent && first?.kind === 'collection' ? first.items : positional;
    const byName = new Map(named.map(({ name, value }) => [name, value]));
    if (isPercent && first?.kind === 'mapping') {
      for (const { key, value } of first.entries) if (key !== null) byName.set(key, value);
    }
    this.walk(
      of,
      context,
      ({ spot, use, nested }) => {
        if (use !== null) return sink({ spot, use: { template: null, fillings: use.fillings }, nested });
        const { parts, keys } = slotsOf(spot.text);
        if (keys.length === 0) return sink({ spot, use: null, nested });
        const filling = keys.map((key) => {
          const value = typeof key === 'number' ? values[key] : byName.get(key);
          return value === undefined || value.kind === 'spread' ? null : value;
        });
        sink({ spot, use: this.filling(parts, filling, context, way.depth), nested });
      },
      way,
    );
  }

  /** `"a photo of {}".replace("{}", c)`: the slot may be any text. */
  private replaced(of: Expression, call: Call, context: Context, sink: Sink, way: Way): void {
    const [from, to] = call.positional;
    if (way.elements || from?.kind !== 'text' || to === undefined || to.kind === 'text') return;
    const slot = plainText(from);
    if (slot === null || braceSlots(slot).keys.length !== 1) return;
    this.walk(
      of,
      context,
      ({ spot, use, nested }) => {
        const parts = spot.text.split(slot);
        if (use !== null || parts.length === 1) return;
        sink({
          spot,
          use: this.filling(
            parts,
            parts.slice(1).map(() => to),
            context,
            way.depth,
          ),
          nested,
        });
      },
      way,
    );
  }

  /** How interpolations are filled. */
  private use(pieces: readonly (string | Slot)[], context: Context, depth: number): Use {
    const parts = [''];
    const values: Expression[] = [];
    for (const piece of pieces) {
      if (typeof piece === 'string') parts[parts.length - 1] += piece;
      else {
        values.push(piece.value);
        parts.push('');
      }
    }
    return this.filling(parts, values, context, depth);
  }

  private filling(
    parts: readonly string[],
    values: readonly (Expression | null)[],
    context: Context,
    depth: number,
  ): Use {
    const fillings = values.map((value) => (value === null ? null : this.fillingOf(value, context)));
    const spots = new Set(
      fillings.flatMap((filling) =>
        filling === null ? [] : this.spotsOf(filling.base, filling.context, depth + 1),
      ),
    );
    const [first] = fillings;
    const same =
      first !== null &&
      first !== undefined &&
      fillings.every((filling) => filling !== null && isSameFilling(first, filling));
    const template: Template | null = same ? { parts: [...parts], changes: [...first.changes] } : null;
    return { template, fillings: [...spots] };
  }

  /** The name, element or string that a slot's value is made of; null where it is made of something else. */
  private fillingOf(value: Expression, context: Context): (Filling & { readonly context: Context }) | null {
    const changes: Filling['changes'][number][] = [];
    let [base, at] = [value, context];
    for (let step = 0; step < deepest; step++) {
      switch (base.kind) {
        case 'text':
        case 'element':
        case 'choice':
          return { base, changes, context: at };
        case 'name': {
          const found = at.scope.find(base.path, at.at);
          const isChange = found !== null && found.looped === null && mayBeFilling(found);
          if (!isChange) return { base, changes, context: at };
          [base, at] = [found.value, found.context];
          break;
        }
        case 'call': {
          const change = changeOf(base);
          const of = receiverOf(base);
          if (change === null || of === null) return null;
          changes.unshift(change);
          base = of;
          break;
        }
        default:
          return null;
      }
    }
    return null;
  }

  private spotsOf(base: Expression, context: Context, depth: number): readonly Spot[] {
    let known = this.filled.get(context.scope);
    if (known === undefined) {
      known = new Map();
      this.filled.set(context.scope, known);
    }
    const cached = known.get(base);
    if (cached !== undefined) return cached;
    const spots: Spot[] = [];
    this.walk(base, context, ({ spot, use }) => use === null && spots.push(spot), {
      depth,
      elements: false,
      nested: false,
    });
    known.set(base, spots);
    return spots;
  }

  private lambdas(of: Expression, context: Context, depth: number, sink: (lambda: Lambda) => void): void {
    if (depth > deepest || this.steps > most) return;
    this.steps += 1;
    switch (of.kind) {
      case 'lambda':
        sink(of);
        return;
      case 'collection':
        for (const item of of.items) this.lambdas(item, context, depth + 1, sink);
        return;
      case 'choice':
        for (const option of of.options) this.lambdas(option, context, depth + 1, sink);
        return;
      case 'element':
      case 'spread':
        this.lambdas(of.of, context, depth + 1, sink);
        return;
      case 'name': {
        const found = context.scope.find(of.path, context.at);
        if (found === null) return;
        const value = found.looped === null ? found.value : loopedOver(found.value, found.looped);
        if (value !== null) this.lambdas(value, found.context, depth + 1, sink);
        return;
      }
      default:
        return;
    }
  }
}

interface Way {
  readonly depth: number;
  /** Whether elements of what the expression gives are asked for: those of a string are no strings. */
  readonly elements: boolean;
  readonly nested: boolean;
}

interface Evaluated {
  readonly value: Expression;
  readonly context: Context;
}

export function hasInterpolation({ pieces }: Pick<Spot, 'pieces'>): boolean {
  return pieces.some((piece) => typeof piece !== 'string');
}

/** Whether two slots surely take the same. Two elements of a collection need not be the same one. */
function isSameFilling(a: Filling, b: Filling): boolean {
  return (
    (a.base === b.base ||
      (a.base.kind === 'name' &&
        b.base.kind === 'name' &&
        a.base.path.join('.') === b.base.path.join('.'))) &&
    JSON.stringify(a.changes) === JSON.stringify(b.changes)
  );
}

function mayBeFilling({ value }: Binding): boolean {
  return (
    value.kind === 'name' || value.kind === 'element' || (value.kind === 'call' && changeOf(value) !== null)
  );
}

/** What a loop's variable runs over, where several of them share what is looped over. */
function loopedOver(value: Expression, { index, of }: Looped): Expression | null {
  if (of === 1) return value;
  if (value.kind !== 'call') return null;
  switch (lastName(value)) {
    case 'enumerate': {
      const [over] = value.positional;
      return over === undefined || index === 0 ? null : loopedOver(over, { index: index - 1, of: of - 1 });
    }
    case 'zip':
      return value.positional.length === of ? value.positional[index]! : null;
    case 'items':
    case 'entries': {
      const over = receiverOf(value);
      if (index !== 1 || of !== 2 || over === null) return null;
      const isObject = over.kind === 'name' && over.path.join('.') === 'Object';
      if (isObject) return { ...value, callee: ['Object', 'values'] };
      if (value.positional.length > 0) return null;
      return { kind: 'choice', start: over.start, end: over.end, options: [over, valuesOf(over)] };
    }
    default:
      return null;
  }
}
