import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FoundPrompts } from '../../../src/shared/foundPrompts';
import { foundIn } from '../../support/foundIn';

const endings = ['py', 'ts', 'jsx', 'json', 'jsonl', 'yaml', 'toml', 'csv', 'tsv', 'txt', 'md', 'ipynb'];

/** Pieces of programs, so that what is put together often nearly is one. */
const token = fc.constantFrom(
  ...[
    'labels',
    'prompts',
    'x',
    'tokenize',
    '=',
    ' = ',
    '[',
    ']',
    '(',
    ')',
    '{',
    '}',
    ',',
    ':',
    '.',
    '+',
    '%',
    '*',
  ],
  ...['"', "'", '"""', '`', 'f"', '\\', '\n', '\r\n', '\n  ', '# ', '// ', '- ', '|', '```python\n', '```\n'],
  ...[
    '"a b"',
    "'c {}'",
    'f"d {x}"',
    'for x in y',
    'lambda x: ',
    'def f(x):',
    '=>',
    'const ',
    '.format(x)',
    '.split("\\n")',
  ],
  ...[
    'clipsight: prompts',
    'clipsight: ignore',
    '🐺',
    'é',
    '\0',
    '\ud83d',
    '{"cells": [{"cell_type": "code", "source": ',
  ],
);
const program = fc.array(token, { maxLength: 40 }).map((tokens) => tokens.join(''));

function expectSound({ prompts, groups }: FoundPrompts, text: string): void {
  let last = 0;
  for (const { start, end, group } of prompts) {
    expect(start).toBeGreaterThanOrEqual(last);
    expect(end).toBeGreaterThan(start);
    expect(end).toBeLessThanOrEqual(text.length);
    expect(groups.some(({ id }) => id === group)).toBe(true);
    last = end;
  }
  expect(new Set(groups.map(({ id }) => id)).size).toBe(groups.length);
}

const sample = `import clip
classes = ["cat", 'dog', """a "wolf"
of the north"""]  # clipsight: classes
config = {"labels": {"a": ["x y", f"z {q}"]}, 0: r"raw \\d"}
def f(c, templates=["a {}", lambda c: "b %s" % c]):
    for i, t in enumerate(templates):
        yield tokenizer([t.format(c.replace("_", " ")) for c in classes] + ["one " "two"])
labels, prompts = ["é🐺"], "\\N{EN DASH} x\\u00e9".split("x") if f else None
`;

describe('the finder', () => {
  it('reads whatever is written, and what it finds is in order and apart', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...endings),
        fc.oneof(program, fc.string({ unit: 'binary' })),
        async (ending, text) => {
          expectSound(await foundIn(text, `labels.${ending}`), text);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('reads a file while it is written', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(sample.length), fc.nat(sample.length), async (a, b) => {
        const text = sample.slice(0, Math.min(a, b)) + sample.slice(Math.max(a, b));
        expectSound(await foundIn(text), text);
      }),
      { numRuns: 100 },
    );
  });

  it('finds exactly the strings of a list, where they stand', async () => {
    const word = fc.string({
      unit: fc.constantFrom('a', 'é', '狼', '🐺', ' ', '"', "'", '\\', '\n', '\t', '0'),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ text: word, quote: fc.constantFrom('"', "'", '"""') })),
        async (strings) => {
          const literals = strings.map(({ text, quote }) => printed(`w ${text}`, quote));
          const source = `labels = [${literals.join(',\n  ')}]\n`;
          const { prompts } = await foundIn(source);
          const meant = strings.map(({ text }, i) => ({ text: `w ${text}`, source: literals[i]! }));
          expect(prompts.map(({ text }) => text)).toEqual(meant.map(({ text }) => text));
          const quotes = /^("""|"|')(.*)\1$/s;
          expect(prompts.map(({ start, end }) => source.slice(start, end))).toEqual(
            meant.map((each) => quotes.exec(each.source)![2]),
          );
        },
      ),
      { numRuns: 100 },
    );
  });
});

/** As Python prints strings. */
function printed(text: string, quote: string): string {
  const escaped = text.replace(/[\\\n\t]|["']/g, (c) =>
    c === '\n' ? '\\n' : c === '\t' ? '\\t' : c === '\\' || quote.includes(c) ? `\\${c}` : c,
  );
  return quote + escaped + quote;
}
