import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { proposals } from '../../../../src/extension/audit/rewordings';
import { finding } from './fixtures';

const texts = (
  text: string,
  kind: 'prompt' | 'class' = 'prompt',
  change: Parameters<typeof finding>[0] = {},
  senses: readonly string[] = ['an animal'],
) => proposals(text, kind, finding(change), senses).map((one) => one.text);

describe('other wordings', () => {
  it('tell the sense, leave out what is relied on, and change the template', () => {
    expect(texts('a photo of a wolf in the snow.')).toEqual([
      'a photo of a wolf, an animal in the snow.',
      'a photo of a wolf.',
      'a close-up photo of a wolf in the snow.',
      'an image of a wolf in the snow.',
      'a picture of a wolf in the snow.',
      'a wolf in the snow.',
    ]);
  });

  it('name the thing of a compound apart, and say what is relied on', () => {
    const all = texts('a cabbage butterfly', 'prompt', { label: 'cabbage', tests: [] });
    expect(all).toContain('a cabbage-butterfly');
    expect(all).toContain('a cabbage butterfly, a kind of butterfly');
    expect(all).toContain('a butterfly');
    expect(texts('a photo of a wolf')).toContain('a photo of a wolf with snow');
  });

  it('keep classes names, that templates can take', () => {
    expect(texts('crane', 'class', { label: 'building site' }, ['a bird'])).toEqual([
      'crane, a bird',
      'crane with building site',
    ]);
  });

  it('are each another text, with words in it, whatever the prompt', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ maxLength: 30 }), fc.constantFrom('a', 'photo of', 'a dog (small)', '...')),
        fc.option(fc.string({ maxLength: 8 }), { nil: null }),
        fc.constantFrom('prompt' as const, 'class' as const),
        (text, label, kind) => {
          const all = texts(text, kind, { label }).map((one) => one.toLowerCase());
          expect(new Set(all).size).toBe(all.length);
          expect(all).not.toContain(text.trim().toLowerCase());
          for (const one of all) expect(one).toMatch(/\p{L}/u);
        },
      ),
    );
  });
});
