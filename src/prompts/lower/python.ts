import type { PromptSource } from '../../shared/foundPrompts';
import type { Grammars, SyntaxNode } from '../grammars';
import type { Comment, Expression, Program, Statement } from '../syntax';
import { evaluatedOrAppended } from './appended';
import { fieldOf, PythonExpressions, parametersOf, pathOf } from './pythonExpressions';

/** Python of any version. */
export function lowerPython({ text }: PromptSource, grammars: Grammars): Program {
  const root = grammars.parse('python', text);
  return { statements: block(root, text), comments: commentsIn(root, text) };
}

function commentsIn(root: SyntaxNode, text: string): readonly Comment[] {
  const comments: Comment[] = [];
  const visit = ({ type, start, end, children }: SyntaxNode): void => {
    if (type === 'comment') comments.push({ start, end, text: text.slice(start + 1, end) });
    children.forEach(visit);
  };
  visit(root);
  return comments;
}

/** What ends an unfinished statement: nothing of it is in the statements after it. */
const open = new Set(['[', '(', '{']);

function block({ children }: SyntaxNode, text: string): Statement[] {
  return children.flatMap((child) => statement(child, text));
}

function statement(node: SyntaxNode, text: string): Statement[] {
  const { start, end, children } = node;
  const read = new PythonExpressions(text);
  const evaluated = (nodes: readonly SyntaxNode[]): Statement[] => {
    const values = nodes.map((each): Statement => {
      return { kind: 'evaluated', start, end, value: read.expression(each) };
    });
    return [...read.bound(), ...values];
  };
  switch (node.type) {
    case 'expression_statement':
      return children.flatMap((child) => {
        if (child.type === 'assignment') return assignment(child, text);
        if (child.type === 'augmented_assignment') return augmented(child, text);
        if (!child.named || child.type === 'comment') return [];
        const value = read.expression(child);
        return [...read.bound(), evaluatedOrAppended(value, start, end)];
      });
    case 'return_statement':
    case 'raise_statement':
    case 'assert_statement':
    case 'print_statement':
      return evaluated(named(node));
    case 'import_statement':
    case 'import_from_statement':
      return imported(node, text);
    case 'function_definition':
      return functionDefinition(node, node, text);
    case 'class_definition':
      return classDefinition(node, node, text);
    case 'decorated_definition': {
      const definition = fieldOf(node, 'definition');
      const decorators = children.filter(({ type }) => type === 'decorator').flatMap(named);
      const before = evaluated(decorators);
      if (definition?.type === 'function_definition') {
        return [...before, ...functionDefinition(definition, node, text)];
      }
      return definition === undefined ? before : [...before, ...classDefinition(definition, node, text)];
    }
    case 'for_statement': {
      const [left, right] = [fieldOf(node, 'left'), fieldOf(node, 'right')];
      const body = children.filter(({ field }) => field === 'body' || field === 'alternative');
      const inner = body.flatMap((each) => block(each, text));
      if (left === undefined || right === undefined) return inner;
      const over = read.expression(right);
      const loop = { variables: variablesOf(left, text), over };
      return [...read.bound(), { kind: 'loop', start, end, loop, body: inner }];
    }
    case 'with_statement':
      return [
        ...children
          .filter(({ type }) => type === 'with_clause')
          .flatMap(named)
          .flatMap((item) => opened(item, text)),
        ...children.filter(({ field }) => field === 'body').flatMap((each) => block(each, text)),
      ];
    case 'if_statement':
    case 'elif_clause':
    case 'else_clause':
    case 'while_statement':
    case 'try_statement':
    case 'except_clause':
    case 'except_group_clause':
    case 'finally_clause':
    case 'match_statement':
    case 'case_clause':
    case 'block':
      return children.flatMap((child) => {
        if (child.type === 'block' || /_(clause|statement|definition)$/.test(child.type)) {
          return statement(child, text);
        }
        return child.field === 'condition' || child.field === 'subject' ? evaluated([child]) : [];
      });
    case 'ERROR':
      return broken(node, text);
    case 'comment':
    case 'pass_statement':
    case 'break_statement':
    case 'continue_statement':
    case 'global_statement':
    case 'nonlocal_statement':
    case 'delete_statement':
    case 'future_import_statement':
    case 'type_alias_statement':
      return [];
    default:
      return node.named ? evaluated([node]) : [];
  }
}

