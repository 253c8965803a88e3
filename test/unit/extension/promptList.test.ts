import { describe, expect, it } from 'vitest';
import {
  distinctPrompts,
  promptLines,
  remember,
  withoutRepeats,
} from '../../../src/extension/prompts/promptList';

describe('remember', () => {
  it('puts what was used first, once', () => {
    expect(remember(['a', 'b', 'c'], ['c', 'd'])).toEqual(['c', 'd', 'a', 'b']);
  });

  it('forgets the oldest', () => {
    const known = Array.from({ length: 100 }, (_, index) => `prompt ${index}`);
    const after = remember(known, ['new']);
    expect(after).toHaveLength(100);
    expect(after[0]).toBe('new');
    expect(after).not.toContain('prompt 99');
  });
});

it('withoutRepeats shows a prompt at the first source that has it', () => {
  const source = (label: string, prompts: string[]) => ({ label, removable: false, prompts });
  const sources = withoutRepeats([source('used', ['a', 'b']), source('file', ['b', 'c', 'c'])]);
  expect(sources.map(({ prompts }) => prompts)).toEqual([['a', 'b'], ['c']]);
});

it('promptLines drops blank lines and repeats', () => {
  expect(promptLines(' a \r\n\n b\na')).toEqual(['a', 'b']);
});

it('distinctPrompts trims, and drops blank ones and repeats', () => {
  expect(distinctPrompts([' b', '', 'a', 'b ', '\t'])).toEqual(['b', 'a']);
});
