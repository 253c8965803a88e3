import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAuditPromptFile } from '../../../src/shared/auditPromptFile';
import { parseConceptFile } from '../../../src/shared/conceptFile';
import { ClipsightError } from '../../../src/shared/errors';
import { parsePromptFile } from '../../../src/shared/promptFile';

describe('prompts to be audited', () => {
  it('are lines, strings, or objects that say more', () => {
    expect(parseAuditPromptFile('# classes\na wolf\n\na bear\n')).toEqual([
      { prompt: 'a wolf' },
      { prompt: 'a bear' },
    ]);
    const entry = {
      prompt: 'a wolf',
      folders: ['train/wolf'],
      images: ['a.png'],
      expected: ['fur'],
      templates: ['a photo of {}'],
    };
    expect(parseAuditPromptFile(JSON.stringify([' a bear ', '', entry]))).toEqual([
      { prompt: 'a bear' },
      entry,
    ]);
  });

  it.each([
    ['[{"prompt": "a"}, {"folders": ["x"]}]', 'entry 2 (prompt)'],
    ['[{"prompt": " "}]', 'entry 1 (prompt)'],
    ['["a", 3]', 'entry 2'],
    ['[{"prompt": "a", "folder": "x"}]', 'folder'],
    ['[{"prompt": "a", "templates": ["x"]}]', 'has no {} for the prompt'],
    ['[{"prompt": "a"}', 'not valid JSON'],
  ])('say what is wrong: %s', (content, part) => {
    expect(() => parseAuditPromptFile(content)).toThrow(part);
  });

  it('are what lists of prompts are elsewhere, and any other text is read or refused', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.string(), (prompts, text) => {
        const list = JSON.stringify(prompts);
        expect(parseAuditPromptFile(list).map(({ prompt }) => prompt)).toEqual(parsePromptFile(list));
        try {
          for (const { prompt } of parseAuditPromptFile(text)) expect(prompt.trim()).not.toBe('');
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(ClipsightError);
        }
      }),
    );
  });
});

describe('concepts', () => {
  it('name components; an object declares what prompts may rely on, too', () => {
    expect(parseConceptFile('snow\n# no\nfur')).toEqual({ texts: ['snow', 'fur'], expected: {} });
    expect(parseConceptFile('["snow"]')).toEqual({ texts: ['snow'], expected: {} });
    const expected = { 'a photo of a wolf': ['fur', 'snow'], '*': ['snow'] };
    expect(parseConceptFile(JSON.stringify(expected))).toEqual({ texts: ['fur', 'snow'], expected });
  });

  it.each([
    ['{"wolf": "fur"}', 'at “wolf”'],
    ['{"wolf": [""]}', 'at “wolf › 0”'],
    ['{', 'not valid JSON'],
  ])('say what is wrong: %s', (content, part) => {
    expect(() => parseConceptFile(content)).toThrow(part);
  });
});
