import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readClip } from '../../src/engine/clip/checkpoint';
import { readTokenizer, type Tokenizer } from '../../src/engine/clip/tokenizer';

const root = join(import.meta.dirname, '../..');
const demo = join(root, 'models/emoji-clip');
/** The real CLIP vocabulary is not part of the repository: its tests are skipped where it is not beside it. */
const clipFile = join(root, '../shared/clip-bpe/tokenizer.json');

function golden(name: string) {
  return JSON.parse(readFileSync(join(import.meta.dirname, name), 'utf8'));
}

/** Ids by Hugging Face's tokenizers library; written by tools/tokenizer/reference.py. */
const cases: readonly { text: string; demo: number[]; clip: number[] }[] = golden('tokenizer-reference.json');

describe('the demo vocabulary', () => {
  let tokenizer: Tokenizer;
  beforeAll(async () => {
    const { text } = await readClip(demo);
    tokenizer = await readTokenizer(join(demo, 'tokenizer.json'), text);
  });

  test('gives the ids that the model’s own reference used', () => {
    const texts: Record<string, { ids: number[] }> = golden('demo-reference.json').texts;
    expect(Object.keys(texts).length).toBeGreaterThan(0);
    for (const [prompt, { ids }] of Object.entries(texts)) {
      expect(tokenizer.encode(prompt), prompt).toMatchObject({ ids, truncated: false });
    }
  });

  test.each(cases)('$text', ({ text, demo: ids }) => {
    expect(tokenizer.encode(text).ids).toEqual(ids);
  });
});

describe.skipIf(!existsSync(clipFile))(
  'the real CLIP vocabulary (skipped without ../shared/clip-bpe)',
  () => {
    let tokenizer: Tokenizer;
    beforeAll(async () => {
      const pooling = { kind: 'first', token: 49407 } as const;
      tokenizer = await readTokenizer(clipFile, {
        contextLength: 77,
        vocabulary: 49408,
        pooling,
        padding: null,
      });
    });

    test.each(cases)('$text', ({ text, clip: ids }) => {
      expect(tokenizer.encode(text).ids).toEqual(ids);
    });

    test('what everyone knows', () => {
      expect(tokenizer.encode('a photo of a cat')).toEqual({
        ids: [49406, 320, 1125, 539, 320, 2368, 49407],
        truncated: false,
        readAs: null,
      });
      // All bytes are in the vocabulary: nothing is ever dropped.
      for (const text of ["A wolf's den, 50 % off!", 'Ein Wölfchen 狼 🐺', 'cafe\u0301 ΣΑΣ']) {
        expect(tokenizer.encode(text).readAs).toBeNull();
      }
      expect(tokenizer.encode('dog '.repeat(75))).toMatchObject({ ids: { length: 77 }, truncated: false });
      expect(tokenizer.encode('dog '.repeat(76))).toMatchObject({ ids: { length: 77 }, truncated: true });
    });
  },
);
