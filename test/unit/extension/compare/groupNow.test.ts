import { describe, expect, it } from 'vitest';
import { openContent, withRenamed } from '../../../../src/extension/compare/content';
import { sameGroup } from '../../../../src/extension/compare/groupNow';
import { groupOf } from './groups';

const before = groupOf(['a wolf', 'a dog']);
const renamed = { ...before, group: 'texts' };

describe('a group in its file as it is now', () => {
  it('is the one with its name, whatever that says', () => {
    const changed = groupOf(['a fox']);
    expect(sameGroup(before, [renamed, changed])).toBe(changed);
  });

  it('is one with another name where only the name is different', () => {
    expect(sameGroup(before, [renamed, groupOf(['a fox'], { group: 'others' })])).toBe(renamed);
  });

  it('is gone where two may be it, where texts are different, or where one text says too little', () => {
    expect(sameGroup(before, [renamed, { ...before, group: 'copies' }])).toBeUndefined();
    expect(sameGroup(before, [groupOf(['a wolf', 'a fox'], { group: 'texts' })])).toBeUndefined();
    expect(sameGroup(groupOf(['a wolf']), [groupOf(['a wolf'], { group: 'texts' })])).toBeUndefined();
  });
});

it('a comparison goes with its group to another name', () => {
  const { uri, group } = before;
  const members = [{ group: before, index: 0 }, { text: 'free' }];
  const content = withRenamed(openContent(group, { uri, group }, null, members), before, 'texts');
  expect(content.title).toBe('texts');
  expect(content.source).toEqual({ uri, group: 'texts' });
  expect(content.columns.map(({ place }) => place?.group)).toEqual(['texts', undefined]);
});
