import { Lru } from '../numeric/lru';
import { concat, normalise } from '../numeric/vector';
import { program } from '../runtime/program';
import { float32, floats, int64, type TensorData } from '../runtime/session';
import type { ClipCheckpoint, TextTower } from './architecture';
import { textProgram, tokenProgram } from './textTower';
import type { TextWords, TokenizedText, Tokenizer } from './tokenizer';

export interface TextEmbedding {
  /** u, of unit length, [embedding]. */
  readonly vector: Float32Array;
  /** Whether the text was longer than the context, so that the model read only its beginning. */
  readonly truncated: boolean;
  /** What the model read instead, where its tokenizer does not know all of the text (tokenizer.ts). */
  readonly readAs: string | null;
}

/** How much each token of a text gives to products with its embedding, to first order (`tokenProgram`). */
export interface TokenContributions extends Pick<TextWords, 'tokens' | 'words'> {
  /** u, of unit length, [embedding]. */
  readonly vector: Float32Array;
  /**
   * ⟨∂(w·u)/∂E_i, E_i⟩, one [tokens] per vector w. What fills the context, where the model reads it, is one token
   * more, of no word: all of its positions together.
   */
  readonly contributions: readonly Float32Array[];
}

export interface TextEncoder {
  /** One per text, in order. Kept by content. */
  embed(texts: readonly string[], between: () => Promise<void>): Promise<TextEmbedding[]>;
  /** For vectors w, [embedding] each, at least one. Throws ClipsightError `prompt`. */
  contributions(
    text: string,
    vectors: readonly Float32Array[],
    between: () => Promise<void>,
  ): Promise<TokenContributions>;
  release(): Promise<void>;
}

const keptTexts = 20_000;
const textsPerRun = 64;
/** The largest tensor of a run of derivatives, in bytes. */
const largestTensor = 128 * 1024 * 1024;
/** Added to the scores of tokens that must not be seen: exp of it is 0 in float32, and it stays finite in sums. */
const unseen = -1e9;

