import { describe, expect, it } from 'vitest';
import {
  type Content,
  followGroup,
  openContent,
  shownOf,
  withChosen,
  withDraft,
  withMembers,
  withoutColumn,
  withoutGroup,
} from '../../../../src/extension/compare/content';
import { ofGroup } from '../../../../src/extension/compare/whatToCompare';
import { groupOf } from './groups';

const texts = ({ columns }: Content) => columns.map(({ text }) => text);
const whole = (...all: string[]) => ofGroup(groupOf(all), null).content;

describe('what is compared', () => {
  it('is all of a group that fits', () => {
    const content = whole('a', 'b');
    expect(texts(content)).toEqual(['a', 'b']);
    expect(content.chosenBy).toBeNull();
    expect(content.columns[1]!.place).toMatchObject({ group: 'captions', index: 1, line: 3 });
  });

  it('has at most twenty, rewordings not counted', () => {
    const many = Array.from({ length: 25 }, (_, i) => ({ text: `p${i}` }));
    const content = openContent('', null, null, many);
    expect(content.columns).toHaveLength(20);
    const drafted = withDraft(content, 0, 'other');
    expect(drafted.columns).toHaveLength(21);
    expect(withMembers(drafted, [{ text: 'more' }]).columns).toHaveLength(21);
  });

  it('puts a rewording beside its prompt, once, and takes it away with it', () => {
    const once = withDraft(whole('a', 'b'), 0, 'a2');
    expect(texts(once)).toEqual(['a', 'a2', 'b']);
    const again = withDraft(once, 0, 'a3');
    expect(texts(again)).toEqual(['a', 'a3', 'b']);
    expect(again.columns[1]).toMatchObject({ draftOf: 0, place: null });
    expect(texts(withoutColumn(again, 0))).toEqual(['b']);
  });

  it('fills the rewording of a template by its slots, and not one that lost them', () => {
    const content = ofGroup(groupOf(['a {}'], { kind: 'template', classes: ['cat'] }), null).content;
    expect(withDraft(content, 0, 'the {} there').columns[1]!.template).toEqual({
      parts: ['the ', ' there'],
      changes: [],
    });
    expect(withDraft(content, 0, 'the {name} there').columns[1]!.template).toBeNull();
  });

  it('forgets the pair whose prompt is gone', () => {
    const content = { ...whole('a', 'b', 'c'), pair: { of: 0, against: 1 } };
    expect(withoutColumn(content, 2).pair).toEqual({ of: 0, against: 1 });
    expect(withoutColumn(content, 1).pair).toBeNull();
  });
});

describe('a file that is edited', () => {
  it('shows what a prompt says now, in its column', () => {
    const content = followGroup(whole('a', 'b'), ['a', 'b'], groupOf(['a', 'B']));
    expect(content.columns.map(({ id, text }) => [id, text])).toEqual([
      [0, 'a'],
      [1, 'B'],
    ]);
  });

  it('is the same object where nothing changed', () => {
    const content = whole('a', 'b');
    expect(followGroup(content, ['a', 'b'], groupOf(['a', 'b']))).toBe(content);
  });

  it('shows a prompt that was put in, at its place, where all of the group is shown', () => {
    const content = followGroup(whole('a', 'b'), ['a', 'b'], groupOf(['a', 'x', 'b']));
    expect(content.columns.map(({ id, text }) => [id, text])).toEqual([
      [0, 'a'],
      [2, 'x'],
      [1, 'b'],
    ]);
  });

  it('does not where the person chose some', () => {
    const chosen = withChosen(whole('a', 'b', 'c'), groupOf(['a', 'b', 'c']), [0, 2]);
    expect(texts(chosen)).toEqual(['a', 'c']);
    const content = followGroup(chosen, ['a', 'b', 'c'], groupOf(['a', 'b', 'x', 'c']));
    expect(texts(content)).toEqual(['a', 'c']);
    expect(shownOf(content, groupOf([]))).toEqual([0, 3]);
  });

  it('keeps what is gone from the file, without a place to write to', () => {
    const content = followGroup(whole('a', 'b'), ['a', 'b'], groupOf(['b']));
    expect(texts(content)).toEqual(['a', 'b']);
    expect(content.columns[0]!.place).toMatchObject({ line: null, literal: null });
    const without = withoutGroup(content, 'file:///prompts.py', 'captions');
    expect(without.columns.map(({ place }) => place?.line)).toEqual([null, null]);
  });

  it('fills rewordings with the templates of now', () => {
    const template = (text: string) => ({ parts: text.split('{}'), changes: [] });
    const before = groupOf(['cat'], { kind: 'class', templates: [template('a {}')] });
    const drafted = withDraft(ofGroup(before, null).content, 0, 'kitten');
    const now = groupOf(['cat'], { kind: 'class', templates: [template('the {}')] });
    const content = followGroup(drafted, ['cat'], now);
    expect(content.columns.map(({ templates }) => templates)).toEqual([
      [template('the {}')],
      [template('the {}')],
    ]);
  });
});

describe('a group that is too large', () => {
  const many = groupOf(Array.from({ length: 100 }, (_, i) => `p${i}`));

  it('shows what is nearest to the cursor until it is known what scores best', () => {
    const { content, rank } = ofGroup(many, 52);
    expect(rank).toBe(many);
    expect(content.chosenBy).toBe('cursor');
    expect(texts(content)).toEqual(Array.from({ length: 20 }, (_, i) => `p${i + 40}`));
  });

  it('shows in the order of the file what was chosen of it', () => {
    const content = withChosen(ofGroup(many, null).content, many, [70, 3, 1]);
    expect(texts(content)).toEqual(['p1', 'p3', 'p70']);
    expect(content.chosenBy).toBe('person');
  });
});
