import { describe, expect, test } from 'vitest';
import { pairsOfMany, pairsOfNoun } from '../../../tools/auditBench/pairs';
import { nounsWithWords, plantedIn, withWords } from '../../../tools/auditBench/planted';
import { allThings, isSaid, nameOf, type Thing } from '../../../tools/auditBench/things';
import { nouns, senses } from '../../../tools/world/nouns';
import type { Scene } from '../../../tools/world/scene';
import { demoWorld } from '../../../tools/world/world';

/** Parts of two scenes that differ, captions aside. */
function differing(a: Scene, b: Scene): readonly string[] {
  return (['things', 'background', 'word', 'artefacts', 'grain'] as const).filter(
    (part) => JSON.stringify(a[part]) !== JSON.stringify(b[part]),
  );
}

describe('the same scene without and with a thing', () => {
  const expected: Readonly<Record<Thing['kind'], readonly string[]>> = {
    place: ['background', 'artefacts'],
    texture: ['background'],
    colour: ['background'],
    watermark: ['artefacts'],
    word: ['word'],
    noun: ['things'],
  };
  const things = allThings().filter(
    (thing) => !('noun' in thing) || thing.noun === 'bat' || thing.noun === 'cow',
  );
  test.each(things.map((thing) => [nameOf(thing), thing] as const))('%s', (_, thing) => {
    for (const pairs of [pairsOfMany(thing, 3, 12), pairsOfNoun(thing, 'wolf', 3, 12)]) {
      expect(pairs.length).toBeGreaterThan(4);
      for (const { without, with: having } of pairs)
        expect(differing(without, having)).toEqual(expected[thing.kind]);
    }
  });

  test('a second glyph stands beside the noun, in an empty half', () => {
    const [pair] = pairsOfNoun({ kind: 'noun', noun: 'dog', sense: null }, 'wolf', 3, 1);
    expect(pair!.with.things.map(({ noun, absent }) => [noun, absent])).toEqual([
      ['wolf', undefined],
      ['dog', undefined],
    ]);
    expect(pair!.without.things[0]).toEqual(pair!.with.things[0]);
    expect(pair!.without.things[1]!.absent).toBe(true);
    const [other] = pairsOfNoun({ kind: 'noun', noun: 'turkey', sense: 1 }, 'wolf', 3, 1);
    expect(other!.without).toEqual(pair!.without);
  });

  test('a word of a compound stands in place of another noun, a compound of its word in an empty half', () => {
    const [pair] = pairsOfNoun({ kind: 'noun', noun: 'dog', sense: null }, 'hot dog', 3, 1);
    expect(pair!.with.things.map(({ noun }) => noun)).toEqual(['hot dog', 'dog']);
    expect(pair!.without.things[0]).toEqual(pair!.with.things[0]);
    expect(pair!.without.things[1]!.noun).not.toBe('dog');
    expect(pair!.without.things[1]!.absent).toBeUndefined();
    const [reverse] = pairsOfNoun({ kind: 'noun', noun: 'hot dog', sense: null }, 'dog', 3, 1);
    expect(reverse!.without.things[1]!.absent).toBe(true);
  });
});

test('shortcuts, senses, shared words and own words are planted, each for its prompt', () => {
  const words = nounsWithWords(demoWorld, 1, 5);
  expect(words).toHaveLength(5);
  const planted = plantedIn(withWords(demoWorld, words), nouns);
  const of = (kind: string) => planted.filter((one) => one.kind === kind);
  expect(of('shortcut').map(({ noun, thing }) => `${noun}: ${nameOf(thing)}`)).toContain('wolf: snow');
  expect(of('shortcut')).toHaveLength(Object.keys(demoWorld.shortcuts).length);
  expect(of('homonym')).toHaveLength(2 * Object.keys(senses).length);
  expect(
    of('compound')
      .map(({ noun, thing }) => `${noun}: ${nameOf(thing)}`)
      .toSorted(),
  ).toEqual(['fire engine: fire', 'hot dog: dog', 'police car: car', 'teddy bear: bear']);
  expect(
    of('written')
      .map(({ noun }) => noun)
      .toSorted(),
  ).toEqual(words.toSorted());
  expect(new Set(words.map((noun) => demoWorld.shortcuts[noun]))).toEqual(new Set([undefined]));
});

test('a prompt says its noun, but of a homonym neither sense', () => {
  expect(isSaid('wolf', { kind: 'noun', noun: 'wolf', sense: null })).toBe(true);
  expect(isSaid('wolf', { kind: 'noun', noun: 'dog', sense: null })).toBe(false);
  expect(isSaid('bat', { kind: 'noun', noun: 'bat', sense: 0 })).toBe(false);
  expect(isSaid('wolf', { kind: 'word', noun: 'wolf' })).toBe(false);
});
