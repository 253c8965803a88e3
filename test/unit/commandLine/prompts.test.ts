import { expect, it, test } from 'vitest';
import { parseArguments } from '../../../src/engine/cli/arguments';
import { promptsTable } from '../../../src/engine/cli/promptsTable';
import type { FoundPrompt } from '../../../src/shared/foundPrompts';

it('takes a file, and what else is a prompt', () => {
  expect(parseArguments(['prompts', 'a.py'])).toEqual({
    kind: 'prompts',
    file: 'a.py',
    names: [],
    calls: [],
    files: [],
    json: false,
  });
  const more = '--name a* --name b --call x.y --list **/c.txt --json'.split(' ');
  expect(parseArguments(['prompts', 'a.py', ...more])).toMatchObject({
    names: ['a*', 'b'],
    calls: ['x.y'],
    files: ['**/c.txt'],
    json: true,
  });
});

test('the table counts lines of any ending, and shows each prompt on one line', () => {
  const text = 'a\r\nbb\ncc\rdd';
  const prompt = (start: number, said: string): FoundPrompt => ({
    ...{ text: said, start, end: start, group: 'g', kind: 'class', template: null, literal: null },
  });
  const prompts = [prompt(0, 'one'), prompt(4, 'two\nlines\x1B'), prompt(6, '三'), prompt(9, 'four')];
  expect(promptsTable('a.txt', text, { prompts, groups: [], images: [] }).split('\n')).toEqual([
    'a.txt · 4 prompts in 0 groups · 0 images',
    '1:1  class  g  one',
    '2:2  class  g  two\\nlines\\u001b',
    '3:1  class  g  三',
    '4:1  class  g  four',
  ]);
});
