import fc from 'fast-check';
import { expect, it } from 'vitest';
import { phrasesOf } from '../../../src/engine/audit/phrases';

const parts = (text: string) => phrasesOf(text).parts.map((phrase) => phrase.text);

it('takes the runs of words that leave out some', () => {
  expect(parts('hot dog')).toEqual(['hot', 'dog']);
  expect(parts('cabbage butterfly wing')).toEqual([
    'cabbage butterfly',
    'butterfly wing',
    'cabbage',
    'butterfly',
    'wing',
  ]);
  expect(parts('dog')).toEqual([]);
  expect(parts('')).toEqual([]);
});

it('passes over templates, articles and stop words at the ends', () => {
  expect(phrasesOf('a photo of a hot dog.')).toEqual({
    whole: 'hot dog',
    parts: [
      { text: 'hot', inTemplate: 'a photo of a hot.' },
      { text: 'dog', inTemplate: 'a photo of a dog.' },
    ],
  });
  expect(parts('A close-up picture of the bird of prey')).toEqual(['bird', 'prey']);
  expect(parts('the dog on a beach')).toEqual(['dog', 'beach']);
  expect(parts('a bad photo of many wolves')).toEqual([]);
  expect(parts('a photo of the')).toEqual([]);
});

it('makes the article fit', () => {
  const [first, second] = phrasesOf('a photo of a sea urchin').parts;
  expect(first!.inTemplate).toBe('a photo of a sea');
  expect(second!.inTemplate).toBe('a photo of an urchin');
  expect(phrasesOf('An orange cat').parts[1]!.inTemplate).toBe('A cat');
});

it('makes no phrase across punctuation, and none twice', () => {
  expect(parts('dog, cat')).toEqual(['dog', 'cat']);
  expect(parts('dog and Dog and cat')).toEqual(['dog and Dog', 'Dog and cat', 'dog', 'cat']);
});

it('gives strict parts of the text, whatever it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
      const { whole, parts: found } = phrasesOf(text);
      expect(text).toContain(whole);
      expect(found.length).toBeLessThanOrEqual(60);
      for (const { text: phrase, inTemplate } of found) {
        expect(whole).toContain(phrase);
        expect(phrase.length).toBeLessThan(whole.length);
        expect(inTemplate).toContain(phrase);
      }
    }),
  );
});
