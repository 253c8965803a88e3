// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are what is tested.
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Grammars, openGrammars } from '../../../../src/prompts/grammars';
import { languageOf } from '../../../../src/prompts/languages';
import type { Text } from '../../../../src/prompts/syntax';
import type { Literal } from '../../../../src/shared/foundPrompts';
import { writeLiteral } from '../../../../src/shared/literals';
import { grammarsFolder } from '../../../support/grammars';
import { said, textsOf } from './texts';

let grammars: Grammars;
beforeAll(async () => {
  grammars = await openGrammars(grammarsFolder);
});

/** Files with a prompt that says `wolf`, among others. */
const files: readonly (readonly [path: string, text: string])[] = [
  ['a.ts', 'const prompts = ["cat", "wolf", \'dog\'];'],
  ['b.js', "const prompts = ['cat', 'wolf', `dog`];"],
  ['c.js', 'const prompts = ["cat", `wolf`, `${dog}`];'],
  ['d.js', 'const prompts = { cat: 0, wolf: 1, "dog": 2 };'],
  ['e.js', 'const prompts = ["cat", String.raw`wolf`];'],
  ['a.json', '{"prompts": ["cat", "wolf", "dog"]}'],
  ['a.yaml', 'prompts:\n- cat\n- wolf\n- dog # wolf?\n'],
  ['b.yaml', "prompts: [cat, wolf, 'dog']\n"],
  ['c.yaml', 'prompts:\r\n  a: "wolf"\r\n  b: dog\r\n'],
  ['d.yaml', "prompts:\n  a: 'wolf'\n  b: dog\n"],
  ['e.yaml', 'labels:\n  wolf: 0\n  dog: 1\n'],
  ['a.toml', 'prompts = ["cat", "wolf", \'dog\']\n'],
  ['b.toml', "prompts = ['cat', 'wolf', 'dog']\n"],
  ['c.toml', 'prompts = ["cat", """wolf""", "dog"]\n'],
  ['d.toml', "prompts = ['cat', '''\nwolf''']\n"],
  ['e.toml', '[labels]\ncat = 0\nwolf = 1\n'],
  ['a.csv', 'id,caption\n1,cat\n2,wolf\n3,dog\n'],
  ['b.csv', 'id;caption\r\n1;cat\r\n2;"wolf"\r\n3;dog\r\n'],
  ['a.tsv', 'caption\tid\ncat\t1\nwolf\t2\n'],
  ['prompts.txt', 'cat\n  wolf \n# a comment\ndog\n'],
  ['a.md', '# Prompts\n\n- cat\n- wolf\n- dog\n'],
  ['b.md', '# Prompts\n\n1. wolf\n2. cat\n'],
  ['c.md', '| caption | n |\n| --- | --- |\n| wolf | 1 |\n| cat | 2 |\n'],
];

function textsIn(path: string, text: string): readonly Text[] {
  return textsOf(languageOf(path)!.lower({ path, text }, grammars));
}

const newText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc
    .array(
      fc.constantFrom(
        ...[
          'a ',
          'wolf',
          '"',
          "'",
          '`',
          '\\',
          '\n',
          '\r\n',
          '${',
          '{',
          '}',
          ',',
          ';',
          '\t',
          '|',
          '#',
          '- ',
          ': ',
        ],
        ...[
          'é',
          '🐺',
          '\uD83D',
          '\u2028',
          '\x85',
          '\x7F',
          '\0',
          '<',
          '*',
          '_',
          '[',
          ']',
          '//',
          ' ',
          'null',
          '1',
          '$',
        ],
      ),
      { maxLength: 8 },
    )
    .map((parts) => parts.join('')),
);