function assignment(node: SyntaxNode, text: string): Statement[] {
  const targets: SyntaxNode[] = [];
  let value: SyntaxNode | undefined = node;
  while (value?.type === 'assignment') {
    const left = fieldOf(value, 'left');
    if (left !== undefined) targets.push(left);
    value = fieldOf(value, 'right');
  }
  if (value === undefined) return [];
  return bindings(node, targets, value, text);
}

/** One binding for names that are given the same, one per name where a tuple is taken apart. */
function bindings(
  { start, end }: SyntaxNode,
  targets: readonly SyntaxNode[],
  value: SyntaxNode,
  text: string,
): Statement[] {
  const read = new PythonExpressions(text);
  const [first] = targets;
  const isPattern = targets.length === 1 && first !== undefined && patterns.has(first.type);
  const [names, values] = [isPattern ? named(first) : [], isPattern ? elementsOf(value) : []];
  const isSplat = [...names, ...values].some(({ type }) => type.startsWith('list_splat'));
  if (isPattern && names.length === values.length && !isSplat) {
    return names.flatMap((name, index) => bindings({ ...name, start, end }, [name], values[index]!, text));
  }
  const lowered = read.assigned(value);
  const paths = targets.flatMap((target) => pathOf(target, text) ?? []);
  const direct = targets.flatMap((target) => {
    const path = pathOf(target, text);
    return path === null ? [] : [path];
  });
  const unknown = targets
    .filter(({ type }) => patterns.has(type))
    .flatMap((target) => variablesOf(target, text));
  const statements: Statement[] = [...read.bound()];
  if (paths.length > 0) statements.push({ kind: 'binding', start, end, names: direct, value: lowered });
  else statements.push({ kind: 'evaluated', start, end, value: lowered });
  if (unknown.length > 0) statements.push(unknownBinding(unknown, start, end));
  return statements;
}

const patterns = new Set(['pattern_list', 'tuple_pattern', 'list_pattern']);

function elementsOf(value: SyntaxNode): readonly SyntaxNode[] {
  return value.type === 'expression_list' || value.type === 'tuple' || value.type === 'list'
    ? named(value)
    : [];
}

/** `labels += […]` is `labels = labels + […]`; a text that grows is none that is written anywhere. */
function augmented(node: SyntaxNode, text: string): Statement[] {
  const { start, end, children } = node;
  const [left, right] = [fieldOf(node, 'left'), fieldOf(node, 'right')];
  const path = left === undefined ? null : pathOf(left, text);
  if (right === undefined) return [];
  const read = new PythonExpressions(text);
  const value = read.expression(right);
  const isSum = children.some(({ type }) => type === '+=') && left !== undefined;
  if (path === null || !isSum) return [...read.bound(), { kind: 'evaluated', start, end, value }];
  const grown: Expression =
    value.kind === 'text' || value.kind === 'joined'
      ? { kind: 'other', start, end, inner: [value], isInteger: false }
      : { kind: 'joined', start: left.start, end, parts: [read.expression(left), value] };
  return [...read.bound(), { kind: 'binding', start, end, names: [path], value: grown }];
}

function imported(node: SyntaxNode, text: string): Statement[] {
  const names = node.children
    .filter(({ field }) => field === 'name')
    .flatMap((name) => {
      const alias = fieldOf(name, 'alias');
      const known = alias ?? (name.type === 'aliased_import' ? fieldOf(name, 'name') : name);
      return known === undefined ? [] : [text.slice(known.start, known.end).split('.')[0]!];
    });
  return names.length === 0 ? [] : [unknownBinding(names, node.start, node.end)];
}

/** Names that stand for something that nobody knows here. */
function unknownBinding(names: readonly string[], start: number, end: number): Statement {
  return {
    kind: 'binding',
    start,
    end,
    names: names.map((name) => [name]),
    value: { kind: 'other', start, end, inner: [], isInteger: false },
  };
}

