import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClipsightError } from '../../../src/shared/errors';
import { parsePromptFile } from '../../../src/shared/promptFile';

describe('parsePromptFile', () => {
  it('takes one prompt per line and skips comments and blank lines', () => {
    const text = '\uFEFF# animals\r\na wolf\r\n\r\n  a dog # not a comment  \n   # indented\na cat';
    expect(parsePromptFile(text)).toEqual(['a wolf', 'a dog # not a comment', 'a cat']);
  });

  it('takes a JSON array', () => {
    expect(parsePromptFile(' ["# a wolf", " a dog ", ""] ')).toEqual(['# a wolf', 'a dog']);
  });

  it('finds nothing in an empty file', () => {
    expect(parsePromptFile(' \n# only this\n')).toEqual([]);
  });

  it.each([
    ['["a wolf",', 'not valid JSON'],
    ['["a wolf", 3]', 'its entry 2 is not a string'],
  ])('refuses %s', (text, reason) => {
    const read = () => parsePromptFile(text);
    expect(read).toThrow(ClipsightError);
    expect(read).toThrow(reason);
  });

  it('reads back any list written as JSON', () => {
    const prompt = fc.string({ minLength: 1 }).filter((text) => text.trim() === text && text !== '');
    fc.assert(
      fc.property(fc.array(prompt), (prompts) => {
        expect(parsePromptFile(JSON.stringify(prompts))).toEqual(prompts);
      }),
    );
  });
});