describe.each(files)('%s: %j', (path, file) => {
  it('says the new text, and all else what it said', () => {
    let written = 0;
    fc.assert(
      fc.property(newText, (text) => {
        const before = textsIn(path, file);
        const which = before.findIndex((one) => said(one) === 'wolf');
        const { literal, start, end } = before[which]!;
        const content = writeLiteral(literal!, file.slice(start, end), text);
        if (content === null) return;
        written += 1;
        const after = textsIn(path, file.slice(0, start) + content + file.slice(end));
        expect(after.map(said)).toEqual(before.map((one, i) => (i === which ? text : said(one))));
        expect(after[which]!.start - start).toBeLessThanOrEqual(3);
      }),
      { numRuns: 500 },
    );
    expect(written).toBeGreaterThan(50);
  });

  it('takes what a person would write', () => {
    const [before] = textsIn(path, file).filter((one) => said(one) === 'wolf');
    const content = file.slice(before!.start, before!.end);
    for (const text of ['a photo of a wolf', 'Wölfe im Schnee', '雪地里的狼', 'a wolf (grey), at night']) {
      expect(writeLiteral(before!.literal!, content, text)).not.toBeNull();
    }
  });
});

const literal = (more: Partial<Literal>): Literal => ({
  syntax: 'python',
  quote: '"',
  raw: false,
  interpolated: false,
  embedded: false,
  ...more,
});

describe('Python', () => {
  it.each([
    ['"', 'a "wolf" \\ it\'s\n', 'a \\"wolf\\" \\\\ it\'s\\n'],
    ["'", 'a "wolf" \\ it\'s\n', 'a "wolf" \\\\ it\\\'s\\n'],
    ['"""', 'say "wolf" or ""', 'say "wolf" or "\\"'],
    ['"""', '"""', '\\"\\"\\"'],
  ])('%s', (quote, text, content) => {
    expect(writeLiteral(literal({ quote }), 'x', text)).toBe(content);
  });

  it('refuses what a raw string cannot say', () => {
    const raw = literal({ raw: true });
    expect(writeLiteral(raw, 'x', 'a\\d wolf')).toBe('a\\d wolf');
    for (const text of ['a "wolf"', 'a\nwolf', 'wolf\\']) expect(writeLiteral(raw, 'x', text)).toBeNull();
  });
});

describe('interpolations', () => {
  const python = literal({ interpolated: true });
  const javascript = literal({ syntax: 'javascript', quote: '`', interpolated: true });

  it('stay what they are', () => {
    expect(writeLiteral(python, 'a {c} in {w["k"]!r:>{n}}', 'the "{c}" of {w["k"]!r:>{n}}')).toBe(
      'the \\"{c}\\" of {w["k"]!r:>{n}}',
    );
    expect(writeLiteral(javascript, 'a ${f(`}`)} \\${x}', '`$${f(`}`)}\n')).toBe('\\`\\$${f(`}`)}\\n');
  });

  it('are refused where they are changed, lost, added or out of order', () => {
    for (const text of ['a photo of a {d}', 'a photo', 'a {c} {d}', '{c}{']) {
      expect(writeLiteral(python, 'a {c}', text)).toBeNull();
    }
    expect(writeLiteral(javascript, '${a} ${b}', '${b} ${a}')).toBeNull();
    expect(writeLiteral(javascript, '${a}', '${a} ${b}')).toBeNull();
  });

  it('are none where there were none', () => {
    expect(writeLiteral(python, 'a {{c}}', 'a {d}')).toBe('a {{d}}');
    expect(writeLiteral(python, 'a \\N{DASH} b', 'a {d}')).toBe('a {{d}}');
    expect(writeLiteral(javascript, 'a', 'a ${d}')).toBe('a \\${d}');
  });
});

it('escapes once more within a notebook', () => {
  const python = literal({ embedded: true, interpolated: true });
  expect(writeLiteral(python, 'a \\"{c}\\"', 'the "{c}"\n')).toBe('the \\\\\\"{c}\\\\\\"\\\\n');
  // Lines of a cell are strings of their own.
  expect(writeLiteral(python, 'a\\n",\n"b', 'c')).toBeNull();
});
