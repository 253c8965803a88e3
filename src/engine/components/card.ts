import type { ComponentCard, Neighbour, SampleOrder } from '../../shared/library';
import type { ActivationChunk, Library } from '../library/library';
import { clarity } from '../semantics/clarity';
import { activationHistogram } from '../semantics/firing';
import type { NearComponent } from '../semantics/nearestComponent';
import { polysemanticity } from '../semantics/polysemanticity';
import { nearestInMeaning } from '../semantics/redundancy';
import { highest, referenceSamples } from '../semantics/referenceSamples';
import { samplesOf } from '../semantics/sampleTable';
import { MEANING_SAMPLES } from '../semantics/semanticEmbedding';
import type { ComponentTable } from './componentTable';
import { presentEmbeddings } from './presentEmbeddings';
import type { Relevances } from './relevance';
import { sampleOf } from './samples';
import type { Subject } from './subject';
import { type Sources, summaryOf } from './summaries';
import type { TokenRegions } from './tokenRegions';

const BINS = 20;
/** Most similar components shown, in meaning and in activation. */
export const NEIGHBOURS = 5;

/** What a card says of the pictures that a component fires in. */
export type FiringFacts = Pick<
  ComponentCard,
  'samples' | 'searched' | 'maxActivation' | 'fired' | 'histogram' | 'where'
>;

/** The activations above 0. */
export function firingOf({ pictures, components, max, mean, tokens }: ActivationChunk): ActivationChunk {
  if (max.every((z) => z > 0)) return { pictures, components, max, mean, tokens };
  const active = Int32Array.from(max.keys()).filter((i) => max[i]! > 0);
  return {
    pictures: active.map((i) => pictures[i]!),
    components: active.map((i) => components[i]!),
    max: Float32Array.from(active, (i) => max[i]!),
    mean: Float32Array.from(active, (i) => mean[i]!),
    tokens: active.map((i) => tokens[i]!),
  };
}

/** `relevances` is null where the samples are asked for by activation. */
export function firingFacts(
  firing: ActivationChunk,
  order: SampleOrder['kind'],
  relevances: Relevances | null,
  most: number,
  table: Pick<ComponentTable, 'pictures'>,
  regions: TokenRegions,
): FiringFacts {
  const { pictures, max, mean, tokens } = firing;
  // In the order of the pictures, so that they decide between equals as those would.
  const entries = pictures.map((_, i) => i);
  const chosen = (): Int32Array => {
    switch (order) {
      case 'max':
        return referenceSamples(entries, max, most).images;
      case 'mean':
        return referenceSamples(entries, mean, most).images;
      case 'relevance': {
        const known = entries.filter((i) => relevances?.byPicture.has(pictures[i]!));
        const found = Float32Array.from(known, (i) => relevances!.byPicture.get(pictures[i]!)!);
        return highest(known, found, most).images;
      }
    }
  };
  const { edges, counts } = activationHistogram(max, BINS);
  return {
    samples: Array.from(chosen(), (i) => {
      const picture = pictures[i]!;
      const relevance = relevances?.byPicture.get(picture) ?? null;
      const of = { picture, activation: max[i]!, mean: mean[i]!, token: tokens[i]!, relevance };
      return sampleOf(of, table, regions);
    }),
    searched: {
      images: relevances?.byPicture.size ?? pictures.length,
      all: relevances?.all ?? true,
    },
    maxActivation: max.length === 0 ? null : max.reduce((a, b) => Math.max(a, b)),
    fired: pictures.length,
    histogram: { edges, counts },
    where: whereOf(tokens, regions),
  };
}

function whereOf(tokens: Int32Array, { grid, firstPatch, placed }: TokenRegions): ComponentCard['where'] {
  if (!placed) return null;
  const counts = new Int32Array(grid * grid);
  let cls = 0;
  for (const token of tokens) {
    if (token < firstPatch) cls++;
    else counts[token - firstPatch]!++;
  }
  return { rows: grid, columns: grid, counts, cls };
}

/** What the judge says of the pictures that a component's meaning is read from. */
export async function judgedFacts(
  component: number,
  { judgedSamples, unjudged, pictures }: ComponentTable,
  firing: ActivationChunk,
  library: Library,
  { judge }: Subject,
): Promise<Pick<ComponentCard, 'clarity' | 'polysemanticity'>> {
  const { images } = samplesOf(judgedSamples, component, MEANING_SAMPLES);
  const rows = await presentEmbeddings(
    library,
    judge.key,
    Array.from(images, (picture) => pictures.sha256[picture]!),
  );
  const first = Int32Array.from(images.keys());
  const found = polysemanticity(first, rows);
  // Those that the judge has not seen have their places, too.
  const ranked = referenceSamples(firing.pictures, firing.max, images.length + unjudged.size).images;
  const places = (group: Int32Array): number[] => Array.from(group, (i) => ranked.indexOf(images[i]!));
  return {
    clarity: clarity(first, rows),
    polysemanticity:
      found === null
        ? null
        : {
            score: found.score,
            separation: found.separation,
            groups: [places(found.groups[0]), places(found.groups[1])],
          },
  };
}

export function nearestFacts(
  component: number,
  inActivation: readonly NearComponent[],
  sources: Sources,
): Pick<ComponentCard, 'nearest' | 'redundancy'> {
  const inMeaning = nearestInMeaning(sources.table.meanings, component, NEIGHBOURS);
  const shown = (near: readonly NearComponent[]): Neighbour[] =>
    near.map(({ component: other, cosine }) => ({ component: summaryOf(other, sources), cosine }));
  return {
    nearest: { inMeaning: shown(inMeaning), inActivation: shown(inActivation) },
    redundancy: inMeaning[0]?.cosine ?? null,
  };
}
