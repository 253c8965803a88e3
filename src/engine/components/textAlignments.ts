import type { JobContext } from '../../shared/rpc/protocol';
import { Lru } from '../numeric/lru';
import { concat } from '../numeric/vector';
import { openProducts } from '../semantics/products';
import { rowCount } from '../semantics/rows';
import type { Meanings } from '../semantics/semanticEmbedding';
import { pauser } from './pause';

/** What one text says of all components that have a meaning. */
export interface TextAlignment {
  /** cos(θ, u(text)) − cos(θ, u("")), in the order of the meanings. */
  readonly aligned: Float32Array;
  /** The same, ascending. */
  readonly sorted: Float32Array;
}

/** Bytes kept of each table. */
const KEPT = 64 * 1024 * 1024;
/** Products held at a time: 64 MB. */
const HELD = 2 ** 24;

/** Kept by text for as long as the meanings are. */
export type TextAlignments = Lru<TextAlignment>;

export function keepTextAlignments(): TextAlignments {
  return new Lru(KEPT, ({ aligned, sorted }) => aligned.byteLength + sorted.byteLength + 256);
}

/**
 * Alignment of texts with what every component means, each once.
 *
 * @param vectorOf u(text) by the judge; asked only of texts that are not kept
 * @param use called with each of them, in no order: not all are held at once
 */
export async function alignTexts(
  texts: readonly string[],
  vectorOf: (text: string) => Float32Array,
  empty: Float32Array,
  meanings: Meanings,
  kept: TextAlignments,
  threads: number | undefined,
  job: JobContext,
  use: (text: string, alignment: TextAlignment) => void,
): Promise<void> {
  const unknown: string[] = [];
  for (const text of new Set(texts)) {
    const known = kept.get(text);
    if (known === undefined) unknown.push(text);
    else use(text, known);
  }
  const count = rowCount(meanings.units);
  if (unknown.length === 0) return;
  const pause = pauser(job);
  const { width } = meanings.units;
  const step = Math.max(1, Math.floor(HELD / Math.max(1, count)));
  const products = openProducts(width, threads);
  try {
    for (let start = 0; start < unknown.length; start += step) {
      const some = unknown.slice(start, start + step);
      const differences = some.map((text) => vectorOf(text).map((x, i) => x - empty[i]!));
      const all = await products.of(meanings.units, { data: concat(differences), width });
      for (const [i, text] of some.entries()) {
        const aligned = new Float32Array(count);
        for (let row = 0; row < count; row++) aligned[row] = all[row * some.length + i]!;
        const alignment = { aligned, sorted: aligned.toSorted() };
        kept.set(text, alignment);
        use(text, alignment);
        await pause();
      }
      job.progress({ stage: 'Aligning texts', done: start + some.length, total: unknown.length });
    }
  } finally {
    await products.release();
  }
}

/** Share of the other components whose alignment is larger than that of the one in row `row`; 0 where there is no other. */
export function betterThan({ aligned, sorted }: TextAlignment, row: number): number {
  const own = aligned[row]!;
  const others = aligned.length - 1;
  if (others === 0) return 0;
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! <= own) low = middle + 1;
    else high = middle;
  }
  return (sorted.length - low) / others;
}
