import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { TextPreparation } from '../../../src/engine/clip/config';
import { readTokenizer } from '../../../src/engine/clip/tokenizer';
import { expectError } from '../../support/expectError';
import { temporaryFolder } from '../../support/temporaryFolder';

const text = { contextLength: 8, vocabulary: 100, pooling: { kind: 'last' }, padding: 7 } as const;
const special = (id: number, content: string) => ({
  ...{ id, content, special: true, single_word: false, lstrip: false, rstrip: false, normalized: false },
});
const template = (...single: (string | null)[]) => ({
  type: 'TemplateProcessing',
  single: single.map((id) =>
    id === null ? { Sequence: { id: 'A', type_id: 0 } } : { SpecialToken: { id, type_id: 0 } },
  ),
  pair: [],
  special_tokens: {},
});

/** As BERT's: [CLS] text [SEP]. */
const bert = {
  model: {
    type: 'WordPiece',
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
    vocab: { '[PAD]': 0, '[UNK]': 1, '[CLS]': 2, '[SEP]': 3, a: 4, dog: 5, '##s': 6 },
  },
  added_tokens: ['[PAD]', '[UNK]', '[CLS]', '[SEP]'].map((content, id) => special(id, content)),
  normalizer: {
    type: 'BertNormalizer',
    ...{ clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true },
  },
  pre_tokenizer: { type: 'BertPreTokenizer' },
  post_processor: template('[CLS]', null, '[SEP]'),
  decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
};

/** As SigLIP's: text </s>. */
const unigram = {
  model: {
    type: 'Unigram',
    unk_id: 2,
    vocab: [
      ...[
        ['<pad>', 0],
        ['</s>', 0],
        ['<unk>', 0],
        ['▁a', -2],
        ['▁dog', -3],
        ['s', -4],
      ],
      ...[...'▁adgo'].map((letter) => [letter, -6]),
    ],
  },
  added_tokens: [special(0, '<pad>'), special(1, '</s>'), special(2, '<unk>')],
  normalizer: { type: 'Lowercase' },
  pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true },
  post_processor: template(null, '</s>'),
  decoder: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true },
};

function write(json: object, config?: object): string {
  const folder = temporaryFolder();
  if (config !== undefined) writeFileSync(join(folder, 'tokenizer_config.json'), JSON.stringify(config));
  const file = join(folder, 'tokenizer.json');
  writeFileSync(file, JSON.stringify(json));
  return file;
}

describe("BERT's tokenizer", () => {
  test('puts its frame around a text, and fills it with its own token', async () => {
    const tokenizer = await readTokenizer(write(bert), text);
    expect(tokenizer.padding).toBe(0);
    expect(tokenizer.encode('A Dogs')).toEqual({ ids: [2, 4, 5, 6, 3], truncated: false, readAs: null });
    expect(tokenizer.encode('').ids).toEqual([2, 3]);
    expect(tokenizer.encode('a '.repeat(7))).toMatchObject({
      ids: [2, 4, 4, 4, 4, 4, 4, 3],
      truncated: true,
    });
    expect(tokenizer.encode('a cat').readAs).toBe('a');
  });

  test('has 0 for its separator where the model was trained so (CLIPA)', async () => {
    const clipa: TextPreparation = { cleaning: 'whitespace', separatorIsPadding: true, padding: 'tokenizer' };
    const tokenizer = await readTokenizer(write(bert), text, clipa);
    expect(tokenizer.encode('a dog [SEP]').ids).toEqual([2, 4, 5, 0, 0]);
    expect(tokenizer.words('a').tokens.map((token) => token.text)).toEqual(['[CLS]', 'a', '[PAD]']);
    expect(tokenizer.fingerprint).not.toBe((await readTokenizer(write(bert), text)).fingerprint);
  });
});

describe("SigLIP's tokenizer", () => {
  test('puts only an end behind a text', async () => {
    const tokenizer = await readTokenizer(write(unigram, { pad_token: '</s>' }), text);
    expect(tokenizer.padding).toBe(1);
    expect(tokenizer.encode('A dogs')).toEqual({ ids: [3, 4, 5, 1], truncated: false, readAs: null });
    expect(tokenizer.encode('a '.repeat(8))).toMatchObject({ ids: { length: 8 }, truncated: true });
  });

  test('reads a text without punctuation where its own software does, and does not say so each time', async () => {
    for (const config of [{ tokenizer_class: 'SiglipTokenizer' }, {}]) {
      const preparation: TextPreparation = {
        cleaning: 'canonicalize',
        separatorIsPadding: false,
        padding: 'zero',
      };
      const own = 'tokenizer_class' in config ? undefined : preparation;
      const tokenizer = await readTokenizer(write(unigram, config), text, own);
      expect(tokenizer.encode(' "A", dogs!? ')).toEqual({
        ids: [3, 4, 5, 1],
        truncated: false,
        readAs: null,
      });
    }
  });

  test('fills with what its configuration, its file or its class says', async () => {
    const padding = { direction: 'Right', pad_token: '</s>' };
    expect((await readTokenizer(write({ ...unigram, padding }), text)).padding).toBe(1);
    expect((await readTokenizer(write({ ...unigram, padding }, { pad_token: '<pad>' }), text)).padding).toBe(
      0,
    );
    const siglip = { tokenizer_class: 'SiglipTokenizer' };
    expect((await readTokenizer(write(unigram, siglip), text)).padding).toBe(1);
    // It has a <pad>, which SigLIP does not fill with.
    await expectError(readTokenizer(write(unigram), text), 'checkpoint', 'pad_token');
    expect((await readTokenizer(write(unigram), { ...text, padding: null })).padding).toBeNull();
  });

  test('fills from the left where that is said', async () => {
    const left = { pad_token: '<pad>', padding_side: 'left' };
    const tokenizer = await readTokenizer(write(unigram, left), text);
    expect(tokenizer.encode('a dogs').ids).toEqual([0, 0, 0, 0, 3, 4, 5, 1]);
    expect(tokenizer.padding).toBe(0);
  });

  test('of SigLIP 2 is given small letters', async () => {
    const cased = { ...unigram, normalizer: null };
    const tokenizer = await readTokenizer(
      write(cased, { tokenizer_class: 'Siglip2Tokenizer', padding_side: 'right' }),
      text,
    );
    expect(tokenizer.encode('A DOGS').ids).toEqual([3, 4, 5, 1]);
  });
});

describe('what is refused', () => {
  test.each<[string, object, object, ...parts: string[]]>([
    ['a tokenizer that ends no text', { ...unigram, post_processor: null }, text, 'no token around a text'],
    ['an end that the model has no embedding for', unigram, { ...text, vocabulary: 1 }, 'token 1'],
    [
      'another end than the model is read at',
      unigram,
      { ...text, pooling: { kind: 'first', token: 9 } },
      'token 1',
      '9',
    ],
    ['a context without room', bert, { ...text, contextLength: 2 }, 'no room'],
    ['an unknown token to fill with', { ...unigram, padding: { pad_token: '<fill>' } }, text, '"<fill>"'],
  ])('%s', async (_name, json, changes, ...parts) => {
    await expectError(readTokenizer(write(json), { ...text, ...changes }), 'checkpoint', ...parts);
  });
});
