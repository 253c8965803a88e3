import type { PromptSource } from '../../shared/foundPrompts';
import type { Grammar, Grammars, SyntaxNode } from '../grammars';
import type { Comment, Expression, Program, Statement } from '../syntax';
import { evaluatedOrAppended } from './appended';
import {
  expression,
  fieldOf,
  other,
  parametersOf,
  pathOf,
  type Reading,
  spokenChildren,
} from './javascriptExpressions';
import { boundNames } from './javascriptPatterns';

/** TypeScript and JavaScript, by the ending of the path: JavaScript is read as TSX, which all of it is. */
export function lowerTypescript({ path, text }: PromptSource, grammars: Grammars): Program {
  const grammar: Grammar = /\.[mc]?ts$/i.test(path) ? 'typescript' : 'tsx';
  const root = grammars.parse(grammar, text);
  return { statements: block(root, text), comments: commentsIn(root, text) };
}

/** What declares nothing that is a value. */
const silent = new Set([
  'comment',
  'html_comment',
  'hash_bang_line',
  'import_statement',
  'import_alias',
  'interface_declaration',
  'type_alias_declaration',
  'enum_declaration',
  'ambient_declaration',
  'function_signature',
  'method_signature',
  'abstract_method_signature',
  'index_signature',
  'empty_statement',
  'break_statement',
  'continue_statement',
  'decorator',
  'export_clause',
  'namespace_export',
]);

/** Statements whose parts are statements and expressions, in their order. */
const flat = new Set([
  'program',
  'ERROR',
  'statement_block',
  'class_body',
  'switch_body',
  'switch_case',
  'switch_default',
  'export_statement',
  'expression_statement',
  'if_statement',
  'else_clause',
  'for_statement',
  'while_statement',
  'do_statement',
  'try_statement',
  'catch_clause',
  'finally_clause',
  'switch_statement',
  'labeled_statement',
  'return_statement',
  'throw_statement',
  'lexical_declaration',
  'variable_declaration',
  'class_static_block',
]);

function block(node: SyntaxNode, text: string): Statement[] {
  return statements(node, text);
}

function statements(node: SyntaxNode, text: string): Statement[] {
  if (silent.has(node.type)) return [];
  if (flat.has(node.type)) {
    const inner = spokenChildren(node).flatMap((child) => statements(child, text));
    return wide(node) ? widened(node, inner) : inner;
  }
  const hoisted: Statement[] = [];
  const reading: Reading = {
    text,
    hoist: (statement) => hoisted.push(statement),
    block: (inner) => block(inner, text),
  };
  const own = statement(node, reading);
  return [...own, ...hoisted];
}

/** Statements of which the first begins where they do: a comment above says something of it. */
function wide({ type }: SyntaxNode): boolean {
  return type === 'export_statement' || type === 'lexical_declaration' || type === 'variable_declaration';
}

function widened({ start }: SyntaxNode, inner: readonly Statement[]): Statement[] {
  return inner.map((statement, i) => (i === 0 ? { ...statement, start } : statement));
}

