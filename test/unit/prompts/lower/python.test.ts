import { describe, expect, it } from 'vitest';
import { foundIn } from '../../../support/foundIn';

/** What one literal is found to say, and what of the file it stands on. */
async function read(literal: string): Promise<readonly (readonly [text: string, source: string])[]> {
  const text = `x = 1\nprompts = [${literal}]\n`;
  const { prompts } = await foundIn(text);
  return prompts.map((prompt) => [prompt.text, text.slice(prompt.start, prompt.end)]);
}

describe('literals of Python', () => {
  it.each<[string, string, string, string]>([
    [
      'escapes',
      String.raw`"a\n\t\\\'\x41\u00e9\U0001F43A\101\q"`,
      "a\n\t\\'Aé🐺A\\q",
      String.raw`a\n\t\\\'\x41\u00e9\U0001F43A\101\q`,
    ],
    [
      'names of characters',
      String.raw`"a \N{EN DASH} \N{latin small letter e with acute}"`,
      'a – é',
      String.raw`a \N{EN DASH} \N{latin small letter e with acute}`,
    ],
    ['raw', String.raw`r'a\n\' {{'`, String.raw`a\n\' {{`, String.raw`a\n\' {{`],
    ['old prefix', 'u"a"', 'a', 'a'],
    ['three quotes', "'''a\n\"b\"\\\n c'''", 'a\n"b" c', 'a\n"b"\\\n c'],
    ['line ends', '"""a\r\nb\\\r\nc"""', 'a\nbc', 'a\r\nb\\\r\nc'],
    ['adjacent', `"a " 'b'\n# no\nr"\\c"`, 'a b\\c', `a " 'b'\n# no\nr"\\c`],
    ['in brackets', '("a "\n "b")', 'a b', 'a "\n "b'],
    [
      'interpolated',
      'f"a {{b}} {c!r:>{w}} {d[\'e\']}"',
      "a {b} {c!r:>{w}} {d['e']}",
      "a {{b}} {c!r:>{w}} {d['e']}",
    ],
    ['interpolated and not', 'f"a {c} " "{b}"', 'a {c} {b}', 'a {c} " "{b}'],
    ['beyond the first plane', '"🐺 狼"', '🐺 狼', '🐺 狼'],
  ])('%s', async (_, literal, text, source) => {
    expect(await read(literal)).toEqual([[text, source]]);
  });

  it.each([String.raw`"a \N{NO SUCH NAME}"`, 'b"a"', 'rb"a" b"c"'])('none: %s', async (literal) => {
    expect(await read(literal)).toEqual([]);
  });

  it('says how one is written', async () => {
    const { prompts } = await foundIn('prompts = [r"""a""", f\'b\', "c" "d", "e"]');
    expect(
      prompts.map(({ literal }) => literal && [literal.quote, literal.raw, literal.interpolated]),
    ).toEqual([['"""', true, false], ["'", false, true], null, ['"', false, false]]);
  });

  it('places the lines of one that has escapes', async () => {
    const text = 'prompts = """\\\n  \\x61b\r\nc\\\nd\n""".split("\\n")';
    const { prompts } = await foundIn(text);
    expect(prompts.map((prompt) => [prompt.text, text.slice(prompt.start, prompt.end)])).toEqual([
      ['ab', '\\x61b'],
      ['cd', 'c\\\nd'],
    ]);
  });
});
