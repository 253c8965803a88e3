import { describe, expect, it } from 'vitest';
import {
  added,
  longestPrompt,
  mostPrompts,
  promptsIn,
  replaced,
} from '../../../src/webview/attribution/prompts';

describe('promptsIn', () => {
  it('takes a prompt per line', () => {
    expect(promptsIn(' a wolf \r\n\r\n\ta dog\ra fox\u2028an owl\n')).toEqual([
      'a wolf',
      'a dog',
      'a fox',
      'an owl',
    ]);
  });

  it('takes no more of a prompt than the host does', () => {
    expect(promptsIn('x'.repeat(longestPrompt + 1))[0]).toHaveLength(longestPrompt);
  });
});

describe('replaced', () => {
  const three = ['a', 'b', 'c'];

  it('puts one prompt for one', () => {
    expect(replaced(three, 1, 'x')).toEqual(['a', 'x', 'c']);
  });

  it('puts several for one', () => {
    expect(replaced(three, 1, 'x\ny')).toEqual(['a', 'x', 'y', 'c']);
  });

  it('removes a row left empty', () => {
    expect(replaced(three, 1, '  ')).toEqual(['a', 'c']);
  });

  it('keeps each text once, where it came first', () => {
    expect(replaced(three, 2, 'a')).toEqual(['a', 'b']);
    expect(added(three, 'b\nd')).toEqual(['a', 'b', 'c', 'd']);
  });

  it('keeps as many as the host takes', () => {
    const many = Array.from({ length: mostPrompts + 5 }, (_, index) => `prompt ${index}`).join('\n');
    expect(added(three, many)).toHaveLength(mostPrompts);
  });
});
