import { expect, test } from 'vitest';
import { escapeMarkdown } from '../../../../src/extension/models/markdown';

test('nothing in a text is markup', () => {
  expect(escapeMarkdown('[a](command:x) *b* <img src="c"> `d` &amp;')).toBe(
    '\\[a\\]\\(command\\:x\\) \\*b\\* &lt;img src="c"&gt; \\`d\\` &amp;amp;',
  );
  expect(escapeMarkdown('one\n\n# two')).toBe('one \\# two');
  expect(escapeMarkdown('$(error) ~x~ a_b')).toBe('\\$\\(error\\) \\~x\\~ a\\_b');
});
