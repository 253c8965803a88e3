import type { FoundPrompt } from '../../shared/foundPrompts';

/** A comment line that says that what follows is no prompt (docs/prompts.md, section 6). */
export interface IgnoreComment {
  /** Line that it goes before, from 0. */
  readonly line: number;
  readonly text: string;
  /** Whether other prompts of that line are left alone, too. */
  readonly takesOthers: boolean;
}

/**
 * Null where a comment cannot say it: in languages without comments, and within strings of several lines.
 *
 * @param lineOf the line of an offset, from 0
 * @param textOf a line's text
 * @param starts where all prompts of the file start
 */
export function ignoreComment(
  { start, literal }: Pick<FoundPrompt, 'start' | 'literal'>,
  starts: readonly number[],
  lineOf: (offset: number) => number,
  textOf: (line: number) => string,
): IgnoreComment | null {
  if (literal === null || literal.embedded || literal.quote.length > 1) return null;
  const mark = commentMark(literal.syntax);
  const line = lineOf(start);
  const text = textOf(line);
  const indent = /^\s*/.exec(text)![0];
  // A plain text of YAML that begins its line goes on from the line before.
  const isWithin = literal.syntax === 'yaml' && literal.quote === '' && !/^\s*(?:-\s|\S.*:\s)/.test(text);
  if (mark === null || isWithin) return null;
  const takesOthers = starts.filter((other) => lineOf(other) === line).length > 1;
  return { line, text: `${indent}${mark} clipsight: ignore`, takesOthers };
}

function commentMark(syntax: NonNullable<FoundPrompt['literal']>['syntax']): string | null {
  switch (syntax) {
    case 'python':
    case 'yaml':
    case 'toml':
    case 'text':
      return '#';
    case 'javascript':
      return '//';
    case 'json':
    case 'csv':
    case 'markdown':
      return null;
  }
}
