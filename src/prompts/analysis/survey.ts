import type {
  Call,
  Each,
  Expression,
  Joined,
  Lambda,
  Loop,
  Mapping,
  Place,
  Slot,
  Statement,
  Text,
} from '../syntax';
import { transparentCall } from './callees';
import { kindOfHeading, kindOfName } from './names';
import { type Context, Scope } from './scopes';
import { splitSpot } from './split';
import type { Container, Spot, Unit } from './spots';

/** Something that a name is given to: a variable, a property, a key, a keyword. */
export interface Named {
  /** In code the last of each path; the first that says something counts. */
  readonly names: readonly string[];
  readonly form: 'code' | 'data' | 'lines' | 'column' | 'section';
  readonly value: Expression;
  readonly context: Context;
  readonly unit: Unit;
}

/** All that is in a program, in its order, with what its names mean where it stands. */
export class Survey {
  readonly named: Named[] = [];
  readonly calls: { readonly call: Call; readonly context: Context }[] = [];
  /** Expressions that may fill a template. */
  readonly fills: { readonly expression: Text | Joined | Call; readonly context: Context }[] = [];
  readonly texts: { readonly text: Text; readonly unit: Unit; readonly isKey: boolean }[] = [];
  readonly mappings: Mapping[] = [];
  private readonly containers = new Map<Text | Joined | Mapping, Container>();
  private readonly contexts = new Map<Each | Lambda, Context>();
  private readonly spots = new Map<Text | Joined, Spot>();
  private readonly pieces = new Map<Spot, Map<string, readonly Spot[]>>();
  private at = 0;

  constructor(units: readonly Unit[]) {
    const scope = new Scope(null, false);
    for (const unit of units) new Walk(this, unit).statements(unit.program.statements, scope);
  }

  /** Number of the next statement. */
  next(): number {
    this.at += 1;
    return this.at;
  }

  /** The first counts: where it is written, not where an alias or a heading names it once more. */
  setContainer(of: Text | Joined | Mapping, container: Container): void {
    if (!this.containers.has(of)) this.containers.set(of, container);
  }

  setContext(of: Each | Lambda, context: Context): void {
    this.contexts.set(of, context);
  }

  /** Where what names it better comes later. */
  rename(text: Text, container: Container): void {
    this.containers.set(text, container);
  }

  isKnown(text: Text): boolean {
    return this.containers.has(text);
  }

  containerOf(of: Text | Joined | Mapping): Container {
    return this.containers.get(of)!;
  }

  /** Where the result of a comprehension or lambda is evaluated. */
  contextOf(of: Each | Lambda): Context {
    return this.contexts.get(of)!;
  }

  /** The same object each time: what is learnt about a place is written there. */
  spotOf(of: Text | Joined): Spot {
    const known = this.spots.get(of);
    if (known !== undefined) return known;
    const container = this.containerOf(of);
    const { unit } = container;
    const pieces = of.kind === 'text' ? of.pieces : piecesOf(of, unit);
    const texts = of.kind === 'text' ? [of] : of.parts.filter((part) => part.kind === 'text');
    const spot: Spot = {
      unit,
      container,
      start: texts[0]!.start,
      end: texts.at(-1)!.end,
      text: written(pieces),
      pieces,
      offsets: of.kind === 'text' ? of.offsets : null,
      literal: of.kind === 'text' ? of.literal : null,
      kind: null,
      authority: 0,
      uses: [],
    };
    this.spots.set(of, spot);
    return spot;
  }

  /** What a literal is split into, without white space around it; nothing of one that has interpolations. */
  piecesOf(spot: Spot, by: string | RegExp): readonly Spot[] {
    let known = this.pieces.get(spot);
    if (known === undefined) {
      known = new Map();
      this.pieces.set(spot, known);
    }
    const cached = known.get(String(by));
    if (cached !== undefined) return cached;
    const pieces = splitSpot(spot, by);
    known.set(String(by), pieces);
    return pieces;
  }

