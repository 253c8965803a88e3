import type { Expression, Program, Statement, Text } from '../../../../src/prompts/syntax';

/** All string literals of a program, keys included, in the order they were read. */
export function textsOf({ statements }: Program): Text[] {
  return statements.flatMap(ofStatement);
}

/** What a text says, with interpolations as they are written. */
export function said({ pieces }: Text): string {
  return pieces.map((piece) => (typeof piece === 'string' ? piece : piece.source)).join('');
}

function ofStatement(statement: Statement): Text[] {
  switch (statement.kind) {
    case 'binding':
    case 'document':
    case 'evaluated':
      return ofExpression(statement.value);
    case 'scope':
      return statement.body.flatMap(ofStatement);
    case 'loop':
      return [...ofExpression(statement.loop.over), ...statement.body.flatMap(ofStatement)];
  }
}

function ofExpression(value: Expression): Text[] {
  switch (value.kind) {
    case 'text':
      return [
        value,
        ...value.pieces.flatMap((piece) => (typeof piece === 'string' ? [] : ofExpression(piece.value))),
      ];
    case 'collection':
      return value.items.flatMap(ofExpression);
    case 'mapping':
      return value.entries.flatMap(({ keyText, value: of }) => [
        ...(keyText === null ? [] : [keyText]),
        ...ofExpression(of),
      ]);
    case 'name':
      return [];
    case 'call':
      return [
        ...(value.receiver === null ? [] : ofExpression(value.receiver)),
        ...value.positional.flatMap(ofExpression),
        ...value.named.flatMap(({ value: of }) => ofExpression(of)),
      ];
    case 'each':
      return [...value.loops.flatMap(({ over }) => ofExpression(over)), ...ofExpression(value.result)];
    case 'lambda':
      return ofExpression(value.result);
    case 'joined':
      return value.parts.flatMap(ofExpression);
    case 'choice':
      return value.options.flatMap(ofExpression);
    case 'spread':
    case 'element':
      return ofExpression(value.of);
    case 'other':
      return value.inner.flatMap(ofExpression);
  }
}
