import { dirname, join } from 'node:path';
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import * as z from 'zod';
import { ClipsightError } from '../../shared/errors';
import { canonicalJson } from '../checkpoint/canonicalJson';
import { isAbsence, parseJson, readJson } from '../checkpoint/files';
import { canonicalSiglip, cleanText, withoutPunctuation } from './cleanText';
import { asItIs, type TextConfig, type TextPreparation } from './config';
import { readableToken, type TokenMarks } from './tokenText';
import { textWithout, type WordSplitter, wordsOf } from './words';

export interface TokenizedText {
  /**
   * The tokens of the text in the tokenizer's frame (CLIP: start, text, end); at most `contextLength`. No padding,
   * unless the tokenizer fills from the left: then all of the context.
   */
  readonly ids: readonly number[];
  /** Whether tokens of the text were left out to fit. */
  readonly truncated: boolean;
  /**
   * What the tokens spell, where that is not the text: a vocabulary without all bytes drops what it does not know,
   * as the original tokenizer does, silently. Null where nothing but case and spaces differs, and punctuation where
   * the model never reads any.
   */
  readonly readAs: string | null;
}

/** The tokens of `TokenizedText` for people, and the words that they make up. */
export interface TextWords {
  /** One for each id of the text in its frame: the last ones of `TokenizedText`. */
  readonly tokens: readonly {
    /** `readableToken`, or the name of a special token. */
    readonly text: string;
    /** Null for the frame. */
    readonly word: number | null;
  }[];
  /** The words that are read, in order (words.ts). */
  readonly words: readonly {
    /** As it stands in the text. */
    readonly text: string;
    readonly start: number;
    /** What is read of the text, without it; empty where it is the only word. */
    readonly without: string;
    /** Whether it has tokens at all. */
    readonly read: boolean;
  }[];
}

export interface Tokenizer {
  /**
   * @throws ClipsightError `prompt` when the model has no embedding for one of the tokens, or when the model's own
   * software would read another text (cleanText.ts).
   */
  encode(text: string): TokenizedText;
  /** @throws as `encode` */
  words(text: string): TextWords;
  /** What a text is filled with up to the context; null where the model does not look. */
  readonly padding: number | null;
  /** Equal if and only if what is done around tokenizer.json is. */
  readonly fingerprint: string;
}

const token = z.looseObject({ id: z.int().nonnegative(), content: z.string().min(1) });
const id = z.int().nonnegative();

/** What the library reads without checking. */
const TokenizerJson = z.looseObject({
  model: z.union([
    z.looseObject({
      type: z.literal('BPE').default('BPE'),
      vocab: z.record(z.string(), id),
      merges: z.array(z.union([z.string(), z.tuple([z.string(), z.string()])])),
      end_of_word_suffix: z.string().nullish(),
    }),
    z.looseObject({
      type: z.literal('WordPiece'),
      vocab: z.record(z.string(), id),
      unk_token: z.string(),
      continuing_subword_prefix: z.string().nullish(),
    }),
    z.looseObject({
      type: z.literal('Unigram'),
      vocab: z.array(z.tuple([z.string(), z.number()])).min(1),
      unk_id: id,
    }),
  ]),
  added_tokens: z.array(token).default([]),
  normalizer: z.looseObject({}).nullable().default(null),
  pre_tokenizer: z.looseObject({}).nullable().default(null),
  post_processor: z.looseObject({}).nullable().default(null),
  decoder: z.looseObject({}).nullable().default(null),
  padding: z.looseObject({ direction: z.string().optional(), pad_token: z.string().optional() }).nullish(),
});

const tokenName = z.union([z.string(), z.looseObject({ content: z.string() }).transform((t) => t.content)]);

const TokenizerConfigJson = z.looseObject({
  tokenizer_class: z.string().nullish(),
  bos_token: tokenName.nullish(),
  eos_token: tokenName.nullish(),
  pad_token: tokenName.nullish(),
  sep_token: tokenName.nullish(),
  padding_side: z.enum(['left', 'right']).nullish(),
  do_lower_case: z.boolean().nullish(),
});

