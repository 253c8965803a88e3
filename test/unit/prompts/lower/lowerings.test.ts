import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseDocument, stringify } from 'yaml';
import { type Grammars, openGrammars } from '../../../../src/prompts/grammars';
import { languageOf } from '../../../../src/prompts/languages';
import type { Program } from '../../../../src/prompts/syntax';
import { grammarsFolder } from '../../../support/grammars';
import { said, textsOf } from './texts';

let grammars: Grammars;
beforeAll(async () => {
  grammars = await openGrammars(grammarsFolder);
});

const endings = ['ts', 'tsx', 'js', 'json', 'jsonl', 'yaml', 'toml', 'csv', 'tsv', 'txt', 'md'];

function lower(path: string, text: string): Program {
  return languageOf(path)!.lower({ path, text }, grammars);
}

/** Each text lies in the file, and so do its units, in their order. */
function expectPlaces(program: Program, text: string): void {
  for (const one of textsOf(program)) {
    const { start, end, offsets } = one;
    expect(start).toBeGreaterThanOrEqual(0);
    expect(end).toBeGreaterThanOrEqual(start);
    expect(end).toBeLessThanOrEqual(text.length);
    if (offsets === null) {
      expect(said(one)).toBe(text.slice(start, end));
      continue;
    }
    expect(offsets.length).toBe(said(one).length + 1);
    expect(offsets.at(-1)).toBe(end);
    offsets.forEach((place, i) => {
      expect(place).toBeGreaterThanOrEqual(i === 0 ? start : offsets[i - 1]!);
      expect(place).toBeLessThanOrEqual(end);
    });
  }
  for (const { start, end } of program.comments) expect(text.slice(start, end).trim()).not.toBe('');
}

const words = fc.constantFrom(
  ...[
    'prompts',
    ' = ',
    ': ',
    '[',
    ']',
    '{',
    '}',
    '(',
    ')',
    '"',
    "'",
    '`',
    '\\',
    '${',
    '\n',
    '\r\n',
    ',',
    ' ',
  ],
  ...[
    '- ',
    '#',
    '//',
    '/*',
    '*/',
    '|',
    '>',
    '&a',
    '*a',
    '"""',
    "'''",
    '```py\n',
    '=>',
    '.map(',
    'for (const ',
  ],
  ...[
    'of ',
    '<!--',
    '-->',
    '---\n',
    'a cat',
    '🐺',
    'é',
    '\uFEFF',
    '1',
    'export default ',
    'class ',
    '<b>',
    '\t',
  ],
);
const anything = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.array(words, { maxLength: 40 }).map((parts) => parts.join('')),
);

describe.each(endings)('%s', (ending) => {
  it('reads whatever is written, with places in it', () => {
    fc.assert(
      fc.property(anything, (text) => {
        expectPlaces(lower(`prompts.${ending}`, text), text);
      }),
      { numRuns: 300 },
    );
  });
});

/** Values, and keys where there are any, come back as they were, from where they stand. */
const value = fc.string({ unit: 'grapheme', maxLength: 20 });

