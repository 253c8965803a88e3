import type { SyntaxNode } from '../grammars';
import type { Call, Expression, Loop, Mapping, Statement } from '../syntax';
import { boundNames } from './javascriptPatterns';
import {
  identifierText,
  meansLineBreaks,
  separatorText,
  stringText,
  templateText,
} from './javascriptStrings';

/** What reading an expression needs of the statement it stands in. */
export interface Reading {
  readonly text: string;
  /** Takes what stands within an expression but is none: the body of a function. */
  readonly hoist: (statement: Statement) => void;
  /** The statements of a block. */
  readonly block: (node: SyntaxNode) => readonly Statement[];
}

/** The child that is that to its parent; comments are nothing to it. */
export function fieldOf(node: SyntaxNode, field: string): SyntaxNode | undefined {
  return node.children.find((child) => child.field === field && child.type !== 'comment');
}

/** Children that say something: no brackets, comments or types. */
export function spokenChildren({ children }: SyntaxNode): readonly SyntaxNode[] {
  return children.filter(({ named, type }) => named && !silent.has(type));
}

const silent = new Set([
  'comment',
  'html_comment',
  'type_annotation',
  'type_arguments',
  'type_parameters',
  'type_predicate_annotation',
  'asserts_annotation',
  'optional_chain',
  'accessibility_modifier',
  'override_modifier',
  'identifier',
  'property_identifier',
  'private_property_identifier',
  'statement_identifier',
  'label_name',
  'jsx_text',
  'html_character_reference',
]);

export function other({ start, end }: SyntaxNode, inner: readonly Expression[] = []): Expression {
  return { kind: 'other', start, end, inner, isInteger: false };
}

export function expression(node: SyntaxNode, reading: Reading): Expression {
  const { text } = reading;
  const { start, end } = node;
  const read = (child: SyntaxNode) => expression(child, reading);
  const field = (name: string) => fieldOf(node, name);
  switch (node.type) {
    case 'string':
      return stringText(node, text);
    case 'template_string':
      return templateText(node, text, false, read);
    case 'regex':
      return separatorText(node, text) ?? other(node);
    case 'number':
      return { kind: 'other', start, end, inner: [], isInteger: /^\d+$/.test(text.slice(start, end)) };
    case 'unary_expression': {
      const argument = field('argument');
      const inner = argument === undefined ? other(node) : read(argument);
      const isInteger = inner.kind === 'other' && inner.isInteger && '+-'.includes(text[start]!);
      return { kind: 'other', start, end, inner: [inner], isInteger };
    }
    case 'array':
      return { kind: 'collection', start, end, items: items(node, reading) };
    case 'object':
      return { kind: 'mapping', start, end, entries: entries(node, reading) };
    case 'as_expression':
    case 'satisfies_expression':
    case 'non_null_expression':
    case 'parenthesized_expression':
    case 'await_expression':
    case 'type_assertion': {
      // What follows `as` is a type.
      const value = node.type === 'type_assertion' ? valuesOf(node).at(-1) : valuesOf(node)[0];
      return value === undefined ? other(node) : read(value);
    }
    case 'spread_element': {
      const of = valuesOf(node)[0];
      return of === undefined ? other(node) : { kind: 'spread', start, end, of: read(of) };
    }
    case 'identifier':
    case 'this':
    case 'member_expression':
    case 'subscript_expression':
      return reference(node, reading);
    case 'call_expression':
    case 'new_expression':
      return call(node, reading);
    case 'arrow_function':
    case 'function_expression':
    case 'function':
    case 'generator_function':
      return functionValue(node, reading);
    case 'class':
      for (const statement of reading.block(node)) reading.hoist(statement);
      return other(node);
    case 'ternary_expression': {
      const [consequence, alternative] = [field('consequence'), field('alternative')];
      if (consequence === undefined || alternative === undefined) return other(node, inside(node, reading));
      return { kind: 'choice', start, end, options: [read(consequence), read(alternative)] };
    }
    case 'binary_expression':
      return binary(node, reading);
    case 'sequence_expression': {
      const last = valuesOf(node).at(-1);
      return last === undefined ? other(node) : read(last);
    }
    case 'assignment_expression': {
      for (const statement of reading.block(node)) reading.hoist(statement);
      const right = field('right');
      return right === undefined ? other(node) : other(right);
    }
    case 'jsx_attribute': {
      const value = node.children.find(({ type }) => type === 'string' || type === 'jsx_expression');
      return value === undefined ? other(node) : other(node, [read(value)]);
    }
    default:
      return other(node, inside(node, reading));
  }
}

