import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { readTokenizer, type Tokenizer } from '../../../src/engine/clip/tokenizer';
import { textWithout, type WordSplitter, wordsOf } from '../../../src/engine/clip/words';
import { ClipsightError } from '../../../src/shared/errors';
import { temporaryFolder } from '../../support/temporaryFolder';

const root = join(import.meta.dirname, '../../..');

/** A vocabulary of CLIP, without all bytes; of BERT; of SigLIP; of Gemma. */
const kinds = {
  CLIP: { folder: 'models/emoji-clip', padding: null },
  BERT: { folder: 'test/golden/checkpoints/open_clip-clipa', padding: 0 },
  SigLIP: { folder: 'test/golden/checkpoints/transformers-siglip', padding: 1 },
  'SigLIP 2': { folder: 'test/golden/checkpoints/transformers-siglip2', padding: 0 },
} as const;
type Kind = keyof typeof kinds;

function open(kind: Kind, contextLength = 40): Promise<Tokenizer> {
  const { folder, padding } = kinds[kind];
  const text = { contextLength, vocabulary: 50_000, pooling: { kind: 'argmax' }, padding } as const;
  return readTokenizer(join(root, folder, 'tokenizer.json'), text);
}

const tokenizers = new Map<Kind, Tokenizer>();
beforeAll(async () => {
  for (const kind of Object.keys(kinds) as Kind[]) tokenizers.set(kind, await open(kind));
});

/** "word:tokens", of words that have tokens. */
function shown(kind: Kind, text: string): string[] {
  const { tokens, words } = tokenizers.get(kind)!.words(text);
  return words.map(
    ({ text: word }, i) =>
      `${word}:${tokens.flatMap((token) => (token.word === i ? [token.text] : [])).join('+')}`,
  );
}

describe('the words of a text', () => {
  test.each<[Kind, string, string[]]>([
    ['CLIP', 'a photo of a wolf', ['a:a', 'photo:photo', 'of:of', 'a:a', 'wolf:wolf']],
    ['CLIP', '  A  Wolf\t', ['A:a', 'Wolf:wolf']],
    ['CLIP', "a wolf's den.", ['a:a', 'wolf:wolf', "'s:'+s", 'den.:d+en']],
    ['CLIP', '(wolf) wolf…', ['(wolf):wolf', 'wolf:wolf', '…:<0xE2>+<0x80>']],
    ['CLIP', '50 % wolf', ['50:', '%:', 'wolf:wolf']],
    ['CLIP', 'x<|endoftext|>', ['x:x', '<|endoftext|>:<|endoftext|>']],
    ['CLIP', 'cafe\u0301', ['cafe\u0301:ca+f+<0xC3>']],
    ['BERT', "wolf's, 狼狼", ['wolf:wo+l+f', "':'", 's:s', ',:,', '狼:[UNK]', '狼:[UNK]']],
    ['BERT', '🐺🐺, a', ['🐺🐺:[UNK]', ',:,', 'a:a']],
    ['SigLIP', 'snow, wolf', ['snow,:snow', 'wolf:wo+l+f']],
    [
      'SigLIP 2',
      'a wolf, 雪里',
      ['a:a', 'wolf:wo+l+f', ',:,', '雪里:▁+<0xE9>+<0x9B>+<0xAA>+<0xE9>+<0x87>+<0x8C>'],
    ],
    ['SigLIP 2', '一只狗', ['一只:<0xE4>+<0xB8>+<0x80>+<0xE5>+<0x8F>+<0xAA>', '狗:<0xE7>+<0x8B>+<0x97>']],
    ['CLIP', '', []],
    ['CLIP', ' \n ', []],
  ])('%s: %s', (kind, text, expected) => {
    expect(shown(kind, text)).toEqual(expected);
  });

  test('belong to none where they begin and end every text', () => {
    const { tokens } = tokenizers.get('CLIP')!.words('wolf');
    expect(tokens).toEqual([
      { text: '<|startoftext|>', word: null },
      { text: 'wolf', word: 0 },
      { text: '<|endoftext|>', word: null },
    ]);
    expect(tokenizers.get('SigLIP')!.words('snow').tokens).toEqual([
      { text: 'snow', word: 0 },
      { text: '</s>', word: null },
    ]);
  });

  const scripts = fc.constantFrom(
    ...[
      "'s",
      'wolf',
      'photo',
      ',',
      '.',
      ' ',
      ' ',
      ' ',
      '\t',
      '狼',
      '雪',
      '🐺',
      'é',
      'e\u0301',
      '<|endoftext|>',
    ],
    ...['&', '&amp;', '50', '-', '“', 'Σ', 'س', '\u200d', '️'],
  );
  const texts = fc.oneof(
    fc.array(scripts, { maxLength: 12 }).map((parts) => parts.join('')),
    fc.string({ unit: 'grapheme', maxLength: 16 }),
    fc.string({ unit: 'binary', maxLength: 12 }),
  );

  test.each(Object.keys(kinds) as Kind[])('%s: are all of the text, and all of its tokens', (kind) => {
    const tokenizer = tokenizers.get(kind)!;
    fc.assert(
      fc.property(texts, (text) => {
        const { ids, truncated } = tokenizer.encode(text);
        fc.pre(!truncated);
        const { words, tokens } = tokenizer.words(text);
        const filled = kind === 'SigLIP 2' ? ids.findIndex((id) => id !== kinds[kind].padding) : 0;
        expect(filled + tokens.length).toBe(ids.length);
        let at = 0;
        for (const word of words) {
          expect(text.slice(at, word.start).trim()).toBe('');
          expect(word.text).toBe(text.slice(word.start, word.start + word.text.length));
          expect(word.text).toMatch(/\S/);
          at = word.start + word.text.length;
        }
        expect(text.slice(at).trim()).toBe('');
        const order = tokens.flatMap(({ word }) => (word === null ? [] : [word]));
        expect(order).toEqual(order.toSorted((a, b) => a - b));
        expect(words.map(({ read }) => read)).toEqual(words.map((_, i) => order.includes(i)));
      }),
      { numRuns: 150 },
    );
  });

  test('are those that are read of a text that is too long', async () => {
    const tokenizer = await open('CLIP', 5);
    const { words, tokens } = tokenizer.words('a wolf’s den');
    expect(words.map(({ text, without }) => [text, without])).toEqual([
      ['a', 'wolf’s'],
      ['wolf', 'a ’s'],
      ['’s', 'a wolf'],
    ]);
    expect(tokens.map(({ word }) => word)).toEqual([null, 0, 1, 2, null]);
  });
});

