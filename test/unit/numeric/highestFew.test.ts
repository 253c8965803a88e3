import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HighestFew } from '../../../src/engine/numeric/highestFew';

test('keeps the highest in order, of equals the lower number first, however they come', () => {
  const values = fc.array(fc.constantFrom(-1, -0.5, 0, 0.25, 0.25000000000000006, 3), { maxLength: 40 });
  fc.assert(
    fc.property(
      values,
      fc.nat(12),
      fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
      (all, most, mixed) => {
        const few = new HighestFew(most);
        const order = all.map((_, i) => ({ i, key: mixed.next().value })).sort((a, b) => a.key - b.key);
        for (const { i } of order) few.add(i, all[i]!);
        const wanted = [...all.keys()].sort((a, b) => all[b]! - all[a]! || a - b).slice(0, most);
        expect(few.list()).toEqual(wanted.map((number) => ({ number, value: all[number]! })));
        const last = few.list()[most - 1];
        if (last !== undefined)
          expect([few.admits(last.value), few.admits(last.value - 1e-9)]).toEqual([true, false]);
      },
    ),
  );
});
