import { expect, it } from 'vitest';
import { expectations } from '../../../src/engine/audit/expected';

/** Its mean share is given by its root: that is what is fitted. */
const pair = (text: string, component: number, alignment: number, root: number, excuse = alignment) => ({
  ...{ text, component, alignment, excuse },
  measured: root ** 2,
});
const close = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 12));

it('expects of a subject what others of that alignment get, never what it gets itself', () => {
  const pairs = [
    pair('dog', 0, 0, 0.9),
    pair('dog', 1, 1, 0.2),
    pair('cat', 2, 0, 0.1),
    pair('cat', 3, 1, 0.5),
  ];
  const { expected, fit, notes } = expectations(pairs);
  // Of the dog by the cat: 0.1 and 0.5; of the cat by the dog, whose shares fall: the mean of their roots.
  expect([...expected]).toEqual(close([0.1 ** 2, 0.5 ** 2, 0.55 ** 2, 0.55 ** 2]));
  expect([...fit!.y]).toEqual(close([0.425, 0.425]));
  expect(notes).toEqual([]);
});

it('fits roots, so that one large share among many does not excuse what is much smaller', () => {
  const others = Array.from({ length: 9 }, (_, i) => pair('cat', i, 0, 0));
  const { expected } = expectations([pair('dog', 0, 0, 0.5), ...others, pair('cat', 9, 0, 1)]);
  // The mean share is 0.1, that of the roots squared 0.01.
  expect(expected[0]).toBeCloseTo(0.01, 12);
});

it('is read at the excuse, and fitted on the alignment', () => {
  const others = [pair('cat', 2, 0, 0.1, 5), pair('cat', 3, 1, 0.5, -5)];
  const at = (excuse: number) => expectations([pair('dog', 0, 1, 0.9, excuse), ...others]).expected[0]!;
  expect([0, 0.5, 1, 9, -9].map(at)).toEqual(close([0.01, 0.09, 0.25, 0.25, 0.01]));
});

it('takes subjects that say the same for one', () => {
  const pairs = [pair('dog', 0, 0, 0.9), pair(' Dog', 0, 0, 0.8), pair('cat', 2, 0, 0.1)];
  const { expected } = expectations(pairs);
  expect([...expected]).toEqual(close([0.01, 0.01, 0.85 ** 2]));
});

it('holds one that is alone against its other components, and says so', () => {
  const { expected, notes } = expectations([pair('dog', 0, 0, 0.3), pair('dog', 1, 0, 0.1)]);
  expect([...expected]).toEqual(close([0.01, 0.09]));
  expect(notes).toHaveLength(1);
  expect([...expectations([pair('dog', 0, 0, 0.3)]).expected]).toEqual([0]);
  expect(expectations([]).fit).toBeNull();
});

it('does not hang on the order of the pairs', () => {
  const pairs = Array.from({ length: 60 }, (_, i) =>
    pair(`text ${i % 15}`, i, Math.sin(i), Math.abs(Math.cos(i * 3)), Math.cos(i)),
  );
  const { expected } = expectations(pairs);
  const reversed = expectations(pairs.toReversed()).expected.toReversed();
  expected.forEach((value, i) => {
    expect(reversed[i]).toBeCloseTo(value, 12);
  });
});