function statement(node: SyntaxNode, reading: Reading): readonly Statement[] {
  const { text } = reading;
  const { start, end } = node;
  switch (node.type) {
    case 'variable_declarator': {
      const [name, value] = [fieldOf(node, 'name'), fieldOf(node, 'value')];
      return name === undefined || value === undefined ? [] : bindings(node, name, value, reading);
    }
    case 'assignment_expression': {
      const [left, right] = [fieldOf(node, 'left'), fieldOf(node, 'right')];
      return left === undefined || right === undefined ? [] : bindings(node, left, right, reading);
    }
    case 'public_field_definition':
    case 'field_definition': {
      const name = fieldOf(node, 'name') ?? fieldOf(node, 'property');
      const value = fieldOf(node, 'value');
      if (name === undefined || value === undefined) return [];
      const path = [
        text
          .slice(name.start, name.end)
          .replace(/^#/, '')
          .replace(/^(['"])(.*)\1$/s, '$2'),
      ];
      return [{ kind: 'binding', start, end, names: [path], value: expression(value, reading) }];
    }
    case 'function_declaration':
    case 'generator_function_declaration':
    case 'method_definition': {
      const { names, defaults } = parametersOf(node, reading);
      const body = fieldOf(node, 'body');
      const inner = body === undefined ? [] : reading.block(body);
      return [{ kind: 'scope', start, end, parameters: names, body: [...defaults, ...inner] }];
    }
    case 'class_declaration':
    case 'abstract_class_declaration':
    case 'class':
    case 'internal_module':
    case 'module': {
      const body = fieldOf(node, 'body');
      const inner = body === undefined ? [] : reading.block(body);
      return [{ kind: 'scope', start, end, parameters: [], body: inner }];
    }
    case 'for_in_statement': {
      const [left, right] = [fieldOf(node, 'left'), fieldOf(node, 'right')];
      const body = fieldOf(node, 'body');
      if (left === undefined || right === undefined) return [];
      const over = expression(right, reading);
      const isOf = fieldOf(node, 'operator')?.type !== 'in';
      const variables = boundNames(left, text).map(({ name }) => name);
      // `in` runs over keys.
      const loop = { variables, over: isOf ? over : other(right, [over]) };
      return [{ kind: 'loop', start, end, loop, body: body === undefined ? [] : reading.block(body) }];
    }
    default:
      return [evaluatedOrAppended(expression(node, reading), start, end)];
  }
}

/** `pattern = value`. */
function bindings(
  { start, end }: SyntaxNode,
  pattern: SyntaxNode,
  valueNode: SyntaxNode,
  reading: Reading,
): readonly Statement[] {
  // `a = b = value` binds both.
  if (valueNode.type === 'assignment_expression') {
    const [left, right] = [fieldOf(valueNode, 'left'), fieldOf(valueNode, 'right')];
    const [first, second] = [pathOf(pattern, reading.text), left && pathOf(left, reading.text)];
    if (first !== null && second != null && right !== undefined) {
      const value = expression(right, reading);
      return [{ kind: 'binding', start, end, names: [first, second], value }];
    }
  }
  const value = expression(valueNode, reading);
  const path = pathOf(pattern, reading.text);
  if (path !== null) return [{ kind: 'binding', start, end, names: [path], value }];
  const bound = boundNames(pattern, reading.text);
  if (bound.length === 0) return [{ kind: 'evaluated', start, end, value }];
  return [
    ...(value.kind === 'name' ? [] : [{ kind: 'evaluated', start, end, value } as const]),
    ...bound.flatMap(({ name, keys, otherwise }): Statement[] => [
      ...(otherwise === null
        ? []
        : [
            {
              kind: 'binding' as const,
              start: otherwise.start,
              end: otherwise.end,
              names: [[name]],
              value: expression(otherwise, reading),
            },
          ]),
      { kind: 'binding', start, end, names: [[name]], value: partOf(value, keys, pattern) },
    ]),
  ];
}

/** What the keys of a pattern lead to. */
function partOf(value: Expression, keys: readonly string[] | null, pattern: SyntaxNode): Expression {
  if (keys === null || value.kind !== 'name') return other(pattern);
  return { ...value, path: [...value.path, ...keys] };
}

function commentsIn(root: SyntaxNode, text: string): readonly Comment[] {
  const comments: Comment[] = [];
  const visit = (node: SyntaxNode): void => {
    if (node.type === 'comment' || node.type === 'html_comment') comments.push(commentOf(node, text));
    else node.children.forEach(visit);
  };
  visit(root);
  return comments;
}

function commentOf({ start, end }: SyntaxNode, text: string): Comment {
  const said = text
    .slice(start, end)
    .replace(/^(?:\/\/|\/\*+|<!--)/, '')
    .replace(/(?:\*+\/|-->)$/, '');
  return { start, end, text: said.trim() };
}
