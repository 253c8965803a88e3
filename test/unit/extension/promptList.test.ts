import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chosenOrder,
  mayBePasted,
  pastedLines,
  promptLines,
  remember,
  withoutRepeats,
} from '../../../src/extension/prompts/promptList';

describe('remember', () => {
  it('puts what was used first, once', () => {
    expect(remember(['a', 'b', 'c'], ['c', 'd'])).toEqual(['c', 'd', 'a', 'b']);
  });

  it('forgets the oldest', () => {
    const known = Array.from({ length: 100 }, (_, index) => `prompt ${index}`);
    const after = remember(known, ['new']);
    expect(after).toHaveLength(100);
    expect(after[0]).toBe('new');
    expect(after).not.toContain('prompt 99');
  });
});

it('withoutRepeats shows a prompt at the first source that has it', () => {
  const source = (label: string, prompts: string[]) => ({ label, removable: false, prompts });
  const sources = withoutRepeats([source('used', ['a', 'b']), source('file', ['b', 'c', 'c'])]);
  expect(sources.map(({ prompts }) => prompts)).toEqual([['a', 'b'], ['c']]);
});

it('chosenOrder keeps the order of before and appends what is new', () => {
  expect(chosenOrder(['b', 'gone', 'a'], ['a', 'new', 'b', 'new'])).toEqual(['b', 'a', 'new']);
});

it('promptLines drops blank lines and repeats', () => {
  expect(promptLines(' a \r\n\n b\na')).toEqual(['a', 'b']);
});

describe('pastedLines', () => {
  it.each([
    ['', 'a wolf a dog'],
    ['', 'a wolfa dog'],
    ['my ', 'my a wolf a dog'],
    ['ab', 'aa wolf a dogb'],
  ])('recognises two lines pasted into %j', (before, after) => {
    expect(pastedLines(before, after, 'a wolf\na dog\n')).toEqual(['a wolf', 'a dog']);
  });

  it.each([
    ['typed, not pasted', 'a', 'a w', 'a wolf\na dog'],
    ['one line', '', 'a wolf', 'a wolf\n'],
    ['another text', '', 'a cat a dog', 'a wolf\na dog'],
    ['replaced, not inserted', 'x', 'a wolf a do', 'a wolf\na dog'],
  ])('leaves alone what was %s', (_name, before, after, clipboard) => {
    expect(pastedLines(before, after, clipboard)).toBeNull();
  });

  it('recognises any paste, wherever it goes', () => {
    const line = fc.stringMatching(/^[a-z]{2,8}( [a-z]{1,8})?$/);
    fc.assert(
      fc.property(fc.uniqueArray(line, { minLength: 2 }), fc.string(), fc.string(), (lines, head, tail) => {
        const after = head + lines.join(' ') + tail;
        expect(mayBePasted(head + tail, after)).toBe(true);
        expect(pastedLines(head + tail, after, lines.join('\n'))).toEqual(lines);
      }),
    );
  });
});
