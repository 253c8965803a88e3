import type { SyntaxNode } from '../grammars';

/** A name that a pattern binds. */
export interface BoundName {
  readonly name: string;
  /** The keys that lead to what it is bound to; null where that is not known: an element, the rest. */
  readonly keys: readonly string[] | null;
  readonly otherwise: SyntaxNode | null;
}

/** What `a`, `{ a, b: c }`, `[a, ...b]` and `a = value` bind, as a parameter or in a declaration. */
export function boundNames(
  pattern: SyntaxNode,
  text: string,
  keys: readonly string[] | null = [],
  otherwise: SyntaxNode | null = null,
): readonly BoundName[] {
  const source = ({ start, end }: SyntaxNode) => text.slice(start, end);
  const inner = (nodes: readonly SyntaxNode[], of: readonly string[] | null) =>
    nodes.filter(({ named }) => named).flatMap((node) => boundNames(node, text, of));
  const field = (name: string) => pattern.children.find((child) => child.field === name);

  switch (pattern.type) {
    case 'identifier':
      return [{ name: source(pattern), keys, otherwise }];
    case 'shorthand_property_identifier_pattern': {
      const name = source(pattern);
      return [{ name, keys: keys === null ? null : [...keys, name], otherwise }];
    }
    case 'required_parameter':
    case 'optional_parameter': {
      const bound = field('pattern');
      return bound === undefined ? [] : boundNames(bound, text, keys, field('value') ?? null);
    }
    case 'assignment_pattern':
    case 'object_assignment_pattern': {
      const [left, right] = [field('left'), field('right') ?? null];
      return left === undefined ? [] : boundNames(left, text, keys, right);
    }
    case 'pair_pattern': {
      const [key, value] = [field('key'), field('value')];
      if (value === undefined) return [];
      const isName = key?.type === 'property_identifier' && keys !== null;
      return boundNames(value, text, isName ? [...keys, source(key)] : null);
    }
    case 'object_pattern':
      return inner(pattern.children, keys);
    case 'array_pattern':
    case 'rest_pattern':
      return inner(pattern.children, null);
    default:
      return [];
  }
}
