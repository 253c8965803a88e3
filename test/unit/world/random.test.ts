import { describe, expect, it } from 'vitest';
import { random } from '../../../tools/world/random';

describe('random', () => {
  it('gives the same numbers for a key for ever', () => {
    const chance = random(1, 'wolf');
    expect([chance.integer(0, 1000), chance.integer(0, 1000), chance.integer(0, 1000)]).toEqual([
      825, 556, 200,
    ]);
  });

  it('gives other numbers for another key', () => {
    const first = (...key: (string | number)[]) => random(...key).uniform(0, 1);
    expect(new Set([first(1), first(2), first('1'), first(1, 1), first(11)]).size).toBe(5);
  });

  it('keeps to its bounds and reaches all of them', () => {
    const chance = random('bounds');
    const whole = Array.from({ length: 1000 }, () => chance.integer(6, 12));
    expect(new Set(whole)).toEqual(new Set([6, 7, 8, 9, 10, 11]));
    const parts = Array.from({ length: 1000 }, () => chance.uniform(-2, 3));
    expect(Math.min(...parts)).toBeGreaterThanOrEqual(-2);
    expect(Math.max(...parts)).toBeLessThan(3);
  });

  it('has normal numbers of mean 0, variance 1 and kurtosis 3', () => {
    const chance = random('normal');
    const numbers = Array.from({ length: 20_000 }, () => chance.normal());
    const moment = (power: number) => numbers.reduce((sum, x) => sum + x ** power, 0) / numbers.length;
    // Four standard errors: those of the powers of a normal variable are √1, √2, √15 and √96 over √n.
    const error = 4 / Math.sqrt(numbers.length);
    expect(Math.abs(moment(1))).toBeLessThan(error);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(error * Math.SQRT2);
    expect(Math.abs(moment(3))).toBeLessThan(error * Math.sqrt(15));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(error * Math.sqrt(96));
  });

  it('does not repeat neighbours: successive numbers do not correlate', () => {
    const chance = random('pairs');
    const numbers = Array.from({ length: 20_000 }, () => chance.uniform(-1, 1));
    const products = numbers.slice(1).map((x, i) => x * numbers[i]!);
    const mean = products.reduce((sum, x) => sum + x) / products.length;
    expect(Math.abs(mean)).toBeLessThan(4 / 3 / Math.sqrt(products.length));
  });
});
