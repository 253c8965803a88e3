import type { ImageAnalysis } from '../../shared/analysis';
import type { Rectangle } from '../../shared/image';
import type { PreparedImage } from '../clip/prepareImage';
import { componentsOf, overTokens } from '../dictionary/codes';
import type { Dictionary } from '../dictionary/dictionary';
import { cheaperMode, type Mode } from './cost';
import type { HookPrograms, HookState } from './hookPrograms';
import { type ScoreDirection, scoreAll } from './score';

/** What an image gave, kept so that a later direction costs little. */
export interface KeptImage extends HookState {
  readonly width: number;
  readonly height: number;
  readonly crop: Rectangle;
  /** The components of the active latents, ascending. */
  readonly components: Int32Array;
  /** How active each of them is at most, [components]. */
  readonly peaks: Float32Array;
  /** Raw embedding e, [embedding], once it was needed. */
  readonly embedding: Float32Array | null;
  /** Contribution vectors, [components, embedding], once forward mode ran. */
  readonly contributions: Float32Array | null;
}

/** Bytes that keeping an image takes. */
export function keptBytes({ x, codes, decoder, contributions }: KeptImage): number {
  return x.byteLength + codes.activations.byteLength + decoder.byteLength + (contributions?.byteLength ?? 0);
}

/** One trunk pass over a batch of images. */
export async function observe(
  images: readonly PreparedImage[],
  programs: HookPrograms,
  dictionary: Dictionary,
): Promise<KeptImage[]> {
  const { x, read } = await programs.trunk(images.map(({ pixels }) => pixels));
  const codes = await dictionary.encode(read);
  return Promise.all(
    images.map(async ({ width, height, crop }, i) => ({
      width,
      height,
      crop,
      x: x[i]!,
      codes: codes[i]!,
      decoder: await dictionary.decoderRows(codes[i]!.latents),
      components: componentsOf(codes[i]!, dictionary.componentSize),
      peaks: overTokens(codes[i]!, dictionary.componentSize).max,
      embedding: null,
      contributions: null,
    })),
  );
}

/**
 * Attributes an image's score against each direction to its active components (design, *The method*), in the mode that
 * costs less. Returns the analysis and what is to be kept from now on.
 */
export async function attribute(
  image: KeptImage,
  directions: readonly ScoreDirection[],
  programs: HookPrograms,
  between: () => Promise<void>,
): Promise<{ readonly analysis: ImageAnalysis; readonly kept: KeptImage }> {
  const { mode, attributions, ...learned } = await perComponent(image, directions, programs, between);
  const kept = { ...image, ...learned };
  const similarities = scoreAll(kept.embedding, directions);
  return {
    kept,
    analysis: {
      width: image.width,
      height: image.height,
      crop: image.crop,
      latents: image.components,
      activations: image.peaks,
      directions: similarities.map((similarity, i) => ({
        similarity,
        total: attributions[i]!.reduce((sum, a) => sum + a, 0),
        attributions: attributions[i]!,
        mode,
      })),
    },
  };
}

interface PerComponent {
  readonly embedding: Float32Array;
  readonly contributions: Float32Array | null;
  readonly attributions: readonly Float32Array[];
  readonly mode: Mode;
}

async function perComponent(
  image: KeptImage,
  directions: readonly ScoreDirection[],
  programs: HookPrograms,
  between: () => Promise<void>,
): Promise<PerComponent> {
  const { latents } = image.codes;
  if (directions.length === 0 || latents.length === 0 || !programs.differentiable) {
    return {
      embedding: await embeddingOf(image, programs),
      contributions: image.contributions,
      attributions: directions.map(() => new Float32Array(image.components.length)),
      mode: 'reverse',
    };
  }
  if (image.embedding !== null && image.contributions !== null) {
    const known = { embedding: image.embedding, contributions: image.contributions };
    return projected(known, directions, programs);
  }
  const mode = cheaperMode(programs.costs(directions.length, latents.length), image.embedding !== null);
  switch (mode) {
    case 'reverse':
      return { ...(await programs.reverse(image, directions, between)), contributions: null, mode };
    case 'forward':
      return projected(await programs.forward(image, between), directions, programs);
  }
}

async function projected(
  known: { readonly embedding: Float32Array; readonly contributions: Float32Array },
  directions: readonly ScoreDirection[],
  programs: HookPrograms,
): Promise<PerComponent> {
  return { ...known, attributions: await programs.project(known, directions), mode: 'forward' };
}

/** Raw embedding e of an image, [embedding]. */
export async function embeddingOf(image: KeptImage, programs: HookPrograms): Promise<Float32Array> {
  if (image.embedding !== null) return image.embedding;
  const [embedding] = await programs.embed([image.x]);
  return embedding!;
}
