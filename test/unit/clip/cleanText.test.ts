import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanText } from '../../../src/engine/clip/cleanText';
import { unescapeHtml } from '../../../src/engine/clip/htmlEntities';
import { expectError } from '../../support/expectError';

describe('cleanText', () => {
  test.each([
    ['&hellip;', '&hellip;'],
    ['fish &notit; chips', '&notit;'],
    ['a < b &Sum;', '&Sum;'],
    ['â€™90s', 'â€'],
    ['cafÃ©', 'Ã©'],
    ['5Â\u00a0cm', 'Â\u00a0'],
    ['Ã la carte', 'Ã'],
    ['a\u0085b', '\u0085'],
    ['ðŸ˜€', 'ðŸ˜€'],
  ])('refuses %j, which open_clip reads as something that is not known here', async (text, part) => {
    for (const cleaning of ['lower', 'whitespace', 'canonicalize'] as const) {
      await expectError((async () => cleanText(text, cleaning))(), 'prompt', text, part);
    }
    expect(cleanText(text, 'none')).toBe(text);
  });

  test('leaves words of ASCII as they are, and cleans what is clean once more to the same', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z]+( [a-z]+)*$/),
        (text) => cleanText(text, 'canonicalize') === text,
      ),
    );
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'aÉß “”’_-. \t3ﬁ') }), (text) => {
        fc.pre(!/[ßÉ][“”’]/.test(text));
        const once = cleanText(text, 'canonicalize');
        expect(cleanText(once, 'canonicalize')).toBe(once);
      }),
    );
  });
});

test('numbered entities are the characters of their codes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0xa0, max: 0xfdcf }), (code) => {
      fc.pre(code < 0xd800 || code > 0xdfff);
      const character = String.fromCodePoint(code);
      expect(unescapeHtml(`&#${code};&#x${code.toString(16)}; &#X${code.toString(16)};`)).toBe(
        `${character}${character} ${character}`,
      );
    }),
  );
});