  /** Every place that was looked at. */
  allSpots(): readonly Spot[] {
    return [
      ...this.spots.values(),
      ...[...this.pieces.values()].flatMap((known) => [...known.values()].flat()),
    ];
  }
}

function written(pieces: readonly (string | Slot)[]): string {
  return pieces.map((piece) => (typeof piece === 'string' ? piece : piece.source)).join('');
}

export function isConcatenation({ parts }: Joined): boolean {
  return parts.some(({ kind }) => kind === 'text');
}

/** A concatenation as if it were one literal with interpolations. */
function piecesOf({ parts }: Joined, unit: Unit): readonly (string | Slot)[] {
  return parts.flatMap((part) => (part.kind === 'text' ? part.pieces : [slotOf(part, unit)]));
}

function slotOf(value: Expression, unit: Unit): Slot {
  return { source: `{${unit.source.text.slice(value.start, value.end)}}`, value };
}

/** Where the walk is. */
interface Here extends Context {
  readonly path: string;
  /** The innermost collection around. */
  readonly container: Container | null;
  /** What is in a table is said by the heading above it and by its column: which of them says what it is names it. */
  readonly isNamed: boolean;
}

class Walk {
  /** Texts in collections whose names say nothing. */
  private readonly unnamed = new Set<Text>();

  constructor(
    private readonly survey: Survey,
    private readonly unit: Unit,
  ) {}

  statements(statements: readonly Statement[], scope: Scope): void {
    for (const statement of statements) this.statement(statement, scope);
  }

  private statement(statement: Statement, scope: Scope): void {
    const at = this.survey.next();
    const here = {
      scope,
      at,
      path: '',
      container: null,
      isNamed: true,
    };
    switch (statement.kind) {
      case 'binding': {
        const { names, value } = statement;
        this.name(
          'code',
          names.map((name) => name.at(-1) ?? ''),
          value,
          here,
        );
        this.expression(value, { ...here, path: names[0]?.join('.') ?? '' });
        for (const name of names) scope.bind(name, { at, value, context: here, looped: null });
        break;
      }
      case 'document': {
        const { form, name, value } = statement;
        this.name(form, [name], value, here);
        const named = form === 'column' || form === 'section';
        const isNamed = (form === 'section' ? kindOfHeading(name) : kindOfName(name)) !== null;
        this.expression(value, named ? { ...here, path: name, isNamed } : here);
        break;
      }
      case 'scope': {
        const inner = new Scope(scope, true, new Set(statement.parameters));
        this.statements(statement.body, inner);
        break;
      }
      case 'loop': {
        const { variables, over } = statement.loop;
        this.expression(over, { ...here, path: variables.at(-1) ?? '' });
        this.bindLoop(statement.loop, scope, at, here);
        this.statements(statement.body, scope);
        break;
      }
      case 'evaluated':
        this.expression(statement.value, here);
        break;
    }
  }

  private bindLoop({ variables, over }: Loop, scope: Scope, at: number, context: Context): void {
    variables.forEach((variable, index) => {
      scope.bind([variable], { at, value: over, context, looped: { index, of: variables.length } });
    });
  }

  private name(form: Named['form'], names: readonly string[], value: Expression, context: Context): void {
    this.survey.named.push({ names, form, value, context, unit: this.unit });
  }

