import { expect, test } from 'vitest';
import type { ProbeArray } from '../../../src/engine/probe/array';
import type { NamesBeside } from '../../../src/engine/probe/classNames';
import { probeOfArrays } from '../../../src/engine/probe/probeOfArrays';

const numbers = (shape: readonly number[], ...data: readonly number[]): ProbeArray => ({
  kind: 'numbers',
  shape,
  data: Float64Array.from(data),
});
const texts = (...data: readonly string[]): ProbeArray => ({ kind: 'texts', shape: [data.length], data });
const read = (arrays: Readonly<Record<string, ProbeArray>>, beside: NamesBeside | null = null) =>
  probeOfArrays(
    { arrays: new Map(Object.entries(arrays)), name: null, input: null, classes: null },
    '/probes/head.npz',
    beside,
  );
const weight = numbers([2, 3], 1, 2, 3, 4, 5, 6);
const bias = numbers([2], 7, 8);
const beside = (...names: readonly string[]): NamesBeside => ({ file: '/probes/classes.txt', names });

test('rows, columns and one row for two classes', () => {
  const rows = [
    { name: 'a', weights: [1, 2, 3], bias: 7 },
    { name: 'b', weights: [4, 5, 6], bias: 8 },
  ];
  expect(read({ 'head.weight': weight, 'head.bias': bias }, beside('a', 'b')).probe).toEqual({
    name: 'head',
    input: 'normalised',
    classes: rows,
  });
  expect(
    read({ W: numbers([3, 2], 1, 4, 2, 5, 3, 6), b: bias, classes: texts('a', 'b') }).probe.classes,
  ).toEqual(rows);
  const one = { coef_: numbers([1, 2], 2, -4), intercept_: numbers([1], 1) };
  expect(read({ ...one, classes_: texts('no', 'yes') }).probe.classes).toEqual([
    { name: 'no', weights: [-1, 2], bias: -0.5 },
    { name: 'yes', weights: [1, -2], bias: 0.5 },
  ]);
  expect(read({ ...one, classes_: texts('only') }).probe.classes).toEqual([
    { name: 'only', weights: [2, -4], bias: 1 },
  ]);
});

test('names by number, and what is said of those that are missing', () => {
  const numbered = { weight, bias, classes_: numbers([2], 2, 0) };
  const names = (found: ReturnType<typeof read>) => found.probe.classes.map(({ name }) => name);
  expect(names(read(numbered, beside('x', 'y', 'z')))).toEqual(['z', 'x']);
  expect(names(read(numbered))).toEqual(['class 2', 'class 0']);
  expect(names(read({ weight, bias }))).toEqual(['class 0', 'class 1']);
  expect(read({ weight, bias }).notes).toEqual([
    expect.stringContaining('does not name its classes'),
    expect.stringContaining('taken to be normalised'),
  ]);
  expect(read({ weight }).notes).toContain('head.npz has no biases: they are taken to be 0.');
});

test.each<[string, Readonly<Record<string, ProbeArray>>, NamesBeside | null, string]>([
  ['no weights', { bias }, null, 'no weights'],
  ['two layers', { 'a.weight': weight, 'b.weight': weight }, null, '2 layers'],
  ['other biases', { weight, bias: numbers([3], 1, 2, 3) }, null, 'of 2 classes, “bias” of 3'],
  ['columns of weight', { weight: numbers([3, 2], 1, 2, 3, 4, 5, 6), bias }, null, 'of 3 classes'],
  ['W without a number of classes', { W: weight }, null, 'nothing says'],
  ['three axes', { weight: numbers([1, 2, 1], 1, 2) }, null, 'none of [classes, embedding]'],
  ['nothing in it', { weight: numbers([0, 3]) }, null, 'none of'],
  ['a number that is not finite', { weight: numbers([1, 2], 1, 1e300) }, null, 'not finite'],
  ['another list of names', { weight, bias }, beside('a', 'b', 'c'), 'names of 3'],
  ['a name twice', { weight, classes: texts('a', 'a') }, null, 'two classes “a”'],
  ['no name', { weight, classes: texts('a', '') }, null, 'without a name'],
  ['another input', { weight, input: texts('scaled') }, null, 'its input is “scaled”'],
  ['a scaler', { weight, scale_: numbers([3], 1, 2, 3) }, null, '“scale_” beside'],
])('%s is refused', (_, arrays, names, what) => {
  expect(() => read(arrays, names)).toThrow(
    expect.objectContaining({
      code: 'probe',
      message: expect.stringContaining(what),
      remedy: expect.any(String),
    }),
  );
});
