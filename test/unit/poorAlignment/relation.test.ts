import { expect, test } from 'vitest';
import type { Content, Thing } from '../../../tools/poorAlignment/contents';
import { relationOf, saidIn } from '../../../tools/poorAlignment/relation';

test('a prompt says whole names, the longest first, and senses of homonyms', () => {
  expect(saidIn('a photo of a hot dog')).toEqual({ nouns: ['hot dog'], places: [] });
  expect(saidIn('a photo of a cow on the grass')).toEqual({ nouns: ['cow'], places: ['grass'] });
  expect(saidIn('a race car')).toEqual({ nouns: ['jaguar'], places: [] });
});

test('a component is named by what it answers to, unless the prompt says something like it', () => {
  const content = (most: Thing, share: number): Content => ({
    most,
    share: (thing) => (thing.kind === 'noun' ? share : 0),
  });
  const grass: Thing = { kind: 'place', place: 'grass' };
  const dog: Thing = { kind: 'noun', noun: 'dog' };
  expect(relationOf(content(grass, 0.1), saidIn('a cow'))).toBe('shortcut');
  expect(relationOf(content(grass, 0.1), saidIn('a dog'))).toBe('place');
  expect(relationOf(content(grass, 0.3), saidIn('a cow'))).toBe('unclear');
  expect(relationOf(content(grass, 0.5), saidIn('a cow'))).toBe('said');
  expect(relationOf(content(dog, 0), saidIn('a hot dog'))).toBe('compound');
  expect(relationOf(content(dog, 0), saidIn('a cat'))).toBe('noun');
  expect(relationOf(content(dog, 0.9), saidIn('a bat'))).toBe('homonym');
  expect(relationOf(content({ kind: 'colour', colour: 'red' }, 0), saidIn('a cat'))).toBe('background');
  expect(relationOf(null, saidIn('a cat'))).toBe('unclear');
});