  private expression(expression: Expression, here: Here): void {
    const { survey } = this;
    switch (expression.kind) {
      case 'text':
        this.text(expression, here);
        break;
      case 'collection': {
        const inside = { ...here, container: this.container(expression, here.path) };
        for (const item of expression.items) this.expression(item, inside);
        break;
      }
      case 'mapping':
        this.mapping(expression, here);
        break;
      case 'name':
      case 'other':
        if (expression.kind === 'other') {
          for (const inner of expression.inner) this.expression(inner, { ...here, container: null });
        }
        break;
      case 'call':
        this.call(expression, here);
        break;
      case 'each': {
        let inner: Here = here;
        for (const loop of expression.loops) {
          this.expression(loop.over, { ...inner, path: loop.variables.at(-1) ?? '', container: null });
          const scope = new Scope(inner.scope, false);
          this.bindLoop(loop, scope, -1, inner);
          inner = { ...inner, scope };
        }
        survey.setContext(expression, inner);
        this.expression(expression.result, {
          ...inner,
          container: this.container(expression, here.path),
        });
        break;
      }
      case 'lambda': {
        const scope = new Scope(here.scope, true, new Set(expression.parameters));
        const inner = { ...here, scope };
        survey.setContext(expression, inner);
        this.expression(expression.result, inner);
        break;
      }
      case 'joined':
        if (isConcatenation(expression)) {
          const [first, last] = ends(expression);
          survey.setContainer(
            expression,
            here.container ?? this.container({ start: first, end: last }, here.path, true),
          );
          survey.fills.push({ expression, context: here });
        }
        for (const part of expression.parts) this.expression(part, here);
        break;
      case 'choice':
        for (const option of expression.options) this.expression(option, here);
        break;
      case 'spread':
      case 'element':
        this.expression(expression.of, here);
        break;
    }
  }

  private text(text: Text, here: Here, isKey = false): void {
    if (this.survey.isKnown(text)) {
      if (here.isNamed && this.unnamed.delete(text)) {
        this.survey.rename(text, here.container ?? this.container(text, here.path, true));
      }
      return;
    }
    if (!here.isNamed) this.unnamed.add(text);
    this.survey.texts.push({ text, unit: this.unit, isKey });
    this.survey.setContainer(text, here.container ?? this.container(text, here.path, true));
    let filled = false;
    for (const piece of text.pieces) {
      if (typeof piece === 'string') continue;
      filled = true;
      this.expression(piece.value, { ...here, container: null });
    }
    if (filled) this.survey.fills.push({ expression: text, context: here });
  }

  private mapping(mapping: Mapping, here: Here): void {
    this.survey.mappings.push(mapping);
    const container = this.container(mapping, here.path);
    this.survey.setContainer(mapping, container);
    for (const { key, keyText, value } of mapping.entries) {
      if (keyText !== null) this.text(keyText, { ...here, container }, true);
      if (key === null) {
        this.expression(value, { ...here, container: null });
        continue;
      }
      this.name('code', [key], value, here);
      const isIndex = isWholeNumber(key);
      this.expression(value, {
        ...here,
        path: isIndex ? here.path : joined(here.path, key),
        container: isIndex && value.kind === 'text' ? container : null,
      });
    }
  }

  private call(call: Call, here: Here): void {
    const { callee, receiver, positional, named } = call;
    this.survey.calls.push({ call, context: here });
    this.survey.fills.push({ expression: call, context: here });
    if (receiver !== null) this.expression(receiver, here);
    const inside = transparentCall(call) ? here : { ...here, path: `${nameOf(call)}()`, container: null };
    for (const argument of positional) this.expression(argument, inside);
    for (const { name, value } of named) {
      this.name('code', [name], value, here);
      this.expression(value, callee === null ? inside : { ...inside, path: joined(inside.path, name) });
    }
  }

  private container({ start, end }: Place, path: string, isLone = false): Container {
    return { unit: this.unit, start, end, path, isLone };
  }
}

/** Last name of what is called, or of what gave it. */
function nameOf({ callee, receiver }: Call): string {
  if (callee !== null) return callee.at(-1) ?? '';
  return receiver?.kind === 'call' ? nameOf(receiver) : '';
}

/** A key after a path; within a call's brackets where the path is one. */
function joined(path: string, key: string): string {
  if (path.endsWith('()')) return `${path.slice(0, -1)}${key})`;
  if (path.endsWith(')')) return `${path.slice(0, -1)}.${key})`;
  return path === '' ? key : `${path}.${key}`;
}

export function isWholeNumber(key: string): boolean {
  return /^-?\d+$/.test(key);
}

function ends({ parts }: Joined): readonly [number, number] {
  const texts = parts.filter((part) => part.kind === 'text');
  return [texts[0]!.start, texts.at(-1)!.end];
}
