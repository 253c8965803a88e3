import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nouns as demoNouns } from '../../tools/world/nouns';

const media = join(__dirname, '../../media');
const text = readFileSync(join(media, 'nouns.txt'), 'utf8');
const nouns = text.trimEnd().split('\n');

describe('the bundled nouns', () => {
  it('are about 5 000, each once, in the order of their characters', () => {
    expect(nouns.length).toBeGreaterThan(4500);
    expect(nouns.length).toBeLessThan(5500);
    expect(nouns).toEqual([...new Set(nouns)].toSorted());
    expect(text.endsWith('\n')).toBe(true);
  });

  it('are words in small letters, at most three', () => {
    expect(nouns.filter((noun) => !/^[a-z][a-z'-]*( [a-z'-]+){0,2}$/.test(noun))).toEqual([]);
  });

  it.each([
    ...[
      'dog',
      'wolf',
      'snow',
      'fire',
      'fire engine',
      'hot dog',
      'ice cream',
      'rainbow',
      'fog',
      'grass',
      'sky',
    ],
    ...[
      'watermark',
      'border',
      'text',
      'water',
      'hand',
      'man',
      'woman',
      'firefighter',
      'beach',
      'street',
      'tree',
    ],
  ])('have %s', (noun) => {
    expect(nouns).toContain(noun);
  });

  it.each([
    'artifact',
    'entity',
    'electron',
    'aspirin',
    'bacteria',
    'london',
    'concentration camp',
    'or',
    'be',
    'must',
  ])('lack %s, which is no thing to see, a name, or nothing to be said of a picture', (noun) => {
    expect(nouns).not.toContain(noun);
  });

  it('have what the demo’s pictures show, but for what WordNet has no noun for', () => {
    const lacking = demoNouns.filter((noun) => !nouns.includes(noun));
    expect(lacking).toEqual(['grapes', 'pancakes', 'fries']);
  });

  it('come with WordNet’s licence', () => {
    const notice = readFileSync(join(media, 'NOTICE-wordnet.txt'), 'utf8');
    expect(notice).toContain('WordNet 3.1 Copyright 2011 by Princeton University.  All rights reserved.');
    expect(notice).toContain('and that the same appear on ALL copies of the software');
  });
});