export function openTextEncoder(
  {
    text: tower,
    weightsFolder,
    embeddingSize,
  }: Pick<ClipCheckpoint, 'text' | 'weightsFolder' | 'embeddingSize'>,
  tokenizer: Tokenizer,
  threads: number | undefined,
): TextEncoder {
  const options = { folder: weightsFolder, threads, prepack: false };
  const textRun = program((g) => textProgram(g, tower), options);
  const tokenRun = program((g) => tokenProgram(g, tower), options);
  const { contextLength, causal, padding, pooling } = tower;
  if (padding === null && (!causal || pooling.kind === 'last')) {
    throw new Error('a text tower that looks at what follows the end of a text needs padding');
  }
  const kept = new Lru<TextEmbedding>(keptTexts, () => 1);

  // Without padding nothing looks at what follows the end of a text: the vocabulary's first entry does as well as any
  // there, and no text needs to be longer than the longest.
  const lengthOf = (encodings: readonly TokenizedText[]): number =>
    padding === null ? Math.max(...encodings.map(({ ids }) => ids.length)) : contextLength;
  const filled = (ids: readonly number[], length: number): readonly number[] => [
    ...ids,
    ...new Array<number>(length - ids.length).fill(padding ?? 0),
  ];
  const pooledIn = ({ ids }: TokenizedText): number =>
    pooledToken(padding === null ? ids : filled(ids, contextLength), pooling);
  /** What both programs ask of texts that are filled up to one length. */
  const positioned = (encodings: readonly TokenizedText[], length: number): Record<string, TensorData> => ({
    ids: int64(
      BigInt64Array.from(
        encodings.flatMap(({ ids }) => filled(ids, length)),
        (id) => BigInt(id),
      ),
      [encodings.length, length],
    ),
    positions: int64(
      BigInt64Array.from({ length }, (_, i) => BigInt(i)),
      [length],
    ),
    ...(causal ? { mask: float32(causalMask(length), [1, 1, length, length]) } : {}),
  });

  /** The texts' raw embeddings, one after the other. */
  const run = async (encodings: readonly TokenizedText[]): Promise<Float32Array> => {
    const length = lengthOf(encodings);
    const out = await textRun.run({
      ...positioned(encodings, length),
      pooled: int64(
        BigInt64Array.from(encodings, (encoding, text) => BigInt(text * length + pooledIn(encoding))),
        [encodings.length],
      ),
    });
    return floats(out, 'embedding');
  };

  return {
    async embed(texts, between) {
      const found = new Map<string, TextEmbedding>();
      const missing: { readonly text: string; readonly encoding: TokenizedText }[] = [];
      for (const text of new Set(texts)) {
        const known = kept.get(text);
        if (known === undefined) missing.push({ text, encoding: tokenizer.encode(text) });
        else found.set(text, known);
      }
      // Texts of like length run together: a batch is as long as its longest text.
      missing.sort((a, b) => a.encoding.ids.length - b.encoding.ids.length);
      for (let start = 0; start < missing.length; start += textsPerRun) {
        await between();
        const batch = missing.slice(start, start + textsPerRun);
        const raw = await run(batch.map(({ encoding }) => encoding));
        batch.forEach(({ text, encoding }, i) => {
          const vector = normalise(raw.subarray(i * embeddingSize, (i + 1) * embeddingSize));
          const embedding = { vector, truncated: encoding.truncated, readAs: encoding.readAs };
          found.set(text, embedding);
          kept.set(text, embedding);
        });
      }
      return texts.map((text) => found.get(text)!);
    },
    async contributions(text, vectors, between) {
      const encoding = tokenizer.encode(text);
      const { filled: before, tokens, words, padding: fill } = tokenizer.words(text);
      const length = lengthOf([encoding]);
      const after = length - encoding.ids.length;
      const pooled = pooledIn(encoding);
      // Where a token sees only those before it, what follows the one that is read out gives nothing.
      const readsAfter = after > 0 && !(causal && pooled < encoding.ids.length);
      const feeds = {
        ...positioned([encoding], length),
        pooled: float32(
          Float32Array.from({ length }, (_, i) => (i === pooled ? 1 : 0)),
          [1, 1, length],
        ),
      };
      const perRun = Math.max(
        1,
        Math.floor(largestTensor / (4 * length * Math.max(tower.mlpWidth, tower.heads * length))),
      );
      const contributions: Float32Array[] = [];
      let vector: Float32Array = new Float32Array(0);
      for (let start = 0; start < vectors.length; start += perRun) {
        await between();
        const some = vectors.slice(start, start + perRun);
        const out = await tokenRun.run({
          ...feeds,
          targets: float32(concat(some), [some.length, embeddingSize]),
        });
        vector = floats(out, 'embedding');
        const all = floats(out, 'contributions');
        for (let row = 0; row < some.length; row++) {
          const at = (from: number, to: number) => all.subarray(row * length + from, row * length + to);
          contributions.push(
            Float32Array.of(
              ...(before > 0 ? [sum(at(0, before))] : []),
              ...at(before, length - after),
              ...(readsAfter ? [sum(at(length - after, length))] : []),
            ),
          );
        }
      }
      const filling = (count: number) => ({
        text: count === 1 ? `${fill}` : `${fill} × ${count}`,
        word: null,
      });
      return {
        vector,
        tokens: [
          ...(before > 0 ? [filling(before)] : []),
          ...tokens,
          ...(readsAfter ? [filling(after)] : []),
        ],
        words,
        contributions,
      };
    },
    async release() {
      await Promise.all([textRun.release(), tokenRun.release()]);
    },
  };
}

const sum = (numbers: Float32Array): number => numbers.reduce((total, x) => total + x, 0);

/** Which token is read out (`Pooling`) of all that the tower sees of a text. */
function pooledToken(ids: readonly number[], pooling: TextTower['pooling']): number {
  switch (pooling.kind) {
    case 'argmax':
      return ids.indexOf(Math.max(...ids));
    case 'first':
      // A text without the token is read at its first position, as argmax over "equals" does in the original.
      return Math.max(0, ids.indexOf(pooling.token));
    case 'last':
      return ids.length - 1;
  }
}

/** [length, length]: row i may see columns 0…i. */
function causalMask(length: number): Float32Array {
  return Float32Array.from({ length: length * length }, (_, i) =>
    i % length > Math.floor(i / length) ? unseen : 0,
  );
}
