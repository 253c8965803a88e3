import { expect, it } from 'vitest';
import { besidePrompts, promptOf } from '../../../src/shared/auditProbe';
import { auditSubjects } from '../../../src/shared/auditSubjects';
import type { Probe } from '../../../src/shared/probe';

const probe: Probe = {
  name: 'animals',
  input: 'normalised',
  classes: [
    { name: 'polar_bear', weights: [1, 0], bias: 0.5 },
    { name: 'wolf', weights: [0, 1], bias: 0 },
  ],
};

it('puts the classes of a probe beside the prompts of their classes, over the same images', () => {
  const given = [{ text: 'a photo of a wolf', folders: ['grey'], expected: ['fur'] }];
  const prompts = besidePrompts(given, probe, { template: 'a photo of a {}', set: 'probes/animals.json' });
  const subjects = auditSubjects(prompts, ['grey', 'wolf', 'polar-bear', 'photo']);
  expect(subjects.map(({ name, text, set, beside }) => ({ name, text, set, beside }))).toEqual([
    { name: 'a photo of a wolf', text: 'a photo of a wolf', set: 'prompts', beside: null },
    { name: 'a photo of a polar bear', text: 'a photo of a polar bear', set: 'prompts', beside: null },
    { name: 'polar_bear', text: 'a photo of a polar bear', set: 'probes/animals.json', beside: 1 },
    { name: 'wolf', text: 'a photo of a wolf', set: 'probes/animals.json', beside: 0 },
  ]);
  expect(subjects.map(({ images }) => images.kind === 'folders' && images.folders)).toEqual([
    ['grey'],
    ['polar-bear'],
    ['polar-bear'],
    ['grey'],
  ]);
  expect(subjects[3]).toMatchObject({
    expected: ['fur'],
    direction: { kind: 'linear', name: 'wolf', input: 'normalised', weights: [0, 1], bias: 0 },
  });
  expect(subjects.map(promptOf)).toEqual([
    'a photo of a wolf',
    'a photo of a polar bear',
    'probes/animals.json#polar_bear',
    'probes/animals.json#wolf',
  ]);
});