type TokenizerJson = z.output<typeof TokenizerJson>;
type TokenizerConfigJson = z.output<typeof TokenizerConfigJson>;

/**
 * The tokenizer of a model: `tokenizer.json` and, where there is one, the `tokenizer_config.json` beside it. Gives the
 * ids that the model's own software gives with truncation to the context: transformers' tokenizers, or open_clip's
 * with what it does to a text before (`preparation`).
 *
 * CLIP's byte pairs always come between its start and end tokens. Other tokenizers (SigLIP, BERT …) put around a text
 * what their post-processor does.
 *
 * @throws ClipsightError `checkpoint`
 */
export async function readTokenizer(
  file: string,
  text: Pick<TextConfig, 'contextLength' | 'vocabulary' | 'pooling' | 'padding'>,
  preparation: TextPreparation = asItIs,
): Promise<Tokenizer> {
  const json = parseJson(TokenizerJson, await readJson(file, 'checkpoint'), file, 'checkpoint');
  const config = await readTokenizerConfig(file);
  const library = build(json, config, file);
  const frame = isClip(json) ? clipFrame(library, config, file) : ownFrame(library, file);
  demandFit(frame, text, file);

  const { contextLength, vocabulary } = text;
  const padding = paddingOf(library, json, config, text.padding, preparation, file);
  const fromLeft = padding !== null && paddingSide(json, config) === 'left';
  const separator = preparation.separatorIsPadding ? separatorOf(library, config, file) : undefined;
  const prepare = preparationOf(json, config, preparation);
  const room = contextLength - frame.before.length - frame.after.length;
  const dropsPunctuation =
    preparation.cleaning === 'canonicalize' ||
    config.tokenizer_class === 'SiglipTokenizer' ||
    removesPunctuation(json);
  const letters = (text: string): string => lettersOf(dropsPunctuation ? withoutPunctuation(text) : text);
  const contentOf = (text: string): readonly number[] =>
    library.encode(prepare(text), { add_special_tokens: false }).ids;
  const marks = marksOf(json);
  const splitter = { encode: contentOf, ...splitsOf(library, marks) };
  const added = library.get_added_tokens_decoder();
  const asRead = (id: number): number => (id === separator ? 0 : id);
  const readable = (id: number): string => {
    const token = library.id_to_token(id) ?? String(id);
    return added.has(id) ? token : readableToken(token, marks);
  };
  const shown = (id: number, word: number | null) => ({ text: readable(asRead(id)), word });

  return {
    padding,
    fingerprint: canonicalJson({
      frame,
      padding,
      fromLeft,
      separator: separator ?? null,
      preparation,
      config,
    }),
    encode(text) {
      const content = contentOf(text);
      const framed = [...frame.before, ...content.slice(0, room), ...frame.after];
      const ids = framed.map(asRead);
      const unknown = ids.find((id) => id >= vocabulary);
      if (unknown !== undefined) {
        throw new ClipsightError(
          'prompt',
          `"${text}" has token ${unknown}, the model knows ${vocabulary}.`,
          'Use another wording, or a tokenizer.json that belongs to the model.',
        );
      }
      // The library refuses to spell nothing.
      const read = content.length === 0 ? '' : library.decode([...content], { skip_special_tokens: true });
      const readAs = letters(read) === letters(text) ? null : read;
      const fill = fromLeft ? Array.from({ length: contextLength - ids.length }, () => padding) : [];
      return { ids: [...fill, ...ids], truncated: content.length > room, readAs };
    },
    words(text) {
      const content = contentOf(text).slice(0, room);
      const words = wordsOf(text, splitter, room);
      const wordOf = words.flatMap(({ tokens }, word) => Array.from({ length: tokens }, () => word));
      return {
        tokens: [
          ...frame.before.map((id) => shown(id, null)),
          ...content.map((id, i) => shown(id, wordOf[i]!)),
          ...frame.after.map((id) => shown(id, null)),
        ],
        words: words.map(({ start, end, tokens }, word) => ({
          text: text.slice(start, end),
          start,
          without: textWithout(text, words, word, splitter),
          read: tokens > 0,
        })),
      };
    },
  };
}

