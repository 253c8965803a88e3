import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { TextConfig } from '../../../src/engine/clip/config';
import { readTokenizer } from '../../../src/engine/clip/tokenizer';
import { expectError } from '../../support/expectError';
import { temporaryFolder } from '../../support/temporaryFolder';

const demoFile = join(import.meta.dirname, '../../../models/emoji-clip/tokenizer.json');
const demo = JSON.parse(readFileSync(demoFile, 'utf8'));

type Text = Pick<TextConfig, 'contextLength' | 'vocabulary' | 'pooling' | 'padding'>;
const text: Text = {
  contextLength: 24,
  vocabulary: 892,
  pooling: { kind: 'first', token: 891 },
  padding: null,
};

/** A folder with the demo's tokenizer, changed, and perhaps a tokenizer_config.json. */
function write(changes: object | string, config?: object | string): string {
  const folder = temporaryFolder();
  const file = join(folder, 'tokenizer.json');
  const asText = (content: object | string) =>
    typeof content === 'string' ? content : JSON.stringify(content);
  writeFileSync(file, asText(typeof changes === 'string' ? changes : { ...demo, ...changes }));
  if (config !== undefined) {
    writeFileSync(join(folder, 'tokenizer_config.json'), asText(config));
  }
  return file;
}

describe('encode', () => {
  test('puts start and end around the text, once', async () => {
    const tokenizer = await readTokenizer(demoFile, text);
    expect(tokenizer.encode('')).toEqual({ ids: [890, 891], truncated: false, readAs: null });
    expect(tokenizer.encode('a dog')).toMatchObject({ ids: [890, 270, 432, 891], truncated: false });
  });

  test('cuts a text that is too long, the end token stays last', async () => {
    const tokenizer = await readTokenizer(demoFile, { ...text, contextLength: 4 });
    expect(tokenizer.encode('dog dog')).toMatchObject({ ids: [890, 432, 432, 891], truncated: false });
    expect(tokenizer.encode('dog dog a')).toMatchObject({ ids: [890, 432, 432, 891], truncated: true });
  });

  test('says what it read where it does not know all of a text', async () => {
    const tokenizer = await readTokenizer(demoFile, text);
    expect(tokenizer.encode('A Photo  of a WOLF').readAs).toBeNull();
    expect(tokenizer.encode("a wolf's den.").readAs).toBe("a wolf's den");
  });

  test('does not depend on the post-processor, where the special tokens have their names', async () => {
    const tokenizer = await readTokenizer(write({ post_processor: null }), text);
    expect(tokenizer.encode('a dog').ids).toEqual([890, 270, 432, 891]);
  });

  test('ignores padding and truncation that tokenizer.json asks for', async () => {
    const padding = { strategy: { Fixed: 12 }, pad_id: 891, pad_token: '<|endoftext|>' };
    const tokenizer = await readTokenizer(write({ padding, truncation: { max_length: 3 } }), text);
    expect(tokenizer.encode('a dog dog').ids).toEqual([890, 270, 432, 432, 891]);
  });

  test('finds the special tokens by the names in tokenizer_config.json', async () => {
    const renamed = JSON.parse(JSON.stringify(demo).replaceAll('<|startoftext|>', '<s>'));
    for (const bos_token of ['<s>', { content: '<s>', lstrip: false }]) {
      const tokenizer = await readTokenizer(write(renamed, { bos_token }), text);
      expect(tokenizer.encode('a dog').ids).toEqual([890, 270, 432, 891]);
    }
    await expectError(readTokenizer(write(renamed), text), 'checkpoint', 'no token "<|startoftext|>"');
  });

  test('refuses a token that the model has no embedding for', async () => {
    const added_tokens = [...demo.added_tokens, { id: 892, content: '<new>', special: true }];
    const tokenizer = await readTokenizer(write({ added_tokens }), text);
    expect(tokenizer.encode('a dog').ids).toEqual([890, 270, 432, 891]);
    await expectError((async () => tokenizer.encode('a <new> dog'))(), 'prompt', 'a <new> dog', '892');
  });
});

describe('what is refused', () => {
  const swapped = { ...demo.post_processor, cls: demo.post_processor.sep, sep: demo.post_processor.cls };
  const refused: [name: string, file: () => string, Text, ...parts: string[]][] = [
    ['no file', () => join(temporaryFolder(), 'tokenizer.json'), text, 'does not exist'],
    ['no JSON', () => write('{'), text, 'not valid JSON'],
    ['another kind of model', () => write({ model: { type: 'WordLevel', vocab: {} } }), text, 'model'],
    [
      'an unknown normalizer',
      () => write({ normalizer: { type: 'Rot13' } }),
      text,
      'cannot be built',
      'Rot13',
    ],
    ['another frame than the named tokens', () => write({ post_processor: swapped }), text, '891, 890'],
    ['a broken tokenizer_config.json', () => write({}, '{'), text, 'tokenizer_config.json', 'not valid JSON'],
    ['special tokens beyond the embedding', () => demoFile, { ...text, vocabulary: 891 }, '891 tokens'],
    [
      'another end token than config.json has',
      () => demoFile,
      { ...text, pooling: { kind: 'first', token: 49407 } },
      'eos_token_id',
      '49407',
    ],
  ];
  test.each(refused)('%s', async (_name, file, config, ...parts) => {
    const path = file();
    await expectError(readTokenizer(path, config), 'checkpoint', ...parts);
  });

  test('the end token is not compared where pooling takes the highest id', async () => {
    const tokenizer = await readTokenizer(demoFile, { ...text, pooling: { kind: 'argmax' } });
    expect(tokenizer.encode('').ids).toEqual([890, 891]);
  });
});
