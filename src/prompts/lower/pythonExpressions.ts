import type { SyntaxNode } from '../grammars';
import type { Call, Expression, Loop, Mapping, Statement } from '../syntax';
import { pythonText } from './pythonStrings';

/** The child that is something to its parent. */
export function fieldOf({ children }: SyntaxNode, field: string): SyntaxNode | undefined {
  return children.find((child) => child.field === field);
}

/** `a.b.c`, also `a["b"]`: what may be given something. Null for anything else. */
export function pathOf(node: SyntaxNode, text: string): readonly string[] | null {
  const [of, last] = [
    fieldOf(node, node.type === 'subscript' ? 'value' : 'object'),
    fieldOf(node, node.type === 'subscript' ? 'subscript' : 'attribute'),
  ];
  switch (node.type) {
    case 'identifier':
      return [text.slice(node.start, node.end)];
    case 'attribute':
    case 'subscript': {
      const path = of === undefined ? null : pathOf(of, text);
      if (path === null || last === undefined) return null;
      if (node.type === 'attribute') return [...path, text.slice(last.start, last.end)];
      const key = keyOf(last, text);
      return key === null ? null : [...path, key];
    }
    default:
      return null;
  }
}

function keyOf(node: SyntaxNode, text: string): string | null {
  if (node.type !== 'string') return null;
  const key = pythonText([node], text, () => ({
    kind: 'other',
    start: node.start,
    end: node.end,
    inner: [],
    isInteger: false,
  }));
  if (key === null) return null;
  const [piece = ''] = key.pieces;
  return key.pieces.length <= 1 && typeof piece === 'string' ? piece : null;
}

/** The names of parameters, of a function or a lambda. */
export function parametersOf(node: SyntaxNode, text: string): readonly string[] {
  return node.children.flatMap((child) => {
    if (child.type === 'identifier') return [text.slice(child.start, child.end)];
    const name = fieldOf(child, 'name');
    if (name !== undefined) return [text.slice(name.start, name.end)];
    const isParameter = /^(typed_parameter|(list|dictionary)_splat_pattern|tuple_pattern)$/.test(child.type);
    return isParameter ? parametersOf({ ...child, children: child.children.filter(isNoType) }, text) : [];
  });
}

function isNoType({ field }: SyntaxNode): boolean {
  return field !== 'type';
}

/** The name of what runs through a collection where the language needs none. */
const element = '<element>';

/** Reads expressions of one statement. */
export class PythonExpressions {
  private readonly walrus: Statement[] = [];

  constructor(private readonly text: string) {}

  /** What was bound within the expressions read (`:=`). */
  bound(): readonly Statement[] {
    return this.walrus.splice(0);
  }

  /** What a variable is given: a field of a dataclass has what it begins with. */
  assigned(node: SyntaxNode): Expression {
    const value = this.expression(node);
    if (value.kind !== 'call' || value.callee?.at(-1) !== 'field' || value.positional.length > 0)
      return value;
    const initial = value.named.find(({ name }) => name === 'default_factory' || name === 'default')?.value;
    if (initial === undefined) return value;
    return initial.kind === 'lambda' ? initial.result : initial;
  }

  expression = (node: SyntaxNode): Expression => {
    const { start, end, children } = node;
    switch (node.type) {
      case 'string':
        return pythonText([node], this.text, this.expression) ?? this.other(node);
      case 'concatenated_string': {
        const strings = children.filter(({ type }) => type === 'string');
        return pythonText(strings, this.text, this.expression) ?? this.other(node);
      }
      case 'list':
      case 'tuple':
      case 'set':
      case 'expression_list':
        return { kind: 'collection', start, end, items: this.all(node) };
      case 'parenthesized_expression': {
        const [first, ...others] = named(node).filter(({ type }) => type !== 'ERROR');
        return first !== undefined && others.length === 0 ? this.expression(first) : this.other(node);
      }
      case 'list_splat': {
        const [of] = named(node);
        return of === undefined ? this.other(node) : { kind: 'spread', start, end, of: this.expression(of) };
      }
      case 'await': {
        const [of] = named(node);
        return of === undefined ? this.other(node) : this.expression(of);
      }
      case 'identifier':
        return { kind: 'name', start, end, path: [this.source(node)] };
      case 'attribute':
        return this.attribute(node);
      case 'subscript':
        return this.subscript(node);
      case 'dictionary':
        return this.mapping(node);
      case 'call':
        return this.call(node);
      case 'binary_operator':
        return this.operator(node);
      case 'boolean_operator':
        return children.some(({ type }) => type === 'or')
          ? { kind: 'choice', start, end, options: this.all(node) }
          : this.other(node);
      case 'conditional_expression': {
        const [value, , other] = named(node);
        const options = [value, other].flatMap((each) => (each === undefined ? [] : [this.expression(each)]));
        return { kind: 'choice', start, end, options };
      }
      case 'list_comprehension':
      case 'set_comprehension':
      case 'generator_expression':
      case 'dictionary_comprehension':
        return this.comprehension(node);
      case 'lambda': {
        const [parameters, body] = [fieldOf(node, 'parameters'), fieldOf(node, 'body')];
        if (body === undefined) return this.other(node);
        const names = parameters === undefined ? [] : parametersOf(parameters, this.text);
        return { kind: 'lambda', start, end, parameters: names, result: this.expression(body) };
      }
      case 'named_expression':
        return this.namedExpression(node);
      case 'integer':
        return { kind: 'other', start, end, inner: [], isInteger: true };
      case 'unary_operator': {
        const argument = fieldOf(node, 'argument');
        return { ...this.other(node), isInteger: argument?.type === 'integer' && this.text[start] !== '~' };
      }
      default:
        return this.other(node);
    }
  };

