import { presentEmbeddings } from '../../components/presentEmbeddings';
import type { Library, Pictures } from '../../library/library';
import { rowOf } from '../../semantics/rows';

/** Findings whose pictures are read together: a library reads few as slowly as many. */
const TOGETHER = 32;

/** Raw embeddings of pictures that all had one, by number. Throws ClipsightError `library` where one is gone. */
export async function embeddingsOf(
  library: Library,
  embedder: string,
  { sha256 }: Pictures,
  numbers: Iterable<number>,
): Promise<ReadonlyMap<number, Float32Array>> {
  const distinct = [...new Set(numbers)];
  if (distinct.length === 0) return new Map();
  const rows = await presentEmbeddings(
    library,
    embedder,
    distinct.map((picture) => sha256[picture]!),
  );
  return new Map(distinct.map((picture, i) => [picture, rowOf(rows, i)]));
}

/** Each of them, in order, with what was read for it and its neighbours together. */
export async function* readTogether<T, R>(
  all: readonly T[],
  read: (some: readonly T[]) => Promise<R>,
): AsyncGenerator<{ readonly one: T; readonly index: number; readonly read: R }> {
  for (let start = 0; start < all.length; start += TOGETHER) {
    const some = all.slice(start, start + TOGETHER);
    const found = await read(some);
    for (const [i, one] of some.entries()) yield { one, index: start + i, read: found };
  }
}
