import { expect, test } from 'vitest';
import { correlation } from '../../../src/engine/numeric/correlation';

test('of numbers that are all the same there is no correlation, though their mean is another by rounding', () => {
  const same = new Float64Array(3).fill(0.1);
  const others = Float64Array.of(1, 2, 4);
  expect(same.reduce((sum, x) => sum + x, 0) / 3).not.toBe(0.1);
  expect(correlation(same, others)).toBeNull();
  expect(correlation(others, same)).toBeNull();
  expect(
    correlation(
      others,
      others.map((x) => -3 * x + 1),
    ),
  ).toBe(-1);
});
