import { expect, it } from 'vitest';
import { Changes } from '../../../../src/extension/library/changes';
import { vocabularyOf } from '../../../../src/extension/library/vocabulary';

it('a vocabulary has each text once, prompts first, and none that is no name', () => {
  const long = 'x'.repeat(1001);
  expect(vocabularyOf(['a wolf', ' snow '], ['snow', '', 'ice', long], true)).toEqual({
    texts: ['a wolf', 'snow', 'ice'],
    nouns: true,
  });
});

it('changes are taken once', () => {
  const changes = new Changes();
  changes.file('/b.png');
  changes.file('/a.png');
  changes.file('/b.png');
  expect(changes.take()).toEqual(['/a.png', '/b.png']);
  expect(changes.take()).toEqual([]);
});

it('changes that nobody can name are of all files', () => {
  const changes = new Changes();
  changes.file('/a.png');
  changes.folder();
  expect(changes.take()).toBe('all');
  for (let i = 0; i <= 1000; i++) changes.file(`/${i}.png`);
  expect(changes.take()).toBe('all');
  expect(changes.take()).toEqual([]);
});
