import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  add,
  check,
  chosen,
  forget,
  mayBePasted,
  openChoice,
  pastedLines,
  takesInput,
  type,
} from '../../../src/extension/prompts/promptChoice';

const shown = ['a cat', 'a dog', 'a wolf'];
const result = (choice: ReturnType<typeof openChoice>, before: string[] = []) =>
  chosen(choice, before, shown);

describe('what is chosen', () => {
  it('is what was checked before, when nothing is done', () => {
    expect(result(openChoice(['a wolf', 'a cat']), ['a wolf', 'a cat'])).toEqual(['a wolf', 'a cat']);
  });

  it('keeps the order of before and appends what is new as it is shown', () => {
    const choice = check(openChoice(['a wolf']), new Set(['a wolf', 'a dog', 'a cat']));
    expect(result(choice, ['a wolf'])).toEqual(['a wolf', 'a cat', 'a dog']);
  });

  it('includes what is typed, trimmed and last', () => {
    expect(result(type(openChoice(['a wolf']), ' a bat '), ['a wolf'])).toEqual(['a wolf', 'a bat']);
  });

  it('has a typed prompt once, where it already was', () => {
    expect(result(type(openChoice(['a wolf', 'a cat']), 'a wolf'), ['a wolf', 'a cat'])).toEqual([
      'a wolf',
      'a cat',
    ]);
  });

  it('does not include what was typed only to find another', () => {
    const choice = check(type(openChoice(['a cat']), 'wolf'), new Set(['a cat', 'a wolf']));
    expect(takesInput(choice)).toBe(false);
    expect(result(choice, ['a cat'])).toEqual(['a cat', 'a wolf']);
  });

  it('includes what is typed when the found one is unchecked again, or when more is typed', () => {
    const found = check(type(openChoice([]), 'wolf'), new Set(['a wolf']));
    expect(result(check(found, new Set()))).toEqual(['wolf']);
    expect(result(type(found, 'wolf pup'))).toEqual(['a wolf', 'wolf pup']);
  });

  it('is not changed by reports that the editor corrects at once', () => {
    const before = type(openChoice(['a cat']), 'bat');
    const after = check(check(before, new Set()), new Set(['a cat']));
    expect(result(after, ['a cat'])).toEqual(['a cat', 'bat']);
    // Also where the wrong report came just before the typing began.
    const late = check(type(check(openChoice(['a cat']), new Set()), 'bat'), new Set(['a cat']));
    expect(result(late, ['a cat'])).toEqual(['a cat', 'bat']);
  });

  it('takes a prompt set aside, and the next one', () => {
    const choice = type(add(type(openChoice([]), 'one'), ['one']), 'two');
    expect(chosen(choice, [], ['one'])).toEqual(['one', 'two']);
  });

  it('leaves out what is forgotten', () => {
    expect(result(forget(openChoice(['a cat', 'a dog']), 'a cat'))).toEqual(['a dog']);
  });

  it('is empty when all is unchecked', () => {
    expect(result(check(openChoice(['a cat']), new Set()), ['a cat'])).toEqual([]);
  });
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
