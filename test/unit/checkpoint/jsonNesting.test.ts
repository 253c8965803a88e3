import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nestsWithin } from '../../../src/engine/checkpoint/jsonNesting';

const nests = (text: string, deepest: number, most: number) => nestsWithin(Buffer.from(text), deepest, most);

/** Of objects and lists: the deepest nesting, and how many there are. */
function measured(value: unknown): readonly [depth: number, count: number] {
  if (typeof value !== 'object' || value === null) return [0, 0];
  const inside = Object.values(value).map(measured);
  return [
    1 + Math.max(0, ...inside.map(([depth]) => depth)),
    inside.reduce((sum, [, count]) => sum + count, 1),
  ];
}

test('depth and number of brackets are those of the value, whatever its strings hold', () => {
  fc.assert(
    fc.property(fc.json({ stringUnit: fc.constantFrom('[', '{', '"', '\\', ']', 'a', 'ä') }), (text) => {
      const [depth, count] = measured(JSON.parse(text));
      expect(nests(text, depth, count)).toBe(true);
      if (depth > 0) expect(nests(text, depth - 1, count)).toBe(false);
      if (count > 0) expect(nests(text, depth, count - 1)).toBe(false);
    }),
  );
});

test('what is no JSON is walked to its end', () => {
  expect(nests('"\\', 0, 0)).toBe(true);
  expect(nests(']]]]', 0, 0)).toBe(true);
  expect(nests(`"${'['.repeat(100)}`, 0, 0)).toBe(true);
});
