import { describe, expect, it } from 'vitest';
import { ignoreComment } from '../../../../src/extension/audit/ignoreHere';
import type { Literal } from '../../../../src/shared/foundPrompts';

function comment(source: string, text: string, change: Partial<Literal>, others: readonly string[] = []) {
  const literal: Literal = {
    syntax: 'python',
    quote: '"',
    raw: false,
    interpolated: false,
    embedded: false,
    ...change,
  };
  const lines = source.split('\n');
  const lineOf = (offset: number) => source.slice(0, offset).split('\n').length - 1;
  const starts = [text, ...others].map((one) => source.indexOf(one));
  return ignoreComment({ start: source.indexOf(text), literal }, starts, lineOf, (line) => lines[line]!);
}

describe('a comment that leaves a prompt alone', () => {
  it('stands above it, as far to the right, in the language of the file', () => {
    expect(comment('a = [\n    "wolf",\n]', 'wolf', {})).toEqual({
      line: 1,
      text: '    # clipsight: ignore',
      takesOthers: false,
    });
    expect(comment("\tx = ['wolf', 'cat']", 'wolf', { syntax: 'javascript', quote: "'" }, ['cat'])).toEqual({
      line: 0,
      text: '\t// clipsight: ignore',
      takesOthers: true,
    });
    expect(comment('p:\n  - wolf', 'wolf', { syntax: 'yaml', quote: '' })?.text).toBe(
      '  # clipsight: ignore',
    );
  });

  it('is none where it would be part of a text, or is not of the language', () => {
    expect(comment('p: |\n  wolf', 'wolf', { syntax: 'yaml', quote: '' })).toBeNull();
    expect(comment('x = """\nwolf\n"""', 'wolf', { quote: '"""' })).toBeNull();
    expect(comment('["wolf"]', 'wolf', { syntax: 'json' })).toBeNull();
    expect(comment('["wolf"]', 'wolf', { embedded: true })).toBeNull();
  });
});
