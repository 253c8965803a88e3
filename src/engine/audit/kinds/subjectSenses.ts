import type { JobContext } from '../../../shared/rpc/protocol';
import { pauser } from '../../components/pause';
import type { Library, Pictures } from '../../library/library';
import { evenly } from '../../numeric/evenly';
import { discoveries } from '../../numeric/falseDiscovery';
import { dot } from '../../numeric/vector';
import type { Products } from '../../semantics/products';
import { rowOf, unitRows } from '../../semantics/rows';
import { areTwo, type SeenImages, type Senses, sensesOf } from './senses';
import type { VocabularyRows } from './vocabularyRows';

/** Images of a subject, of those that the judge has seen, that senses are read from, at most. */
const mostImages = 256;
/** Random divisions of a component's images, at most. */
const mostDraws = 50_000;
/** Pictures of the library that say what a text usually fits. */
const mostUsual = 1000;

/** A component and whether it fires in each of the subject's images, [images]. */
export interface DividingComponent {
  readonly component: number;
  readonly active: Uint8Array;
}

export interface SubjectImagesSeen {
  /** Numbers of the subject's images. */
  readonly pictures: Int32Array;
  /** u of what it says, by the judge. */
  readonly said: Float32Array;
  readonly components: readonly DividingComponent[];
}

/** The mean of the judge's unit embeddings over the library, [embedding]: times a text it is the text's usual cosine. */
export async function meanUnit(library: Library, judge: string, pictures: Pictures): Promise<Float32Array> {
  const some = evenly([...pictures.sha256], mostUsual);
  const { rows: raw, present } = await library.embeddings(judge, some);
  const seen = Int32Array.from(present.keys()).filter((i) => present[i] === 1);
  const units = unitRows(raw, seen);
  const mean = new Float32Array(raw.width);
  for (let i = 0; i < seen.length; i++) {
    const unit = rowOf(units, i);
    for (let d = 0; d < mean.length; d++) mean[d]! += unit[d]! / seen.length;
  }
  return mean;
}

/** Senses by the components of one subject, in order; null where a group is too small to say. */
export async function subjectSenses(
  { pictures: own, said, components }: SubjectImagesSeen,
  vocabulary: VocabularyRows,
  usual: Float32Array,
  { library, judge, pictures }: { library: Library; judge: string; pictures: Pictures },
  products: Products,
  job: JobContext,
): Promise<readonly (Senses | null)[]> {
  if (vocabulary.texts.length === 0) return components.map(() => null);
  const { rows: raw, present } = await library.embeddings(
    judge,
    Array.from(own, (picture) => pictures.sha256[picture]!),
  );
  const seen = Int32Array.from(
    evenly(
      [...present.keys()].filter((i) => present[i] === 1),
      mostImages,
    ),
  );
  const units = unitRows(raw, seen);
  const images: Omit<SeenImages, 'active'> = {
    cosines: await products.of(units, vocabulary.rows),
    texts: vocabulary.texts.length,
    said: Float32Array.from(seen, (_, i) => dot(rowOf(units, i), said)),
    usual,
  };
  const pause = pauser(job);
  const found: (Senses | null)[] = [];
  for (const { active } of components) {
    await pause();
    found.push(sensesOf({ ...images, active: Uint8Array.from(seen, (i) => active[i]!) }, mostDraws));
  }
  return found;
}

/** Which of all divisions are of two senses: by the false-discovery rate over all of them, and by how unlike they are. */
export function divisionsOfSense(all: readonly (Senses | null)[], level: number): readonly boolean[] {
  const asked = [...all.keys()].filter((i) => all[i] !== null);
  if (asked.length === 0) return all.map(() => false);
  const { rejected } = discoveries(
    Float64Array.from(asked, (i) => all[i]!.p),
    level,
  );
  const holds = new Set(asked.filter((i, at) => rejected[at] === 1 && areTwo(all[i]!)));
  return all.map((_, i) => holds.has(i));
}
