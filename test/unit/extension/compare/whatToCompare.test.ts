import { describe, expect, it } from 'vitest';
import { groupAt, selectedMembers } from '../../../../src/extension/compare/whatToCompare';
import { groupOf } from './groups';

const source = 'names = ["a dog", "a cat"]\nother = "a stone"\n';
const at = (text: string) => ({ start: source.indexOf(text), end: source.indexOf(text) + text.length });
const group = {
  ...groupOf(['a dog', 'a cat']),
  prompts: groupOf(['a dog', 'a cat']).prompts.map((prompt) => ({ ...prompt, ...at(prompt.text) })),
};

describe('prompts of selections', () => {
  it('are those that a selection touches', () => {
    expect(selectedMembers([group], source, [{ start: 0, end: source.length }])).toEqual([
      { group, index: 0 },
      { group, index: 1 },
    ]);
    expect(selectedMembers([group], source, [at('cat')])).toEqual([{ group, index: 1 }]);
  });

  it('are the selected text where nothing was found, without its quotes', () => {
    const members = selectedMembers([group], source, [at('"a stone"'), at('a dog')]);
    expect(members).toEqual([{ group, index: 0 }, { text: 'a stone' }]);
  });

  it('are each once, and none of a selection without a letter', () => {
    const twice = selectedMembers([group], source, [at('a d'), at('dog'), at('", "')]);
    expect(twice).toEqual([{ group, index: 0 }]);
  });
});

describe('the group at a cursor', () => {
  const spans = new Map([['captions', { start: source.indexOf('['), end: source.indexOf(']') + 1 }]]);

  it('is that of the prompt there, or the one around it', () => {
    expect(groupAt([group], spans, at('cat').start)).toBe(group);
    expect(groupAt([group], spans, source.indexOf(', '))).toBe(group);
    expect(groupAt([group], spans, at('stone').start)).toBeNull();
  });
});
