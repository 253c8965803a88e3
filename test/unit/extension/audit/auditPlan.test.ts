import { describe, expect, it } from 'vitest';
import {
  auditPlan,
  type PlacedPrompt,
  promptsFound,
  promptsOfProbe,
  promptsTyped,
} from '../../../../src/extension/audit/auditPlan';
import { subjectsIn } from '../../../../src/extension/audit/foundSubjects';
import { templateOf } from '../../../../src/shared/promptDirection';
import { found, group, prompt } from '../prompts/found';

const settings = {
  folders: ['images/wolf', 'images/police_car', 'images/cat'],
  template: 'a photo of a {}',
  expected: { wolf: ['snow'] },
};

function inFile(
  file: string,
  name: string,
  texts: readonly string[],
  kind: 'prompt' | 'class',
): PlacedPrompt[] {
  const all = [
    found(
      [group(name, kind)],
      texts.map((text) => prompt(name, text, { kind })),
    ),
  ];
  return promptsFound(
    subjectsIn(all, 0, templateOf(settings.template)),
    {
      uri: `file:///w/${file}`,
      cell: null,
      file,
    },
    file,
  );
}

describe('what is audited', () => {
  it('takes a class in its template, with the images of its folder and what was declared for it', () => {
    const plan = auditPlan(inFile('a.py', 'classes', ['wolf', 'zebra'], 'class'), settings);
    expect(plan.subjects).toEqual([
      {
        name: 'wolf',
        text: 'a photo of a wolf',
        direction: { kind: 'prompt', text: 'a photo of a wolf' },
        set: 'a.py#classes',
        images: { kind: 'folders', folders: ['images/wolf'] },
        expected: ['snow'],
        beside: null,
      },
      {
        name: 'zebra',
        text: 'a photo of a zebra',
        direction: { kind: 'prompt', text: 'a photo of a zebra' },
        set: 'a.py#classes',
        images: { kind: 'matches', most: 50 },
        expected: [],
        beside: null,
      },
    ]);
    // Of the class folders, those that nothing in the set names.
    expect(plan.rivals.map(({ set, name }) => `${set} ${name}`)).toEqual([
      'a.py#classes cat',
      'a.py#classes police car',
    ]);
  });

  it('takes what stands in several places once, and lets it tell images apart in each', () => {
    const plan = auditPlan(
      [
        ...inFile('a.py', 'prompts', ['a wolf', 'a cat', 'a wolf'], 'prompt'),
        ...inFile('b.py', 'prompts', ['a wolf', 'a fox'], 'prompt'),
      ],
      { ...settings, folders: [] },
    );
    expect(plan.subjects.map(({ set, name }) => `${set} ${name}`)).toEqual([
      'a.py#prompts a wolf',
      'a.py#prompts a cat',
      'b.py#prompts a fox',
    ]);
    expect(plan.places.map((places) => places.map(({ file, index }) => `${file} ${index}`))).toEqual([
      ['a.py 0', 'a.py 2', 'b.py 0'],
      ['a.py 1'],
      ['b.py 1'],
    ]);
    expect(plan.rivals).toEqual([
      { set: 'b.py#prompts', name: 'a wolf', direction: { kind: 'prompt', text: 'a wolf' } },
    ]);
  });

  it('puts the classes of a probe beside their prompts, over the same images, with no rivals', () => {
    const probe = {
      name: 'pets',
      input: 'raw' as const,
      classes: [
        { name: 'police_car', weights: [1, 0], bias: 0 },
        { name: 'wolf', weights: [0, 1], bias: 1 },
      ],
    };
    const plan = auditPlan(promptsOfProbe(probe, 'probes/pets.json', settings.template), settings);
    const told = plan.subjects.map(({ name, set, beside, images, direction }) => [
      name,
      set,
      direction.kind,
      beside,
      images.kind === 'folders' ? images.folders : null,
    ]);
    expect(told).toEqual([
      ['a photo of a police car', 'prompts', 'prompt', null, ['images/police_car']],
      ['a photo of a wolf', 'prompts', 'prompt', null, ['images/wolf']],
      ['police_car', 'probes/pets.json', 'linear', 0, ['images/police_car']],
      ['wolf', 'probes/pets.json', 'linear', 1, ['images/wolf']],
    ]);
    expect(plan.rivals.map(({ set, name }) => `${set} ${name}`)).toEqual(['prompts cat']);
  });

  it('takes what was typed', () => {
    const { subjects, places } = auditPlan(promptsTyped(['a wolf', 'a dog', 'a wolf']), settings);
    expect(subjects.map(({ text }) => text)).toEqual(['a wolf', 'a dog']);
    expect(places).toEqual([[], []]);
  });
});

describe('what of a file can be audited', () => {
  it('is no template, and a class in the mean of its templates', () => {
    const template = (text: string) =>
      prompt('templates', text, { kind: 'template', template: templateOf(text) });
    const all = [
      found(
        [
          group('classes', 'class', { usedWith: ['templates'] }),
          group('templates', 'template', { usedWith: ['classes'] }),
        ],
        [prompt('classes', 'wolf', { kind: 'class' }), template('a {}'), template('the {}')],
      ),
    ];
    expect(subjectsIn(all, 0, templateOf('{}'))).toMatchObject([
      {
        name: 'wolf',
        text: 'wolf',
        direction: { kind: 'ensemble', name: 'wolf', texts: ['a wolf', 'the wolf'] },
        group: 'classes',
        index: 0,
      },
    ]);
  });
});
