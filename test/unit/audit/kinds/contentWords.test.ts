import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentWords, templateWords } from '../../../../src/engine/audit/kinds/contentWords';

const wordsIn = (text: string, texts: readonly string[] = []) =>
  contentWords(text, templateWords(texts)).map(({ word }) => word);
const none = new Set<string>();

describe('content words', () => {
  it('are what a text says without what carries it', () => {
    expect(wordsIn('a photo of a hot dog')).toEqual(['hot', 'dog']);
    expect(wordsIn('A close-up of the Würstchen, at night')).toEqual(['Würstchen', 'night']);
    expect(wordsIn('собака')).toEqual(['собака']);
  });

  it('leave a template out that most texts share', () => {
    const texts = ['satellite view of a farm', 'satellite view of a lake', 'satellite view of a town'];
    expect(wordsIn(texts[0]!, texts)).toEqual(['farm']);
    // Two texts are no template.
    expect(wordsIn(texts[0]!, texts.slice(0, 2))).toEqual(['satellite', 'view', 'farm']);
  });

  it('are all words where nothing would be left', () => {
    expect(wordsIn('the photo')).toEqual(['the', 'photo']);
    expect(wordsIn('view', ['view', 'view', 'view'])).toEqual(['view']);
  });

  it('stand where they say', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        for (const { word, start, end } of contentWords(text, none))
          expect(text.slice(start, end)).toBe(word);
      }),
    );
  });
});
