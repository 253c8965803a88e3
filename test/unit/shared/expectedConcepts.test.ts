import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectedOf } from '../../../src/shared/expectedConcepts';

const of = (declared: Record<string, string[]>, name: string, text = name) =>
  expectedOf(declared, { name, text });

describe('concepts that a prompt may rely on', () => {
  it('are those of its text, of its class and of patterns, each once', () => {
    const declared = {
      'a photo of a wolf': ['forest'],
      wolf: ['snow', ' snow '],
      '*HUSKY*': ['sledge'],
      'a *of a wolf': ['forest', 'night'],
      '': ['nothing'],
    };
    expect(of(declared, 'wolf', 'a photo of a wolf')).toEqual(['forest', 'snow', 'night']);
    expect(of(declared, 'a siberian husky dog')).toEqual(['sledge']);
    expect(of(declared, 'a wolf')).toEqual([]);
  });

  it('match as a regular expression would, whatever the pattern', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '.'), maxLength: 8 });
    const texts = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 8 });
    fc.assert(
      fc.property(letters, texts, (pattern, text) => {
        const source = pattern.split('*').map((piece) => piece.replaceAll('.', '\\.'));
        const matches = new RegExp(`^${source.join('.*')}$`).test(text);
        expect(of({ [pattern]: ['x'] }, text)).toEqual(matches ? ['x'] : []);
      }),
    );
  });

  it('are found at once where a pattern is all stars', () => {
    const pattern = `${'*a'.repeat(2000)}*b`;
    expect(of({ [pattern]: ['x'] }, 'a'.repeat(2000))).toEqual([]);
  });
});
