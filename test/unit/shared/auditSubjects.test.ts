import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AuditSubject } from '../../../src/shared/audit';
import { auditSubjects } from '../../../src/shared/auditSubjects';
import { foldersNamed } from '../../../src/shared/folderNames';

describe('the class folders that a prompt names', () => {
  const folders = ['.', 'train/wolf', 'val/wolf', 'dog', 'hot_dog', 'val/police-car', 'Élan', 'bear'];
  it.each([
    ['a photo of a wolf', ['train/wolf', 'val/wolf']],
    ['A PHOTO OF A WOLF.', ['train/wolf', 'val/wolf']],
    ['a photo of a hot dog', ['hot_dog']],
    ['a photo of a hot-dog', ['hot_dog']],
    ['a police car at night', ['val/police-car']],
    ['a dog, looking at a dog', ['dog']],
    ['a dogma', []],
    ['a werewolf', []],
    ['un e\u0301lan', ['Élan']],
    // Several things: the pictures of neither are pictures of both.
    ['a wolf beside a bear', []],
    ['a hot dog for a dog', []],
    // In number, where nothing stands there as it is.
    ['two wolves', ['train/wolf', 'val/wolf']],
    ['hot dogs', ['hot_dog']],
    ['dogs and wolves', []],
    ['dogs beside a bear', ['bear']],
    ['', []],
  ])('%j', (text, expected) => {
    expect(foldersNamed(text, folders)).toEqual(expected);
  });

  it('takes plurals and articles of folders, unless several come into question', () => {
    expect(foldersNamed('a wolf', ['wolves'])).toEqual(['wolves']);
    expect(foldersNamed('a wolf', ['wolf', 'wolves'])).toEqual(['wolf']);
    expect(foldersNamed('one bus', ['the_buses'])).toEqual(['the_buses']);
    expect(foldersNamed('glasses', ['glass', 'glasse'])).toEqual([]);
    expect(foldersNamed('policemen', ['policeman'])).toEqual(['policeman']);
    expect(foldersNamed('a statue of the liberty', ['statue_of_liberty'])).toEqual(['statue_of_liberty']);
  });

  it('takes neither of two names that share a word', () => {
    expect(foldersNamed('hot dog food', ['hot_dog', 'dog_food', 'dog'])).toEqual([]);
  });

  it('is not misled by a folder that is called as an article is', () => {
    expect(foldersNamed('a photo of a wolf', ['a', 'the', 'wolf'])).toEqual(['wolf']);
  });

  it('finds words where no space parts them', () => {
    expect(foldersNamed('一只狼的照片', ['狼'])).toEqual(['狼']);
  });

  const word = fc.stringMatching(/^[b-hj-r]{3,8}[btkm]$/);
  const name = fc.array(word, { minLength: 1, maxLength: 3 });
  it('finds any name between any other words, however it is written', () => {
    fc.assert(
      fc.property(
        name,
        fc.constantFrom('_', '-', ' '),
        fc.boolean(),
        fc.array(fc.constantFrom('a', 'of', 'über', '1', ',', '…')),
        (words, joint, upper, around) => {
          const written = upper ? words.join(' ').toUpperCase() : words.join(' ');
          const text = [...around, written, ...around].join(' ');
          const folder = `x/${words.join(joint)}`;
          expect(foldersNamed(text, ['over/of_it', folder])).toEqual([folder]);
        },
      ),
    );
  });

  it('takes the longer of two names, one of which stands in the other', () => {
    fc.assert(
      fc.property(name, word, fc.boolean(), (words, more, before) => {
        const long = before ? [more, ...words] : [...words, more];
        const folders = [words.join('_'), long.join('_')];
        const named = foldersNamed(`a photo of ${long.join(' ')}`, folders);
        expect(named).toEqual([long.join('_')]);
      }),
    );
  });

  it('never takes one that is not there, and all of a name or none', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.string({ unit: 'grapheme' })), (text, folders) => {
        const named = foldersNamed(text, folders);
        for (const folder of named) expect(folders).toContain(folder);
      }),
    );
  });
});

describe('the subjects of an audit', () => {
  it('have the images that were assigned, else those of the folders they name, else the best matches', () => {
    const subjects = auditSubjects(
      [
        { text: 'a wolf', files: ['/i/1.png'], folders: ['bear'], expected: ['fur'] },
        { text: 'a wolf', folders: ['bear'] },
        { text: 'a wolf' },
        { text: 'a tree', set: 'trees' },
      ],
      ['train/wolf', 'bear'],
    );
    expect(subjects.map(({ images }) => images)).toEqual([
      { kind: 'files', paths: ['/i/1.png'] },
      { kind: 'folders', folders: ['bear'] },
      { kind: 'folders', folders: ['train/wolf'] },
      { kind: 'matches', most: 50 },
    ]);
    expect(subjects[0]).toMatchObject({ name: 'a wolf', set: 'prompts', expected: ['fur'], beside: null });
    expect(subjects[3]).toMatchObject({ direction: { kind: 'prompt', text: 'a tree' }, set: 'trees' });
    for (const subject of subjects) expect(AuditSubject.parse(subject)).toEqual(subject);
  });

  it('look for folders in the name of a class, not in what it is filled into', () => {
    const [subject] = auditSubjects(
      [{ text: 'a photo of a wolf', name: 'wolf', names: 'wolf' }],
      ['photo', 'wolf'],
      { most: 7 },
    );
    expect(subject).toMatchObject({ name: 'wolf', images: { kind: 'folders', folders: ['wolf'] } });
  });

  it.each([
    ['val/wolf', ['val/wolf']],
    ['wolf', ['train/wolf', 'val/wolf']],
    ['./val/', ['val/wolf', 'val/bear']],
    ['val\\bear', ['val/bear']],
    ['.', ['.']],
    ['cow', ['cow']],
  ])('take a folder that a person assigned by its path or the end of it: %s', (asked, folders) => {
    const of = ['.', 'train/wolf', 'val/wolf', 'val/bear'];
    const [subject] = auditSubjects([{ text: 'x', folders: [asked] }], of);
    expect(subject!.images).toEqual({ kind: 'folders', folders });
  });
});