/** Everything that stands in a node, whatever it is made of. */
function inside(node: SyntaxNode, reading: Reading): readonly Expression[] {
  return spokenChildren(node).map((child) => expression(child, reading));
}

/** Children that are values. */
function valuesOf({ children }: SyntaxNode): readonly SyntaxNode[] {
  return children.filter(({ named, type }) => named && type !== 'comment');
}

function items(node: SyntaxNode, reading: Reading): readonly Expression[] {
  return valuesOf(node).flatMap((child) =>
    child.type === 'ERROR' ? items(child, reading) : [expression(child, reading)],
  );
}

function entries(node: SyntaxNode, reading: Reading): Mapping['entries'] {
  const { text } = reading;
  return valuesOf(node).flatMap((child): Mapping['entries'] => {
    switch (child.type) {
      case 'pair': {
        const [key, value] = [fieldOf(child, 'key'), fieldOf(child, 'value')];
        if (key === undefined || value === undefined) return [];
        return [{ ...keyOf(key, reading), value: expression(value, reading) }];
      }
      case 'shorthand_property_identifier': {
        const { start, end } = child;
        const name = text.slice(start, end);
        return [{ key: name, keyText: null, value: { kind: 'name', start, end, path: [name] } }];
      }
      case 'spread_element':
        return [{ key: null, keyText: null, value: expression(child, reading) }];
      case 'method_definition': {
        const name = fieldOf(child, 'name');
        const key = name === undefined ? { key: null, keyText: null } : keyOf(name, reading);
        return [{ ...key, value: functionValue(child, reading) }];
      }
      case 'ERROR':
        return entries(child, reading);
      default:
        return [];
    }
  });
}

