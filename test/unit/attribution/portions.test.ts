import { expect, it } from 'vitest';
import { portions } from '../../../src/engine/attribution/portions';
import type { Direction } from '../../../src/shared/direction';

const prompt = (i: number): Direction => ({ kind: 'prompt', text: `thing ${i}` });
const image = (i: number): Direction => ({ kind: 'image', image: { kind: 'file', path: `/${i}.png` } });
const ensemble = (texts: number): Direction => ({
  kind: 'ensemble',
  name: 'wolf',
  texts: Array.from({ length: texts }, (_, i) => `template ${i}`),
});
const many = (count: number, of: (i: number) => Direction) => Array.from({ length: count }, (_, i) => of(i));
const sizes = (directions: readonly Direction[]) => [...portions(directions)].map(({ length }) => length);

it('has all directions in order, as many at a time as are read in a moment', () => {
  const directions = many(150, prompt);
  expect([...portions(directions)].flat()).toEqual(directions);
  expect(sizes(directions)).toEqual([64, 64, 22]);
  expect(sizes([])).toEqual([]);
});

it('does not take a thousand images for one moment, which have no texts', () => {
  expect(sizes(many(9, image))).toEqual([4, 4, 1]);
  const differences = many(5, (i) => ({ kind: 'versus', of: image(i), against: [image(i + 9)] }));
  expect(sizes(differences)).toEqual([2, 2, 1]);
});

it('does not divide a class with many templates', () => {
  expect(sizes([prompt(0), ensemble(80), ensemble(32), ensemble(32), prompt(1)])).toEqual([1, 1, 2, 1]);
});
