import { expect, it } from 'vitest';
import { type Member, promptMembers } from '../../../../src/extension/prompts/promptDirections';
import { templateOf } from '../../../../src/shared/promptDirection';
import { found, group, list, prompt } from './found';

const fallback = templateOf('a photo of a {}');

function directions(members: readonly (Member | null)[]) {
  return members.map((member) => (member?.kind === 'scorable' ? member.ask.direction : member));
}

it('prompts are themselves, classes are filled into what is known, else into the fallback', () => {
  const [members] = promptMembers(
    [
      found(
        [group('p', 'prompt'), group('c', 'class'), group('d', 'class', { usedWith: ['t'] })],
        [
          prompt('p', 'a wolf'),
          prompt('c', 'husky', { kind: 'class' }),
          prompt('d', 'cat', { kind: 'class' }),
          prompt('t', 'a {}', { kind: 'template', template: templateOf('a {}') }),
          prompt('t', 'the {}', { kind: 'template', template: templateOf('the {}') }),
        ],
      ),
    ],
    fallback,
  );
  expect(directions(members!.slice(0, 3))).toEqual([
    { kind: 'prompt', text: 'a wolf' },
    { kind: 'prompt', text: 'a photo of a husky' },
    { kind: 'ensemble', name: 'cat', texts: ['a cat', 'the cat'] },
  ]);
});

it('templates take the classes that name them, in other cells too; without any they are nothing', () => {
  const templates = found(
    [group('t', 'template'), group('u', 'template')],
    [
      prompt('t', 'a {}', { kind: 'template', template: templateOf('a {}') }),
      prompt('u', 'the {}', { kind: 'template', template: templateOf('the {}') }),
      prompt('t', '{} {}', { kind: 'template' }),
    ],
  );
  const classes = found(
    [group('c', 'class', { usedWith: ['t'] })],
    [prompt('c', 'cat', { kind: 'class' }), prompt('c', 'dog', { kind: 'class' })],
  );
  const [[filled, alone, unknown] = [], [cat, dog] = []] = promptMembers([templates, classes], fallback);
  expect([alone, unknown]).toEqual([null, null]);
  if (filled?.kind !== 'fillable') throw new Error('nothing fills the template');
  expect(filled.classes[0]?.members).toEqual([cat, dog]);
  expect(filled.filledWith('cat').direction).toEqual({ kind: 'prompt', text: 'a cat' });
  expect(cat?.kind === 'scorable' && cat.group.texts).toBe(2);
});

it('the same direction has the same key, another one another', () => {
  const [members] = promptMembers([list('g', ['a', 'b', 'a'])], fallback);
  const [first, second, third] = members!.map((member) => (member as { ask: { key: string } }).ask.key);
  expect(first).toBe(third);
  expect(first).not.toBe(second);
});

it('makes no text of classes that nobody asks about', () => {
  const names = Array.from({ length: 20_000 }, (_, i) => prompt('c', `class ${i}`, { kind: 'class' }));
  const filling = Array.from({ length: 80 }, (_, i) =>
    prompt('t', `${i} {}`, { kind: 'template', template: templateOf(`${i} {}`) }),
  );
  const groups = [group('c', 'class', { usedWith: ['t'] }), group('t', 'template')];
  const start = performance.now();
  const [members] = promptMembers([found(groups, [...names, ...filling])], fallback);
  expect(performance.now() - start).toBeLessThan(1000);
  expect(members?.[0]?.kind === 'scorable' && members[0].group.texts).toBe(1_600_000);
});