/** A tokenizer whose tokens are letters and spaces, which refuses a text that ends in "!". */
const letters: WordSplitter = {
  encode: (text) => {
    if (text.endsWith('!')) throw new ClipsightError('prompt', 'refused');
    return Array.from(text, (letter) => letter.codePointAt(0)!);
  },
  ends: (_, start, end) => Array.from({ length: end - start - 1 }, (_, i) => start + i + 1),
  splits: () => true,
};

test('what a tokenizer refuses of a part is no word by itself', () => {
  expect(wordsOf('a!b', letters, 9)).toEqual([
    { start: 0, end: 1, tokens: 1 },
    { start: 1, end: 3, tokens: 2 },
  ]);
  expect(() => wordsOf('a!', letters, 9)).toThrow('refused');
});

describe('a text without a word', () => {
  test.each<[Kind, string, string[]]>([
    ['CLIP', ' a  photo of wolf ', ['photo of wolf', 'a of wolf', 'a  photo wolf', 'a  photo of']],
    ['CLIP', 'wolf', ['']],
    // Joined, the neighbours would be another word.
    ['BERT', "wolf's", ["'s", 'wolf s', "wolf'"]],
    ['BERT', 'a, b', [', b', 'a b', 'a,']],
    ['SigLIP 2', '一只狗在', ['狗在', '一只在', '一只狗']],
  ])('%s: %s', (kind, text, expected) => {
    expect(
      tokenizers
        .get(kind)!
        .words(text)
        .words.map(({ without }) => without.trimStart()),
    ).toEqual(expected);
  });

  test('has the tokens of its other words, in a vocabulary that splits at spaces', () => {
    const tokenizer = tokenizers.get('CLIP')!;
    const word = fc.constantFrom('a', 'wolf', "'s", 'photo', 'of', ' ', ' ');
    fc.assert(
      fc.property(fc.array(word, { maxLength: 10 }), (parts) => {
        const text = parts.join('');
        const { words, tokens } = tokenizer.words(text);
        const ids = tokenizer.encode(text).ids;
        words.forEach(({ without }, i) => {
          expect(tokenizer.encode(without).ids).toEqual(ids.filter((_, t) => tokens[t]!.word !== i));
        });
      }),
      { numRuns: 100 },
    );
  });

  test('is joined where that keeps the tokens', () => {
    const words = wordsOf('abc', letters, 9);
    expect(words.map((_, i) => textWithout('abc', words, i, letters))).toEqual(['bc', 'ac', 'ab']);
  });
});

test('a token that takes the space behind a word along is its', async () => {
  const folder = temporaryFolder();
  const vocab = { a: 0, b: 1, '▁': 2, 'a▁': 3, '<e>': 4 };
  const json = {
    model: { type: 'BPE', vocab, merges: [['a', '▁']] },
    added_tokens: [{ id: 4, content: '<e>', special: true, normalized: false }],
    normalizer: { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [{ Sequence: { id: 'A', type_id: 0 } }, { SpecialToken: { id: '<e>', type_id: 0 } }],
      pair: [],
      special_tokens: {},
    },
    decoder: { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
  };
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(json));
  const tokenizer = await readTokenizer(join(folder, 'tokenizer.json'), {
    contextLength: 9,
    vocabulary: 5,
    pooling: { kind: 'argmax' },
    padding: null,
  });
  const { words, tokens } = tokenizer.words('a b');
  expect(words.map(({ text }) => text)).toEqual(['a', 'b']);
  expect(tokens.map(({ text, word }) => `${text}:${word}`)).toEqual(['a:0', 'b:1', '<e>:null']);
});
