import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placesNow } from '../../../../src/extension/compare/placesNow';

describe('places of texts in a list that was edited', () => {
  it.each([
    ['nothing changed', ['a', 'b'], ['a', 'b'], [0, 1]],
    ['one was reworded', ['a', 'b', 'c'], ['a', 'x', 'c'], [0, 1, 2]],
    ['one was put in', ['a', 'b'], ['a', 'x', 'b'], [0, 2]],
    ['one was put in front', ['a', 'b'], ['x', 'a', 'b'], [1, 2]],
    ['one was taken out', ['a', 'b', 'c'], ['a', 'c'], [0, null, 1]],
    ['all were taken out', ['a', 'b'], [], [null, null]],
    ['one was reworded and one put in after it', ['a', 'b', 'c'], ['a', 'x', 'y', 'c'], [0, 1, 3]],
    ['two were reworded', ['a', 'b', 'c', 'd'], ['a', 'x', 'y', 'd'], [0, 1, 2, 3]],
    [
      'one reworded, and one put in after a text that stayed',
      ['a', 'b', 'c'],
      ['x', 'b', 'y', 'z'],
      [0, 1, 2],
    ],
    ['one of two that are the same was taken out', ['a', 'a'], ['a'], [0, null]],
  ])('%s', (_what, before, now, places) => {
    expect(placesNow(before, now)).toEqual(places);
  });

  it('gives each place once, in order, and follows whatever stayed at the ends', () => {
    const texts = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 8 });
    fc.assert(
      fc.property(texts, texts, (before, now) => {
        const places = placesNow(before, now);
        const found = places.filter((place) => place !== null);
        expect(places).toHaveLength(before.length);
        expect(found).toEqual([...new Set(found)].sort((a, b) => a - b));
        expect(found.every((place) => place >= 0 && place < now.length)).toBe(true);
        if (before.length > 0 && before[0] === now[0]) expect(places[0]).toBe(0);
        if (before.length === now.length) expect(places).toEqual(before.map((_, i) => i));
      }),
    );
  });
});
