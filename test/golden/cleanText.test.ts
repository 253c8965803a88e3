import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { cleanText } from '../../src/engine/clip/cleanText';

/** By open_clip; written by tools/tokenizer/cleaning.py. */
const Case = z.strictObject({
  text: z.string(),
  lower: z.string(),
  whitespace: z.string(),
  canonicalize: z.string(),
});
const cases = z
  .array(Case)
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, 'cleaning-reference.json'), 'utf8')));

describe('a text is cleaned as open_clip does it', () => {
  test.each(cases)('$text', ({ text, ...cleaned }) => {
    expect({
      lower: cleanText(text, 'lower'),
      whitespace: cleanText(text, 'whitespace'),
      canonicalize: cleanText(text, 'canonicalize'),
    }).toEqual(cleaned);
    expect(cleanText(text, 'none')).toBe(text);
  });
});