function functionDefinition(node: SyntaxNode, whole: SyntaxNode, text: string): Statement[] {
  const { start, end } = whole;
  const parameters = fieldOf(node, 'parameters');
  const body = fieldOf(node, 'body');
  const read = new PythonExpressions(text);
  const defaults = (parameters?.children ?? []).flatMap((parameter): Statement[] => {
    const [name, value] = [fieldOf(parameter, 'name'), fieldOf(parameter, 'value')];
    if (name === undefined || value === undefined) return [];
    const lowered = read.expression(value);
    const names = [[text.slice(name.start, name.end)]];
    return [
      ...read.bound(),
      { kind: 'binding', start: parameter.start, end: parameter.end, names, value: lowered },
    ];
  });
  return [
    // Named by the parameters, but what a parameter is when the function runs is not known.
    ...(defaults.length === 0
      ? []
      : [
          {
            kind: 'scope' as const,
            start: parameters!.start,
            end: parameters!.end,
            parameters: [],
            body: defaults,
          },
        ]),
    ...definition(node, text),
    {
      kind: 'scope',
      start,
      end,
      parameters: parameters === undefined ? [] : parametersOf(parameters, text),
      body: body === undefined ? [] : block(body, text),
    },
  ];
}

function classDefinition(node: SyntaxNode, { start, end }: SyntaxNode, text: string): Statement[] {
  const body = fieldOf(node, 'body');
  return [
    ...definition(node, text),
    { kind: 'scope', start, end, parameters: [], body: body === undefined ? [] : block(body, text) },
  ];
}

function definition(node: SyntaxNode, text: string): Statement[] {
  const name = fieldOf(node, 'name');
  return name === undefined ? [] : [unknownBinding([text.slice(name.start, name.end)], name.start, name.end)];
}

function opened(item: SyntaxNode, text: string): Statement[] {
  const { start, end } = item;
  const read = new PythonExpressions(text);
  const value = fieldOf(item, 'value') ?? item;
  const [what, ...targets] = value.type === 'as_pattern' ? named(value) : [value];
  if (what === undefined) return [];
  const lowered = read.expression(what);
  const variables = targets.flatMap((target) => variablesOf(target, text));
  return [
    ...read.bound(),
    { kind: 'evaluated', start, end, value: lowered },
    ...(variables.length === 0 ? [] : [unknownBinding(variables, start, end)]),
  ];
}

/** The names of a pattern, however they are nested, in their order. */
export function variablesOf(node: SyntaxNode, text: string): readonly string[] {
  if (node.type === 'identifier') return [text.slice(node.start, node.end)];
  const path = pathOf(node, text);
  return path === null ? named(node).flatMap((child) => variablesOf(child, text)) : [path.join('.')];
}

function named({ children }: SyntaxNode): readonly SyntaxNode[] {
  return children.filter((child) => child.named && child.type !== 'comment');
}

/**
 * What could not be read as statements, while someone is typing: statements in it, and collections that are given to a name
 * but not yet closed.
 */
function broken(node: SyntaxNode, text: string): Statement[] {
  const { children } = node;
  const statements: Statement[] = [];
  for (let at = 0; at < children.length; at++) {
    const [target, sign, bracket] = children.slice(at, at + 3);
    const path = target === undefined ? null : pathOf(target, text);
    if (path === null || sign?.type !== '=' || bracket === undefined || !open.has(bracket.type)) {
      statements.push(...statement(children[at]!, text));
      continue;
    }
    const read = new PythonExpressions(text);
    const items: Expression[] = [];
    let last = at + 3;
    for (; last < children.length && isItem(children[last]!); last++) {
      const item = children[last]!;
      if (item.named && item.type !== 'comment') items.push(read.expression(item));
    }
    const [start, end] = [target!.start, children[last - 1]!.end];
    const value: Expression = { kind: 'collection', start: bracket.start, end, items };
    statements.push(...read.bound(), { kind: 'binding', start, end, names: [path], value });
    at = last - 1;
  }
  return statements;
}

function isItem({ type }: SyntaxNode): boolean {
  return type === ',' || type === 'comment' || type === 'string' || type === 'concatenated_string';
}
