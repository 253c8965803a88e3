import { presentEmbeddings } from '../components/presentEmbeddings';
import type { Library, Pictures } from '../library/library';
import { concat } from '../numeric/vector';
import { type Rows, rowOf } from '../semantics/rows';
import { type SampleTable, samplesOf } from '../semantics/sampleTable';
import { MEANING_SAMPLES } from '../semantics/semanticEmbedding';
import type { LeftOutSamples } from './ownImagesLeftOut';

/** A component and the pictures that its meaning is read from. */
export interface Sampled {
  readonly component: number;
  readonly samples: LeftOutSamples;
}

/** The judge's raw embeddings of the pictures that meanings are read from: one matrix per component, in order. */
export async function sampleEmbeddings(
  sampled: readonly Sampled[],
  library: Library,
  judge: { readonly key: string; readonly embeddingSize: number },
  { judgedSamples, pictures }: { readonly judgedSamples: SampleTable; readonly pictures: Pictures },
): Promise<readonly Rows[]> {
  const images = sampled.map(
    ({ component, samples }) => samples ?? samplesOf(judgedSamples, component, MEANING_SAMPLES).images,
  );
  const numbers = new Map<number, number>();
  for (const some of images)
    for (const picture of some) if (!numbers.has(picture)) numbers.set(picture, numbers.size);
  const rows = await presentEmbeddings(
    library,
    judge.key,
    Array.from(numbers.keys(), (picture) => pictures.sha256[picture]!),
  );
  return images.map((some) => ({
    data: concat(Array.from(some, (picture) => rowOf(rows, numbers.get(picture)!))),
    width: judge.embeddingSize,
  }));
}
