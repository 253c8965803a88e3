import { expect, it } from 'vitest';
import { classesOfFolders } from '../../../src/shared/classFolders';

it('calls folders by their last name, and makes one class of those that are called the same', () => {
  const folders = ['.', 'train/wolf', 'val/wolf', 'val/police_car', 'cow'];
  expect(classesOfFolders(folders, 'a photo of a {}')).toEqual([
    { name: 'cow', direction: { kind: 'prompt', text: 'a photo of a cow' }, folders: ['cow'] },
    {
      name: 'police car',
      direction: { kind: 'prompt', text: 'a photo of a police car' },
      folders: ['val/police_car'],
    },
    {
      name: 'wolf',
      direction: { kind: 'prompt', text: 'a photo of a wolf' },
      folders: ['train/wolf', 'val/wolf'],
    },
  ]);
});

it('takes a name as it stands into the template, wherever that asks for it', () => {
  expect(classesOfFolders(['$&'], '{}: {}')[0]!.direction).toEqual({ kind: 'prompt', text: '$&: $&' });
});