/** The special tokens around a text. */
interface Frame {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** The byte pairs of CLIP mark the ends of words, which other tokenizers do not. */
function isClip({ model }: TokenizerJson): boolean {
  return model.type === 'BPE' && model.end_of_word_suffix === '</w>';
}

function marksOf(json: TokenizerJson): TokenMarks {
  const { model, pre_tokenizer, decoder } = json;
  return {
    endOfWord: model.type === 'BPE' ? (model.end_of_word_suffix ?? null) : null,
    continuing: model.type === 'WordPiece' ? (model.continuing_subword_prefix ?? '##') : null,
    byteLevel: JSON.stringify([pre_tokenizer, decoder]).includes('"ByteLevel"'),
  };
}

/**
 * Where words end that nothing separates: where the tokenizer marks an end, and where it marks none by the rules of
 * Unicode, as between a word and a comma, or within a sentence of Chinese.
 */
function splitsOf(
  library: HuggingFaceTokenizer,
  { endOfWord, continuing }: TokenMarks,
): Pick<WordSplitter, 'ends' | 'splits'> {
  const token = (id: number): string => library.id_to_token(id) ?? '';
  const anywhere = (text: string, start: number, end: number): readonly number[] => {
    const lengths = Array.from(text.slice(start, end), (character) => character.length).slice(0, -1);
    let at = start;
    return lengths.map((length) => {
      at += length;
      return at;
    });
  };
  if (endOfWord !== null) return { ends: anywhere, splits: (before) => token(before).endsWith(endOfWord) };
  if (continuing !== null)
    return { ends: anywhere, splits: (_, after) => !token(after).startsWith(continuing) };
  const segmenter = new Intl.Segmenter('en', { granularity: 'word' });
  return {
    ends: (text, start, end) =>
      Array.from(segmenter.segment(text.slice(start, end)), ({ index }) => start + index).slice(1),
    splits: () => true,
  };
}

/** By name, the defaults being those of transformers' `CLIPTokenizer`. */
function clipFrame(library: HuggingFaceTokenizer, config: TokenizerConfigJson, file: string): Frame {
  const start = specialToken(library, config.bos_token ?? '<|startoftext|>', file);
  const end = specialToken(library, config.eos_token ?? '<|endoftext|>', file);
  const frame = library.encode('').ids;
  if (frame.length > 0 && (frame.length !== 2 || frame[0] !== start || frame[1] !== end)) {
    throw inconsistent(file, `puts the tokens ${frame.join(', ')} around a text, not ${start} and ${end}`);
  }
  return { before: [start], after: [end] };
}

/** What the post-processor puts around any text. */
function ownFrame(library: HuggingFaceTokenizer, file: string): Frame {
  const frame = library.encode('').ids;
  const probe = library.encode('a', { add_special_tokens: false }).ids;
  const whole = library.encode('a').ids.join();
  const splits = frame.flatMap((_, i) => {
    const split = { before: frame.slice(0, i), after: frame.slice(i) };
    return [...split.before, ...probe, ...split.after].join() === whole ? [split] : [];
  });
  const [only, another] = splits;
  // Texts without an end are not what any such model was trained on.
  if (only !== undefined && another === undefined) return only;
  throw inconsistent(
    file,
    `puts ${frame.length === 0 ? 'no token' : `the tokens ${frame.join(', ')}`} around a text, of which none ends it`,
  );
}

function demandFit(
  { before, after }: Frame,
  { contextLength, vocabulary, pooling }: Pick<TextConfig, 'contextLength' | 'vocabulary' | 'pooling'>,
  file: string,
): void {
  const end = after.at(-1);
  const largest = Math.max(...before, ...after);
  if (largest >= vocabulary) {
    throw inconsistent(file, `frames texts with token ${largest}, the text tower knows ${vocabulary} tokens`);
  }
  if (pooling.kind === 'first' && pooling.token !== end) {
    throw inconsistent(
      file,
      `ends texts with token ${end}, the configuration (eos_token_id) with ${pooling.token}`,
    );
  }
  if (before.length + after.length >= contextLength) {
    throw inconsistent(file, `leaves no room for a text in a context of ${contextLength} tokens`);
  }
}

/** `inModel` is null where nothing looks at what follows a text. */
function paddingOf(
  library: HuggingFaceTokenizer,
  json: TokenizerJson,
  config: TokenizerConfigJson,
  inModel: number | null,
  preparation: TextPreparation,
  file: string,
): number | null {
  if (inModel === null) return null;
  if (preparation.padding === 'zero') return 0;
  const byClass: Readonly<Record<string, string>> = { SiglipTokenizer: '</s>', Siglip2Tokenizer: '<pad>' };
  const named = config.pad_token ?? json.padding?.pad_token ?? byClass[config.tokenizer_class ?? ''];
  if (named !== undefined) return specialToken(library, named, file);
  // BERT's own settings leave it out. That of others is not to be guessed: SigLIP has a <pad> and fills with </s>.
  if (json.model.type === 'WordPiece') return specialToken(library, '[PAD]', file);
  throw inconsistent(file, 'names no token to fill a text up with (pad_token), and the model looks at it');
}

function paddingSide(json: TokenizerJson, config: TokenizerConfigJson): 'left' | 'right' {
  const inFile = json.padding?.direction?.toLowerCase();
  const byClass = /^(Siglip2|Gemma)Tokenizer/.test(config.tokenizer_class ?? '') ? 'left' : 'right';
  return config.padding_side ?? (inFile === 'left' || inFile === 'right' ? inFile : byClass);
}

function separatorOf(library: HuggingFaceTokenizer, config: TokenizerConfigJson, file: string): number {
  return specialToken(library, config.sep_token ?? '[SEP]', file);
}

/** A text as it is handed to tokenizer.json. */
function preparationOf(
  json: TokenizerJson,
  config: TokenizerConfigJson,
  { cleaning }: TextPreparation,
): (text: string) => string {
  const byClass = ((): ((text: string) => string) => {
    switch (config.tokenizer_class) {
      case 'SiglipTokenizer':
        return (text) => canonicalSiglip(text, config.do_lower_case ?? true);
      case 'Siglip2Tokenizer':
        return (text) => letterByLetter(text).toLowerCase();
      default:
        return JSON.stringify(json.normalizer).includes('"Lowercase"') ? letterByLetter : (text) => text;
    }
  })();
  return (text) => byClass(cleanText(text, cleaning));
}

/** JavaScript writes a sigma that ends a word as ς, the tokenizers library lower-cases letter by letter. */
function letterByLetter(text: string): string {
  return text.replaceAll('Σ', 'σ');
}

/** Whether the normalizer replaces all punctuation by nothing, as those of SigLIP do. */
function removesPunctuation({ normalizer }: TokenizerJson): boolean {
  const steps = normalizer?.type === 'Sequence' ? normalizer.normalizers : [normalizer];
  return (
    Array.isArray(steps) &&
    steps.some(
      (step: { content?: unknown; pattern?: unknown } | null) =>
        step?.content === '' && ['!', '.', '?'].every((mark) => JSON.stringify(step.pattern).includes(mark)),
    )
  );
}

/** What is left of a text when case and spaces do not count. */
function lettersOf(text: string): string {
  return text.normalize('NFC').toLowerCase().replaceAll('ς', 'σ').replace(/\s+/g, '');
}

async function readTokenizerConfig(tokenizerFile: string): Promise<TokenizerConfigJson> {
  const file = join(dirname(tokenizerFile), 'tokenizer_config.json');
  let json: unknown = {};
  try {
    json = await readJson(file, 'checkpoint');
  } catch (thrown) {
    if (!isAbsence(thrown)) throw thrown;
  }
  return parseJson(TokenizerConfigJson, json, file, 'checkpoint');
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
