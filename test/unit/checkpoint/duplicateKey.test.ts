import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { duplicateKey } from '../../../src/engine/checkpoint/duplicateKey';

describe('duplicateKey', () => {
  test.each([
    ['{"a":1,"a":2}', 'a'],
    ['{"a" \n:1, "b":"a", "\\u0061"\t:2}', 'a'],
    ['[{"x":{"a":[1],"b":{"a":1},"a":0}}]', 'a'],
    ['{"":1,"":2}', ''],
    ['{"__proto__":1,"__proto__":2}', '__proto__'],
  ])('%s repeats %j', (text, key) => {
    expect(duplicateKey(text)).toBe(key);
  });

  test.each([
    '{"a":"a","b":["a","a"]}',
    '{"a":{"a":{"a":1}}}',
    '["a","a"]',
    '{"a\\"":1,"a":2}',
    '{"a\\\\":1,"a":2}',
  ])('%s repeats none', (text) => {
    expect(duplicateKey(text)).toBeUndefined();
  });

  test('what JSON.stringify writes never repeats a key', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (text) => {
        expect(duplicateKey(text)).toBeUndefined();
      }),
    );
  });
});
