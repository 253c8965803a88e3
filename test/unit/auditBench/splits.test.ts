import { expect, test } from 'vitest';
import { perClass, plannedSplit, subjectsOfSplit } from '../../../tools/auditBench/splits';
import { demoWorld } from '../../../tools/world/world';

test('a thing always comes with one class of a split, and never with the others', () => {
  const setup = { seed: 3, scratch: '/s', world: demoWorld };
  const split = plannedSplit(setup, { noun: 'fox', artefact: 'snow' }, 2);
  expect(split.classes).toHaveLength(8);
  expect(new Set(split.classes).size).toBe(8);
  expect(split.classes[0]).toBe('fox');
  expect(split.planned).toHaveLength(8 * perClass);
  expect(new Set(split.planned.map(({ file }) => file)).size).toBe(8 * perClass);
  for (const { scene } of split.planned) {
    expect(scene.background.kind === 'snow').toBe(scene.things[0]!.noun === 'fox');
  }
});

test('the row of a probe stands beside the prompt of its class, on the same pictures', () => {
  const split = plannedSplit(
    { seed: 3, scratch: '/s', world: demoWorld },
    { noun: 'fox', artefact: 'snow' },
    0,
  );
  const rows = split.classes.map(() => ({ kind: 'prompt' as const, text: 'a row' }));
  const before = 16;
  const subjects = subjectsOfSplit(split, rows, before);
  expect(subjects).toHaveLength(16);
  for (const { beside, images, text } of subjects.slice(8)) {
    const prompt = subjects[beside! - before]!;
    expect(prompt.direction).toEqual({ kind: 'prompt', text });
    expect(prompt.images).toEqual(images);
  }
});
