import { expect, test } from 'vitest';
import { excludeGlob, spread } from '../../../src/extension/images/sample';

test('a sample is spread over all, in order', () => {
  const items = Array.from({ length: 1000 }, (_, i) => i);
  const taken = spread(items, 64);
  expect(taken).toHaveLength(64);
  expect(taken).toEqual([...new Set(taken)].sort((a, b) => a - b));
  expect([taken[0], taken[32], taken[63]]).toEqual([0, 500, 984]);
  expect(spread([1, 2], 64)).toEqual([1, 2]);
});

test('what search leaves out is left out', () => {
  expect(excludeGlob({ '**/node_modules': true, '**/*.x': false, '**/y': { when: '$(basename).z' } })).toBe(
    '**/node_modules',
  );
  expect(excludeGlob({ '**/a': true, '**/b': true })).toBe('{**/a,**/b}');
  expect([excludeGlob({}), excludeGlob(undefined)]).toEqual([undefined, undefined]);
});
