import { Lru } from '../numeric/lru';
import { concat, normalise } from '../numeric/vector';
import { witness } from '../runtime/device/witness';
import { program } from '../runtime/program';
import { float32, floats, int64, type TensorData } from '../runtime/session';
import type { Sessions } from '../runtime/sessions';
import type { ClipCheckpoint, TextTower } from './architecture';
import { textProgram, tokenProgram } from './textTower';
import { integrateTokens, type TokenContributions } from './tokenContributions';
import type { TokenizedText, Tokenizer } from './tokenizer';

export interface TextEmbedding {
  /** u, of unit length, [embedding]. */
  readonly vector: Float32Array;
  /** Whether the text was longer than the context, so that the model read only its beginning. */
  readonly truncated: boolean;
  /** What the model read instead, where its tokenizer does not know all of the text (tokenizer.ts). */
  readonly readAs: string | null;
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
  sessions?: Sessions,
): TextEncoder {
  const options = { folder: weightsFolder, sessions, prepack: false };
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

  const pooledRows = (encodings: readonly TokenizedText[], length: number): TensorData =>
    int64(
      BigInt64Array.from(encodings, (encoding, text) => BigInt(text * length + pooledIn(encoding))),
      [encodings.length],
    );
  const onlyToken = (chosen: number, length: number): TensorData =>
    float32(
      Float32Array.from({ length }, (_, i) => (i === chosen ? 1 : 0)),
      [1, 1, length],
    );

  const [short, long] = witnessTexts(tower);
  // A text's rows are not divided: what is read out of them is named by its place among all.
  const textRun = program((g) => textProgram(g, tower), {
    ...options,
    name: 'text tower',
    witness: witness(
      {},
      {},
      {
        ...positioned([short, long], lengthOf([long])),
        pooled: pooledRows([short, long], lengthOf([long])),
      },
    ),
  });
  const tokenRun = program((g) => tokenProgram(g, tower), {
    ...options,
    name: 'text tower in reverse mode',
    rows: 'targets',
    witness: witness(
      { targets: 2 },
      {},
      {
        ...positioned([long], lengthOf([long])),
        baseline: positioned([{ ...long, ids: long.ids.toReversed() }], lengthOf([long])).ids!,
        along: float32(Float32Array.of(0.5), [1, 1, 1]),
        pooled: onlyToken(pooledIn(long), lengthOf([long])),
      },
    ),
  });

  /** The texts' raw embeddings, one after the other. */
  const run = async (encodings: readonly TokenizedText[]): Promise<Float32Array> => {
    const length = lengthOf(encodings);
    const out = await textRun.run({
      ...positioned(encodings, length),
      pooled: pooledRows(encodings, length),
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
      const { ids } = encoding;
      const { tokens, words } = tokenizer.words(text);
      const length = lengthOf([encoding]);
      const before = ids.length - tokens.length;
      const end = ids.at(-1)!;
      const baseline = ids.map((id, i) => (i < before || tokens[i - before]!.word === null ? id : end));
      const feeds = {
        ...positioned([encoding], length),
        baseline: positioned([{ ...encoding, ids: baseline }], length).ids!,
        pooled: onlyToken(pooledIn(encoding), length),
      };
      const perRun = Math.max(
        1,
        Math.floor(largestTensor / (4 * length * Math.max(tower.mlpWidth, tower.heads * length))),
      );
      const at = async (along: number, some: readonly Float32Array[]) => {
        await between();
        const out = await tokenRun.run({
          ...feeds,
          along: float32(Float32Array.of(along), [1, 1, 1]),
          targets: float32(concat(some), [some.length, embeddingSize]),
        });
        const all = floats(out, 'contributions');
        const ofText = (row: number) => all.subarray(row * length + before, row * length + ids.length);
        return { u: floats(out, 'embedding'), contributions: some.map((_, row) => ofText(row)) };
      };
      const integrated = await integrateTokens(at, vectors, { tokens: tokens.length, perRun });
      return { tokens, words, ...integrated };
    },
    async release() {
      await Promise.all([textRun.release(), tokenRun.release()]);
    },
  };
}

/** Two made of any tokens, the second as long as a sentence. */
function witnessTexts({ tokenEmbedding, contextLength }: TextTower): readonly [TokenizedText, TokenizedText] {
  const vocabulary = tokenEmbedding.shape[0]!;
  const text = (length: number): TokenizedText => ({
    ids: Array.from({ length: Math.min(length, contextLength) }, (_, i) => ((i + 1) * 7919) % vocabulary),
    truncated: false,
    readAs: null,
  });
  return [text(5), text(16)];
}

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