describe('values that a serializer wrote', () => {
  it('JSON', () => {
    fc.assert(
      fc.property(fc.array(value), fc.option(fc.constantFrom(2, '\t')), (values, indent) => {
        const text = JSON.stringify({ prompts: values }, null, indent ?? 0);
        const [, ...texts] = textsOf(lower('a.json', text));
        expect(texts.map(said)).toEqual(values);
        expect(texts.map(({ start, end }) => text.slice(start - 1, end + 1))).toEqual(
          values.map((one) => JSON.stringify(one)),
        );
      }),
    );
  });

  it('JSON in a .jsonl, one value per line, and what is broken in one line leaves the others', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), (values) => {
        const text = values.map((caption) => `${JSON.stringify({ caption })}\r\n{"caption": "a`).join('\n');
        const program = lower('a.jsonl', text);
        expect(program.statements.length).toBe(values.length);
        expect(textsOf(program).map(said)).toEqual(values.flatMap((one) => ['caption', one]));
      }),
    );
  });

  it('YAML, however it is laid out', () => {
    const layout = fc.record({
      defaultStringType: fc.constantFrom(
        ...(['PLAIN', 'QUOTE_SINGLE', 'QUOTE_DOUBLE', 'BLOCK_LITERAL', 'BLOCK_FOLDED'] as const),
      ),
      lineWidth: fc.constantFrom(0, 24, 80),
      flow: fc.boolean(),
      crlf: fc.boolean(),
    });
    const line = fc.oneof(
      value,
      fc.array(fc.constantFrom('a', 'cat', ' ', '  ', '\n', "'", '"', ':', '#')).map((w) => w.join('')),
    );
    fc.assert(
      fc.property(fc.array(line), layout, (values, { flow, crlf, ...options }) => {
        const written = stringify(
          { prompts: values },
          { ...options, collectionStyle: flow ? 'flow' : 'any' },
        );
        const text = crlf ? written.replaceAll('\n', '\r\n') : written;
        const program = lower('a.yaml', text);
        const [, ...texts] = textsOf(program);
        // The package doesn't write all values so that they come back: what it reads is what there is.
        const read = parseDocument(text).toJS()?.prompts;
        fc.pre(Array.isArray(read) && read.every((one) => typeof one === 'string'));
        expect(texts.map(said)).toEqual(read);
        for (const one of texts.filter(({ literal }) => literal?.quote !== '"')) {
          said(one)
            .split('')
            .forEach((unit, i) => {
              if (unit.trim() !== '') expect(text[one.offsets?.[i] ?? one.start + i]).toBe(unit);
            });
        }
        expectPlaces(program, text);
      }),
      { numRuns: 300 },
    );
  });

  it.each([',', '\t', ';'])('CSV with %j', (delimiter) => {
    const cell = value.filter((one) => one !== '');
    const quoted = (one: string) => (/[",;\t\r\n]/.test(one) ? `"${one.replaceAll('"', '""')}"` : one);
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell)), fc.boolean(), fc.boolean(), (rows, crlf, bom) => {
        const text =
          (bom ? '\uFEFF' : '') +
          [['id', 'caption'], ...rows]
            .map((row) => row.map(quoted).join(delimiter))
            .join(crlf ? '\r\n' : '\n');
        const program = lower('a.csv', text);
        const columns = [0, 1].map((c) => rows.map((row) => row[c]!));
        expect(program.statements.map((one) => one.kind === 'document' && one.name)).toEqual([
          'id',
          'caption',
        ]);
        expect(
          program.statements.map((one) => textsOf({ statements: [one], comments: [] }).map(said)),
        ).toEqual(columns);
        expectPlaces(program, text);
      }),
    );
  });

  it('JavaScript', () => {
    fc.assert(
      fc.property(fc.array(value), (values) => {
        const text = `const prompts = [\n${values.map((one) => `  ${JSON.stringify(one)}, // "x"\n`).join('')}];`;
        const texts = textsOf(lower('a.js', text));
        expect(texts.map(said)).toEqual(values);
        expect(texts.map(({ start, end }) => text.slice(start - 1, end + 1))).toEqual(
          values.map((one) => JSON.stringify(one)),
        );
      }),
    );
  });

  it('TOML', () => {
    fc.assert(
      fc.property(fc.array(value), (values) => {
        // A basic string is a JSON string that escapes DEL.
        const quoted = (one: string) => JSON.stringify(one).replaceAll('\x7F', '\\u007F');
        const text = `[text]\nprompts = [${values.map((one) => `${quoted(one)}, # "x"\n`).join('')}]`;
        const [, , ...texts] = textsOf(lower('a.toml', text));
        expect(texts.map(said)).toEqual(values);
        expect(texts.map(({ start, end }) => text.slice(start - 1, end + 1))).toEqual(values.map(quoted));
      }),
    );
  });
});
