import { concat } from '../numeric/vector';
import { embeddingOf, type KeptImage } from './attribute';
import type { HookPrograms, HookState } from './hookPrograms';
import { scoreGradient } from './score';

/** What some components of an image make of any prompt. */
export interface ComponentVectors {
  /** Raw embedding e of the image, [embedding]. */
  readonly embedding: Float32Array;
  /** c_j = (d_j − v(v·d_j))/‖e‖ of each component, [embedding]: its attribution to a text embedding u is c_j·u. */
  readonly vectors: readonly Float32Array[];
}

/** Of active components of the image, by their places in `image.components`. Runs forward mode for them where nothing is kept. */
export async function componentVectors(
  image: KeptImage,
  places: readonly number[],
  programs: HookPrograms,
  between: () => Promise<void>,
): Promise<ComponentVectors> {
  if (places.length === 0 || !programs.differentiable) {
    const embedding = await embeddingOf(image, programs);
    return { embedding, vectors: places.map(() => new Float32Array(embedding.length)) };
  }
  const { embedding, contributions } = await contributionsOf(image, places, programs, between);
  return {
    embedding,
    vectors: contributions.map((vector) => scoreGradient(embedding, { kind: 'cosine', vector })),
  };
}

async function contributionsOf(
  image: KeptImage,
  places: readonly number[],
  programs: HookPrograms,
  between: () => Promise<void>,
): Promise<{ readonly embedding: Float32Array; readonly contributions: readonly Float32Array[] }> {
  if (image.embedding !== null && image.contributions !== null) {
    const { embedding, contributions } = image;
    return { embedding, contributions: places.map((place) => row(contributions, place, embedding.length)) };
  }
  const { embedding, contributions } = await programs.forward(onlyComponents(image, places), between);
  return { embedding, contributions: places.map((_, i) => row(contributions, i, embedding.length)) };
}

/** The stream of an image as it is, with some of its components only. */
export function onlyComponents(
  { x, codes, decoder, components }: Pick<KeptImage, keyof HookState | 'components'>,
  places: readonly number[],
): HookState {
  const count = codes.latents.length;
  const size = count / components.length;
  const width = decoder.length / count;
  const kept = places.flatMap((place) => Array.from({ length: size }, (_, i) => place * size + i));
  return {
    x,
    codes: {
      ...codes,
      latents: Int32Array.from(kept, (j) => codes.latents[j]!),
      activations: Float32Array.from(
        { length: codes.tokens * kept.length },
        (_, n) => codes.activations[Math.floor(n / kept.length) * count + kept[n % kept.length]!]!,
      ),
    },
    decoder: concat(kept.map((j) => row(decoder, j, width))),
  };
}

const row = (data: Float32Array, i: number, width: number): Float32Array =>
  data.subarray(i * width, (i + 1) * width);
