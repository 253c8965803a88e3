import { expect, test } from 'vitest';
import { canonicalJson } from '../../../src/engine/checkpoint/canonicalJson';

test('equal data gives equal text, whatever the order of the keys; arrays keep theirs', () => {
  expect(canonicalJson({ b: [2, { d: 1, c: null }], a: 'x' })).toBe('{"a":"x","b":[2,{"c":null,"d":1}]}');
  expect(canonicalJson([3, 1, 2])).toBe('[3,1,2]');
});