  private other(node: SyntaxNode): Expression & { readonly kind: 'other' } {
    const isText = node.type === 'string' || node.type === 'concatenated_string';
    const inner = isText ? [] : this.all(node);
    return { kind: 'other', start: node.start, end: node.end, inner, isInteger: false };
  }

  private all(node: SyntaxNode): readonly Expression[] {
    return named(node).map(this.expression);
  }

  private source({ start, end }: SyntaxNode): string {
    return this.text.slice(start, end);
  }

  private attribute(node: SyntaxNode): Expression {
    const { start, end } = node;
    const path: string[] = [];
    let of: SyntaxNode | undefined = node;
    while (of?.type === 'attribute') {
      const name = fieldOf(of, 'attribute');
      path.unshift(name === undefined ? '' : this.source(name));
      of = fieldOf(of, 'object');
    }
    if (of?.type === 'identifier') return { kind: 'name', start, end, path: [this.source(of), ...path] };
    return {
      kind: 'other',
      start,
      end,
      inner: of === undefined ? [] : [this.expression(of)],
      isInteger: false,
    };
  }

  private subscript(node: SyntaxNode): Expression {
    const { start, end, children } = node;
    const [value, ...others] = named(node);
    if (value === undefined) return this.other(node);
    const subscripts = children.filter(({ field }) => field === 'subscript');
    const [only] = subscripts;
    const key = subscripts.length === 1 && only !== undefined ? keyOf(only, this.text) : null;
    const of = this.expression(value);
    if (key === null && others.some(({ type }) => type === 'call')) return this.other(node);
    return { kind: 'element', start, end, of, key };
  }

  private mapping(node: SyntaxNode): Mapping {
    const { start, end } = node;
    const entries = named(node).map((entry) => {
      const [key, value] = [fieldOf(entry, 'key'), fieldOf(entry, 'value')];
      if (entry.type !== 'pair' || key === undefined || value === undefined) {
        return { key: null, keyText: null, value: this.other(entry) };
      }
      const read = this.expression(key);
      const lowered = this.expression(value);
      if (read.kind === 'text') {
        const [piece = ''] = read.pieces;
        const isPlain = read.pieces.length <= 1 && typeof piece === 'string';
        return { key: isPlain ? piece : null, keyText: isPlain ? read : null, value: lowered };
      }
      const isNumber = read.kind === 'other' && read.isInteger;
      return { key: isNumber ? this.source(key) : null, keyText: null, value: lowered };
    });
    return { kind: 'mapping', start, end, entries };
  }

  private call(node: SyntaxNode): Expression {
    const { start, end } = node;
    const called = fieldOf(node, 'function');
    const given = fieldOf(node, 'arguments');
    if (called === undefined || given === undefined) return this.other(node);
    const isGenerator = given.type === 'generator_expression';
    const named_ = isGenerator ? [] : named(given).filter(({ type }) => type === 'keyword_argument');
    const positional = isGenerator
      ? [this.expression(given)]
      : named(given)
          .filter(({ type }) => type !== 'keyword_argument' && type !== 'dictionary_splat')
          .map(this.expression);
    const keywords = named_.flatMap((argument) => {
      const [name, value] = [fieldOf(argument, 'name'), fieldOf(argument, 'value')];
      return name === undefined || value === undefined
        ? []
        : [{ name: this.source(name), value: this.expression(value) }];
    });
    const call: Call = {
      kind: 'call',
      start,
      end,
      ...this.callee(called),
      positional,
      named: keywords,
    };
    const [name, ...rest] = call.callee ?? [];
    if (call.receiver !== null || rest.length > 0) return call;
    if (name === 'dict' && positional.length === 0 && named(given).length === keywords.length) {
      const entries = keywords.map(({ name: key, value }) => ({ key, keyText: null, value }));
      return { kind: 'mapping', start, end, entries };
    }
    const [f] = named(given);
    return name === 'map' && f !== undefined ? mapped(call, this.callee(f)) : call;
  }

