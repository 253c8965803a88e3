import type { SearchHit } from '../../shared/library';
import { dot } from '../numeric/vector';
import { cosines } from '../semantics/redundancy';
import { type Rows, rowCount, rowOf } from '../semantics/rows';
import type { Meanings } from '../semantics/semanticEmbedding';
import { type Sources, summaryOf } from './summaries';

type Found = Omit<SearchHit, 'component'> & { readonly component: number };

/** Alignment of a text with what every component means (`alignment`), in the order of the meanings. */
export function alignments(meanings: Meanings, text: Float32Array, empty: Float32Array): Float32Array {
  return cosines(
    meanings,
    text.map((x, i) => x - empty[i]!),
  );
}

/**
 * Components by a text: by their number, by what the person wrote, by label, then by meaning. Each once, for the first
 * of these reasons.
 * @param aligned alignment of the text with each component that has a meaning.
 */
export function searchText(text: string, aligned: Float32Array, most: number, sources: Sources): SearchHit[] {
  const { table, labelling, annotations, subject } = sources;
  const { components } = table.meanings;
  const wanted = text.trim().toLowerCase();
  const contains = (words: string | null | undefined) => words?.toLowerCase().includes(wanted) ?? false;
  const number = /^\d+$/.test(wanted) && Number(wanted) < subject.size ? [Number(wanted)] : [];
  const written = [...annotations].toSorted(([a], [b]) => a - b);
  const labelled = Array.from(components).flatMap((component): Found[] => {
    const label = labelling.of(component)[0];
    return contains(label?.text) ? [{ component, by: 'label', score: label!.alignment }] : [];
  });
  const meant = Array.from(components, (component, row): Found => {
    return { component, by: 'meaning', score: aligned[row]! };
  });
  const best = (a: Found, b: Found) => b.score! - a.score! || a.component - b.component;
  const found: Found[] = [
    ...number.map((component): Found => ({ component, by: 'number', score: null })),
    ...written.flatMap(([component, { name }]): Found[] =>
      contains(name) ? [{ component, by: 'name', score: null }] : [],
    ),
    ...written.flatMap(([component, { note }]): Found[] =>
      contains(note) ? [{ component, by: 'note', score: null }] : [],
    ),
    ...labelled.sort(best),
    ...meant.sort(best),
  ];
  const seen = new Set<number>();
  return found
    .filter(({ component }) => !seen.has(component) && seen.add(component))
    .slice(0, most)
    .map(({ component, ...why }) => ({ component: summaryOf(component, sources), ...why }));
}

/** Components by what they do in an image. */
export function searchActivations(
  components: Int32Array,
  activations: Float32Array,
  most: number,
  sources: Sources,
): SearchHit[] {
  return Array.from(components, (component, i) => ({ component, score: activations[i]! }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.component - b.component)
    .slice(0, most)
    .map(({ component, score }) => ({ component: summaryOf(component, sources), by: 'activation', score }));
}

/** Alignment of one component; null where it has too few images. */
export function alignmentOf(
  row: number,
  { units }: { readonly units: Rows },
  text: Float32Array,
  empty: Float32Array,
): number | null {
  if (row < 0 || row >= rowCount(units)) return null;
  const unit = rowOf(units, row);
  return dot(unit, text) - dot(unit, empty);
}
