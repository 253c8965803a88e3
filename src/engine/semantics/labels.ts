import { dot } from '../numeric/vector';
import { type LongProduct, nearestRows } from './nearestRows';
import { type Rows, rowOf } from './rows';
import type { Meanings } from './semanticEmbedding';

/** The entries of a vocabulary that describe each component best. */
export interface Labels {
  /** Which components have labels, ascending: those with images enough. */
  readonly components: Int32Array;
  /** Entries of a component: its label and the runners-up; fewer where the vocabulary is smaller. */
  readonly k: number;
  /** Numbers of vocabulary entries, best first, [components, k]. */
  readonly entries: Int32Array;
  /** Their alignments (`alignment`), [components, k]. */
  readonly alignments: Float32Array;
}

/**
 * Labels of all components at once. `vocabulary` and `empty` (the text "") are unit text embeddings of the judge that
 * the semantic embeddings were made with.
 */
export async function labels(
  { components, units }: Meanings,
  vocabulary: Rows,
  empty: Float32Array,
  most: number,
  options: LongProduct = {},
): Promise<Labels> {
  // What "" takes off is the same for every text: the order is that of the cosines.
  const { k, others: entries, products } = await nearestRows(units, vocabulary, most, options);
  const alignments = new Float32Array(products.length);
  for (let at = 0; at < components.length; at++) {
    const nothing = dot(rowOf(units, at), empty);
    for (let i = at * k; i < (at + 1) * k; i++) alignments[i] = products[i]! - nothing;
  }
  return { components, k, entries, alignments };
}