  private callee(node: SyntaxNode): Pick<Call, 'callee' | 'receiver'> {
    if (node.type === 'attribute') {
      const path = pathOf(node, this.text);
      if (path !== null && isDotted(node)) return { callee: path, receiver: null };
      const [of, name] = [fieldOf(node, 'object'), fieldOf(node, 'attribute')];
      if (of !== undefined && name !== undefined) {
        return { callee: [this.source(name)], receiver: this.expression(of) };
      }
    }
    if (node.type === 'identifier') return { callee: [this.source(node)], receiver: null };
    return { callee: null, receiver: this.expression(node) };
  }

  private operator(node: SyntaxNode): Expression {
    const { start, end } = node;
    const [left, sign, right] = [fieldOf(node, 'left'), fieldOf(node, 'operator'), fieldOf(node, 'right')];
    if (left === undefined || right === undefined) return this.other(node);
    switch (sign?.type) {
      case '+': {
        const [first, second] = [this.expression(left), this.expression(right)];
        const isSum = first.kind === 'joined' && left.type === 'binary_operator';
        return { kind: 'joined', start, end, parts: [...(isSum ? first.parts : [first]), second] };
      }
      case '%':
        return {
          kind: 'call',
          start,
          end,
          callee: ['%'],
          receiver: this.expression(left),
          positional: [this.expression(right)],
          named: [],
        };
      default:
        return this.other(node);
    }
  }

  private comprehension(node: SyntaxNode): Expression {
    const { start, end, children } = node;
    const body = fieldOf(node, 'body');
    const loops = children
      .filter(({ type }) => type === 'for_in_clause')
      .flatMap((clause): Loop[] => {
        const [left, right] = [fieldOf(clause, 'left'), fieldOf(clause, 'right')];
        if (left === undefined || right === undefined) return [];
        return [{ variables: namesOf(left, this.text), over: this.expression(right) }];
      });
    const value = body?.type === 'pair' ? fieldOf(body, 'value') : body;
    if (value === undefined) return this.other(node);
    return { kind: 'each', start, end, result: this.expression(value), loops };
  }

  private namedExpression(node: SyntaxNode): Expression {
    const { start, end } = node;
    const [name, value] = [fieldOf(node, 'name'), fieldOf(node, 'value')];
    if (name === undefined || value === undefined) return this.other(node);
    const path = [this.source(name)];
    const lowered = this.expression(value);
    this.walrus.push({ kind: 'binding', start, end, names: [path], value: lowered });
    return { kind: 'name', start: name.start, end: name.end, path };
  }
}

/** `map(f, a)`: what f gives of each. */
function mapped(call: Call, callee: Pick<Call, 'callee' | 'receiver'>): Expression {
  const [f, over, ...others] = call.positional;
  if (f === undefined || over === undefined || others.length > 0) return call;
  const { start, end } = call;
  if (f.kind === 'lambda') {
    return { kind: 'each', start, end, result: f.result, loops: [{ variables: f.parameters, over }] };
  }
  if (callee.callee === null) return call;
  const given: Expression = { kind: 'name', start: f.end, end: f.end, path: [element] };
  const result: Call = {
    kind: 'call',
    start: f.start,
    end: f.end,
    ...callee,
    positional: [given],
    named: [],
  };
  return { kind: 'each', start, end, result, loops: [{ variables: [element], over }] };
}

/** Names in a pattern, however they are nested. */
function namesOf(node: SyntaxNode, text: string): readonly string[] {
  return node.type === 'identifier'
    ? [text.slice(node.start, node.end)]
    : named(node).flatMap((child) => namesOf(child, text));
}

function isDotted(node: SyntaxNode): boolean {
  const of = fieldOf(node, 'object');
  return node.type === 'identifier' || (node.type === 'attribute' && of !== undefined && isDotted(of));
}

function named({ children }: SyntaxNode): readonly SyntaxNode[] {
  return children.filter((child) => child.named && child.type !== 'comment');
}
