import { dirname, join } from 'node:path';
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import * as z from 'zod';
import { ClipsightError } from '../../shared/errors';
import { parseJson, readJson } from '../checkpoint/files';
import type { TextConfig } from './config';

export interface TokenizedText {
  /** Start token, the text's tokens, end token; at most `contextLength`, no padding. */
  readonly ids: readonly number[];
  /** Whether tokens of the text were left out to fit. */
  readonly truncated: boolean;
  /**
   * What the tokens spell, where that is not the text: a vocabulary without all bytes drops what it does not know,
   * as the original tokenizer does, silently. Null where nothing but case and spaces differs.
   */
  readonly readAs: string | null;
}

export interface Tokenizer {
  /** @throws ClipsightError `prompt` when the model has no embedding for one of the tokens. */
  encode(text: string): TokenizedText;
}

/** What the library reads without checking. */
const TokenizerJson = z.looseObject({
  model: z.looseObject({
    type: z.literal('BPE').default('BPE'),
    vocab: z.record(z.string(), z.int().nonnegative()),
    merges: z.array(z.union([z.string(), z.tuple([z.string(), z.string()])])),
  }),
  added_tokens: z.array(z.looseObject({ id: z.int().nonnegative(), content: z.string().min(1) })).default([]),
  normalizer: z.looseObject({}).nullable().default(null),
  pre_tokenizer: z.looseObject({}).nullable().default(null),
  post_processor: z.looseObject({}).nullable().default(null),
  decoder: z.looseObject({}).nullable().default(null),
});

const tokenName = z.union([z.string(), z.looseObject({ content: z.string() }).transform((t) => t.content)]);

/** The defaults are those of transformers' `CLIPTokenizer`. */
const TokenizerConfigJson = z.looseObject({
  bos_token: tokenName.default('<|startoftext|>'),
  eos_token: tokenName.default('<|endoftext|>'),
});

/**
 * The tokenizer of a Hugging Face CLIP folder: `tokenizer.json` and, where there is one, the
 * `tokenizer_config.json` beside it. Gives the ids that transformers' CLIP tokenizer gives with
 * `truncation=True` and no padding; there is no ftfy and no unescaping of HTML, as there is none there.
 *
 * @throws ClipsightError `checkpoint`
 */
export async function readTokenizer(
  file: string,
  { contextLength, vocabulary, pooling }: Pick<TextConfig, 'contextLength' | 'vocabulary' | 'pooling'>,
): Promise<Tokenizer> {
  const json = parseJson(TokenizerJson, await readJson(file, 'checkpoint'), file, 'checkpoint');
  const config = await readTokenizerConfig(file);
  const library = build(json, config, file);
  const start = specialToken(library, config.bos_token, file);
  const end = specialToken(library, config.eos_token, file);

  const frame = library.encode('').ids;
  if (frame.length > 0 && (frame.length !== 2 || frame[0] !== start || frame[1] !== end)) {
    throw inconsistent(file, `puts the tokens ${frame.join(', ')} around a text, not ${start} and ${end}`);
  }
  if (Math.max(start, end) >= vocabulary) {
    throw inconsistent(file, `ends texts with token ${end}, the text tower knows ${vocabulary} tokens`);
  }
  if (pooling.kind === 'first' && pooling.token !== end) {
    throw inconsistent(
      file,
      `ends texts with token ${end}, config.json (eos_token_id) with ${pooling.token}`,
    );
  }

  const lowercases = JSON.stringify(json.normalizer).includes('"Lowercase"');
  return {
    encode(text) {
      // JavaScript writes a sigma that ends a word as ς, the original tokenizer lower-cases letter by letter.
      const spelled = lowercases ? text.replaceAll('Σ', 'σ') : text;
      const content = library.encode(spelled, { add_special_tokens: false }).ids;
      const ids = [start, ...content.slice(0, contextLength - 2), end];
      const unknown = ids.find((id) => id >= vocabulary);
      if (unknown !== undefined) {
        throw new ClipsightError(
          'prompt',
          `"${text}" has token ${unknown}, the model knows ${vocabulary}.`,
          'Use another wording, or a tokenizer.json that belongs to the model.',
        );
      }
      // The library refuses to spell nothing.
      const read = content.length === 0 ? '' : library.decode(content, { skip_special_tokens: true });
      const readAs = letters(read) === letters(spelled) ? null : read;
      return { ids, truncated: ids.length < content.length + 2, readAs };
    },
  };
}

/** What is left of a text when case and spaces do not count. */
function letters(text: string): string {
  return text.normalize('NFC').toLowerCase().replace(/\s+/g, '');
}

async function readTokenizerConfig(tokenizerFile: string): Promise<z.output<typeof TokenizerConfigJson>> {
  const file = join(dirname(tokenizerFile), 'tokenizer_config.json');
  let json: unknown = {};
  try {
    json = await readJson(file, 'checkpoint');
  } catch (thrown) {
    if (!(thrown instanceof ClipsightError && isMissing(thrown.cause))) {
      throw thrown;
    }
  }
  return parseJson(TokenizerConfigJson, json, file, 'checkpoint');
}

function isMissing(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
}

function build(json: object, config: object, file: string): HuggingFaceTokenizer {
  try {
    return new HuggingFaceTokenizer(json, config);
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new ClipsightError(
      'checkpoint',
      `${file} describes a tokenizer that cannot be built: ${reason}.`,
      'Download it again from where the model came from.',
      { cause: thrown },
    );
  }
}

function specialToken(library: HuggingFaceTokenizer, name: string, file: string): number {
  const id = library.token_to_id(name);
  if (id === undefined) {
    throw inconsistent(file, `has no token "${name}"`);
  }
  return id;
}

function inconsistent(file: string, problem: string): ClipsightError {
  return new ClipsightError(
    'checkpoint',
    `${file} ${problem}.`,
    'Download tokenizer.json, tokenizer_config.json and config.json again from where the model came from.',
  );
}
