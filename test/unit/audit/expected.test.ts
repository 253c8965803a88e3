import { expect, it } from 'vitest';
import { expectations } from '../../../src/engine/audit/expected';

const pair = (text: string, component: number, alignment: number, measured: number) => ({
  text,
  component,
  alignment,
  measured,
});

it('expects of a subject what others of that alignment get, never what it gets itself', () => {
  const pairs = [
    pair('dog', 0, 0, 0.9),
    pair('dog', 1, 1, 0.2),
    pair('cat', 2, 0, 0.1),
    pair('cat', 3, 1, 0.5),
  ];
  const { expected, fit, notes } = expectations(pairs);
  // Of the dog by the cat: 0.1 and 0.5; of the cat by the dog, whose shares fall: their mean.
  expect([...expected]).toEqual([0.1, 0.5, 0.55, 0.55]);
  expect([...fit!.y]).toEqual([expect.closeTo(0.425), expect.closeTo(0.425)]);
  expect(notes).toEqual([]);
});

it('takes subjects that say the same for one', () => {
  const pairs = [pair('dog', 0, 0, 0.9), pair(' Dog', 0, 0, 0.8), pair('cat', 2, 0, 0.1)];
  const { expected } = expectations(pairs);
  expect(expected[0]).toBe(0.1);
  expect(expected[1]).toBe(0.1);
  expect(expected[2]).toBeCloseTo(0.85);
});

it('holds one that is alone against its other components, and says so', () => {
  const { expected, notes } = expectations([pair('dog', 0, 0, 0.3), pair('dog', 1, 0, 0.1)]);
  expect([...expected]).toEqual([0.1, 0.3]);
  expect(notes).toHaveLength(1);
  expect([...expectations([pair('dog', 0, 0, 0.3)]).expected]).toEqual([0]);
  expect(expectations([]).fit).toBeNull();
});

it('does not hang on the order of the pairs', () => {
  const pairs = Array.from({ length: 60 }, (_, i) =>
    pair(`text ${i % 15}`, i, Math.sin(i), Math.abs(Math.cos(i * 3))),
  );
  const { expected } = expectations(pairs);
  const reversed = expectations(pairs.toReversed()).expected.toReversed();
  expected.forEach((value, i) => {
    expect(reversed[i]).toBeCloseTo(value, 12);
  });
});
