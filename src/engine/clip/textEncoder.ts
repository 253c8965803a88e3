import { Lru } from '../numeric/lru';
import { normalise } from '../numeric/vector';
import { program } from '../runtime/program';
import { float32, floats, int64 } from '../runtime/session';
import type { ClipCheckpoint, TextTower } from './architecture';
import { textProgram } from './textTower';
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
  release(): Promise<void>;
}

const keptTexts = 20_000;
const textsPerRun = 64;
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
  const textRun = program((g) => textProgram(g, tower), {
    folder: weightsFolder,
    threads,
    prepack: false,
  });
  const { contextLength, causal, padding, pooling } = tower;
  if (padding === null && (!causal || pooling.kind === 'last')) {
    throw new Error('a text tower that looks at what follows the end of a text needs padding');
  }
  const kept = new Lru<TextEmbedding>(keptTexts, () => 1);

  /** The texts' raw embeddings, one after the other. */
  const run = async (encodings: readonly TokenizedText[]): Promise<Float32Array> => {
    // Without padding nothing looks at what follows the end of a text: the vocabulary's first entry does as well as
    // any there, and no text needs to be longer than the longest.
    const length = padding === null ? Math.max(...encodings.map(({ ids }) => ids.length)) : contextLength;
    const ids = new BigInt64Array(encodings.length * length);
    const pooled = new BigInt64Array(encodings.length);
    encodings.forEach((encoding, text) => {
      const fill = padding === null ? 0 : length - encoding.ids.length;
      const seen = [...encoding.ids, ...new Array<number>(fill).fill(padding ?? 0)];
      seen.forEach((id, i) => {
        ids[text * length + i] = BigInt(id);
      });
      pooled[text] = BigInt(text * length + pooledToken(seen, pooling));
    });
    const out = await textRun.run({
      ids: int64(ids, [encodings.length, length]),
      positions: int64(
        BigInt64Array.from({ length }, (_, i) => BigInt(i)),
        [length],
      ),
      ...(causal ? { mask: float32(causalMask(length), [1, 1, length, length]) } : {}),
      pooled: int64(pooled, [encodings.length]),
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
    release: () => textRun.release(),
  };
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