function keyOf(key: SyntaxNode, { text }: Reading): Pick<Mapping['entries'][number], 'key' | 'keyText'> {
  const inner = key.type === 'computed_property_name' ? valuesOf(key)[0] : key;
  switch (inner?.type) {
    case 'string': {
      const keyText = stringText(inner, text);
      return { key: keyText.pieces.join(''), keyText };
    }
    case 'property_identifier':
    case 'private_property_identifier': {
      const keyText = identifierText(inner, text);
      return { key: keyText.pieces.join('').replace(/^#/, ''), keyText };
    }
    case 'number':
      return { key: text.slice(inner.start, inner.end), keyText: null };
    default:
      return { key: null, keyText: null };
  }
}

/** The names that lead to a thing, null where something else does: `a.b["c"]`. */
export function pathOf(node: SyntaxNode, text: string): readonly string[] | null {
  switch (node.type) {
    case 'identifier':
    case 'this':
      return [text.slice(node.start, node.end)];
    case 'non_null_expression':
    case 'parenthesized_expression': {
      const inner = valuesOf(node)[0];
      return inner === undefined ? null : pathOf(inner, text);
    }
    case 'member_expression': {
      const [object, property] = [fieldOf(node, 'object'), fieldOf(node, 'property')];
      const path = object === undefined ? null : pathOf(object, text);
      if (path === null || property === undefined) return null;
      return [...path, text.slice(property.start, property.end).replace(/^#/, '')];
    }
    case 'subscript_expression': {
      const [object, index] = [fieldOf(node, 'object'), fieldOf(node, 'index')];
      const path = object === undefined ? null : pathOf(object, text);
      if (path === null || index?.type !== 'string') return null;
      return [...path, stringText(index, text).pieces.join('')];
    }
    default:
      return null;
  }
}

function reference(node: SyntaxNode, reading: Reading): Expression {
  const { start, end } = node;
  const path = node.type === 'subscript_expression' ? null : pathOf(node, reading.text);
  if (path !== null) return { kind: 'name', start, end, path };
  const object = fieldOf(node, 'object');
  if (object === undefined) return other(node);
  const of = expression(object, reading);
  if (node.type === 'member_expression') return other(node, [of]);
  const index = fieldOf(node, 'index');
  const at = index === undefined ? other(node) : expression(index, reading);
  const key = at.kind === 'text' && at.pieces.every((piece) => typeof piece === 'string');
  return { kind: 'element', start, end, of, key: key ? at.pieces.join('') : null };
}

function binary(node: SyntaxNode, reading: Reading): Expression {
  const { start, end } = node;
  const [left, right] = [fieldOf(node, 'left'), fieldOf(node, 'right')];
  if (left === undefined || right === undefined) return other(node, inside(node, reading));
  const operator = fieldOf(node, 'operator')?.type;
  const [a, b] = [expression(left, reading), expression(right, reading)];
  switch (operator) {
    case '+': {
      const isGrouped = left.type === 'parenthesized_expression';
      const parts = a.kind === 'joined' && !isGrouped ? [...a.parts, b] : [a, b];
      return { kind: 'joined', start, end, parts };
    }
    case '??':
    case '||':
      return { kind: 'choice', start, end, options: [a, b] };
    case '&&':
      return { kind: 'choice', start, end, options: [b] };
    default:
      return other(node, [a, b]);
  }
}

const functions = new Set(['arrow_function', 'function_expression', 'function', 'generator_function']);

function call(node: SyntaxNode, reading: Reading): Expression {
  const { text } = reading;
  const { start, end } = node;
  const called = fieldOf(node, node.type === 'new_expression' ? 'constructor' : 'function');
  const list = fieldOf(node, 'arguments');
  if (called === undefined) return other(node, inside(node, reading));
  if (list?.type === 'template_string') {
    const isRaw = pathOf(called, text)?.join('.') === 'String.raw';
    const said = templateText(list, text, isRaw, (child) => expression(child, reading));
    return isRaw ? said : { ...calledOf(called, reading), start, end, positional: [said], named: [] };
  }
  const given = list === undefined ? [] : valuesOf(list).filter(({ type }) => type !== 'ERROR');
  const path = pathOf(called, text);
  const [first, second] = given;
  const last = path?.at(-1) ?? (called.type === 'member_expression' ? lastName(called, text) : null);

  if (node.type === 'new_expression' && path?.length === 1 && first !== undefined) {
    if (path[0] === 'Set') return expression(first, reading);
    const table = path[0] === 'Map' ? pairsOf(expression(first, reading)) : null;
    if (table !== null) return table;
  }
  const name = path?.join('.');
  if ((name === 'Object.freeze' || name === 'Object.seal') && first !== undefined) {
    return expression(first, reading);
  }
  const object = called.type === 'member_expression' ? fieldOf(called, 'object') : undefined;
  if (name === 'Array.from' && first !== undefined && second !== undefined && functions.has(second.type)) {
    return each(node, first, second, false, reading) ?? other(node);
  }
  if (object !== undefined && first !== undefined && functions.has(first.type)) {
    if (last === 'map' || last === 'flatMap') {
      const found = each(node, object, first, last === 'flatMap', reading);
      if (found !== null) return found;
    }
    if (last === 'forEach') {
      const body = fieldOf(first, 'body');
      const over = expression(object, reading);
      if (body !== undefined) {
        const loop: Loop = { variables: elementNames(first, text), over };
        reading.hoist({ kind: 'loop', start, end, loop, body: bodyOf(body, reading) });
      }
      return other(node, [over]);
    }
  }
  if (object !== undefined && (last === 'slice' || last === 'at')) {
    return { kind: 'element', start, end, of: expression(object, reading), key: null };
  }
  if (object !== undefined && last === 'split' && first?.type === 'regex' && meansLineBreaks(first, text)) {
    const splitlines = [...(path?.slice(0, -1) ?? []), 'splitlines'];
    const receiver = expression(object, reading);
    return { kind: 'call', callee: splitlines, receiver, start, end, positional: [], named: [] };
  }
  const positional = given.map((argument) => expression(argument, reading));
  return { ...calledOf(called, reading), start, end, positional, named: [] };
}

function calledOf(called: SyntaxNode, reading: Reading): Pick<Call, 'kind' | 'callee' | 'receiver'> {
  const path = pathOf(called, reading.text);
  if (called.type !== 'member_expression') {
    return { kind: 'call', callee: path, receiver: path === null ? expression(called, reading) : null };
  }
  const object = fieldOf(called, 'object');
  const last = lastName(called, reading.text);
  return {
    kind: 'call',
    callee: path ?? (last === null ? null : [last]),
    receiver: object === undefined ? null : expression(object, reading),
  };
}

function lastName(member: SyntaxNode, text: string): string | null {
  const property = fieldOf(member, 'property');
  return property === undefined ? null : text.slice(property.start, property.end);
}

/** `[["a", 0], ["b", 1]]` as the mapping that `new Map` makes of it. */
function pairsOf(value: Expression): Mapping | null {
  if (value.kind !== 'collection') return null;
  const { start, end, items: pairs } = value;
  const entries = pairs.flatMap((pair): Mapping['entries'] => {
    if (pair.kind !== 'collection' || pair.items.length !== 2) return [];
    const [key, of] = pair.items;
    const keyText = key?.kind === 'text' ? key : null;
    return [{ key: keyText?.pieces.join('') ?? null, keyText, value: of! }];
  });
  return entries.length === pairs.length ? { kind: 'mapping', start, end, entries } : null;
}

/** A callback over all elements: null where it has no result. */
function each(
  { start, end }: SyntaxNode,
  over: SyntaxNode,
  callback: SyntaxNode,
  isFlat: boolean,
  reading: Reading,
): Expression | null {
  const loop: Loop = {
    variables: elementNames(callback, reading.text),
    over: expression(over, reading),
  };
  const value = functionValue(callback, reading);
  if (value.kind !== 'lambda') return null;
  const { result } = value;
  return isFlat && result.kind === 'each'
    ? { kind: 'each', start, end, result: result.result, loops: [loop, ...result.loops] }
    : { kind: 'each', start, end, result, loops: [loop] };
}

/** What a callback calls the element: its second parameter is the index. */
function elementNames(callback: SyntaxNode, text: string): readonly string[] {
  const first = parameterNodes(callback)[0];
  return first === undefined ? [] : boundNames(first, text).map(({ name }) => name);
}

function parameterNodes(callable: SyntaxNode): readonly SyntaxNode[] {
  const alone = fieldOf(callable, 'parameter');
  if (alone !== undefined) return [alone];
  const list = fieldOf(callable, 'parameters');
  return list === undefined ? [] : valuesOf(list);
}

/** The parameters of a function, and what they are where nothing is given for them. */
export function parametersOf(
  callable: SyntaxNode,
  reading: Reading,
): { readonly names: readonly string[]; readonly defaults: readonly Statement[] } {
  const bound = parameterNodes(callable).flatMap((node) => boundNames(node, reading.text));
  return {
    names: bound.map(({ name }) => name),
    defaults: bound.flatMap(({ name, otherwise }): Statement[] => {
      if (otherwise === null) return [];
      const { start, end } = otherwise;
      return [{ kind: 'binding', start, end, names: [[name]], value: expression(otherwise, reading) }];
    }),
  };
}

/**
 * A function as a value: of one whose body returns something at its end that is its result, and what stands before is
 * hoisted as a scope of its own.
 */
function functionValue(node: SyntaxNode, reading: Reading): Expression {
  const { start, end } = node;
  const body = fieldOf(node, 'body');
  if (body === undefined) return other(node);
  const { names, defaults } = parametersOf(node, reading);
  if (body.type !== 'statement_block') {
    if (defaults.length > 0) {
      reading.hoist({ kind: 'scope', start, end, parameters: names, body: defaults });
    }
    return { kind: 'lambda', start, end, parameters: names, result: expression(body, reading) };
  }
  const last = body.children.findLast(({ named, type }) => named && type !== 'comment');
  const returned = last?.type === 'return_statement' ? valuesOf(last)[0] : undefined;
  const before =
    returned === undefined ? body : { ...body, children: body.children.filter((child) => child !== last) };
  const statements = [...defaults, ...reading.block(before)];
  if (statements.length > 0) {
    reading.hoist({ kind: 'scope', start, end, parameters: names, body: statements });
  }
  if (returned === undefined) return other(node);
  return { kind: 'lambda', start, end, parameters: names, result: expression(returned, reading) };
}

/** The body of a callback, a block or a single expression. */
function bodyOf(body: SyntaxNode, reading: Reading): readonly Statement[] {
  if (body.type === 'statement_block') return reading.block(body);
  const { start, end } = body;
  return [{ kind: 'evaluated', start, end, value: expression(body, reading) }];
}
