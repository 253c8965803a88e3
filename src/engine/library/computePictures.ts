import type { HookPrograms, HookState } from '../attribution/hookPrograms';
import type { ImageEmbedder } from '../clip/imageEmbedder';
import { componentsOf, overTokens } from '../dictionary/codes';
import type { Codes, Dictionary } from '../dictionary/dictionary';
import type { NewPicture } from './library';
import type { PreparedPicture } from './readPictures';

/** What computes; good for one turn. */
export interface Computing {
  readonly programs: HookPrograms;
  readonly dictionary: Dictionary;
  /** Gives raw embeddings of prepared pictures, at least one; null where there is no other judge. */
  readonly judge: Pick<ImageEmbedder, 'embed' | 'imagesPerRun'> | null;
}

/** What the active components of a picture write into its raw embedding. */
export interface PictureContributions {
  readonly components: Int32Array;
  /** d_j, [components, embedding]. */
  readonly contributions: Float32Array;
  /** e, raw. */
  readonly embedding: Float32Array;
}

export interface ComputedPicture {
  /** Without contributions among its codes. */
  readonly picture: NewPicture;
  /** Null where they were not asked for. */
  readonly contributions: PictureContributions | null;
}

/** Computes pictures, several in a run. */
export interface PictureComputer {
  /** In the order given. `between` is called between runs, which block the event loop. */
  compute(
    pictures: readonly PreparedPicture[],
    computing: Computing,
    between: () => Promise<void>,
  ): Promise<ComputedPicture[]>;
}

/** `contributions`: whether those of pictures whose codes are asked for are computed. */
export function pictureComputer({ contributions }: { readonly contributions: boolean }): PictureComputer {
  return {
    async compute(pictures, computing, between) {
      const { programs, judge } = computing;
      const found = new Map<PreparedPicture, Studied>();
      const judgements = new Map<PreparedPicture, Float32Array>();
      const forStudy = pictures.filter(({ pixels }) => pixels !== null);
      for (let start = 0; start < forStudy.length; ) {
        await between();
        const some = forStudy.slice(start, start + programs.imagesPerRun());
        const results = await study(some, computing);
        for (const [i, picture] of some.entries()) {
          const wanted = contributions && picture.need.codes;
          found.set(picture, wanted ? await withContributions(results[i]!, computing, between) : results[i]!);
        }
        start += some.length;
      }
      const forJudge = judge === null ? [] : pictures.filter(({ judgePixels }) => judgePixels !== null);
      for (let start = 0; start < forJudge.length; ) {
        await between();
        const some = forJudge.slice(start, start + judge!.imagesPerRun());
        const embeddings = await judge!.embed(some.map(({ judgePixels }) => judgePixels!));
        some.forEach((picture, i) => {
          judgements.set(picture, embeddings[i]!);
        });
        start += some.length;
      }
      return pictures.map((picture) =>
        result(picture, found.get(picture), judgements.get(picture), computing),
      );
    },
  };
}

interface Studied {
  readonly x: Float32Array;
  readonly codes: Codes | null;
  readonly embedding: Float32Array | null;
  readonly contributions: Float32Array | null;
}

/** One pass through the trunk, and what comes after it as far as it is needed. */
async function study(
  pictures: readonly PreparedPicture[],
  { programs, dictionary }: Computing,
): Promise<readonly Studied[]> {
  const { x, read } = await programs.trunk(pictures.map(({ pixels }) => pixels!));
  const codes = pictures.some(({ need }) => need.codes) ? await dictionary.encode(read) : null;
  const embeddings = pictures.some(({ need }) => need.embedding) ? await programs.embed(x) : null;
  return pictures.map((_, i) => ({
    x: x[i]!,
    codes: codes?.[i] ?? null,
    embedding: embeddings?.[i] ?? null,
    contributions: null,
  }));
}

async function withContributions(
  studied: Studied,
  { programs, dictionary }: Computing,
  between: () => Promise<void>,
): Promise<Studied> {
  const { x, codes } = studied;
  if (codes === null) return studied;
  if (codes.latents.length === 0) {
    const embedding = studied.embedding ?? (await programs.embed([x]))[0]!;
    return { ...studied, embedding, contributions: new Float32Array(0) };
  }
  const state: HookState = { x, codes, decoder: await dictionary.decoderRows(codes.latents) };
  const { embedding, contributions } = await programs.forward(state, between);
  return { ...studied, embedding: studied.embedding ?? embedding, contributions };
}

function result(
  { sha256, width, height, need }: PreparedPicture,
  studied: Studied | undefined,
  judged: Float32Array | undefined,
  { dictionary, programs }: Computing,
): ComputedPicture {
  const codes = need.codes ? (studied?.codes ?? null) : null;
  const components = codes === null ? null : componentsOf(codes, dictionary.componentSize);
  const embedding = studied?.embedding ?? null;
  const contributions = studied?.contributions ?? null;
  const { max, mean, token } = codes === null ? nothing : overTokens(codes, dictionary.componentSize);
  return {
    picture: {
      sha256,
      width,
      height,
      codes:
        components === null
          ? null
          : {
              components,
              max,
              mean,
              token: token.map((t) => t + programs.span.start),
              contributions: null,
            },
      embedding: need.embedding ? embedding : null,
      judged: judged ?? null,
    },
    contributions:
      components === null || embedding === null || contributions === null
        ? null
        : { components, embedding, contributions },
  };
}

const nothing = { max: new Float32Array(0), mean: new Float32Array(0), token: new Int32Array(0) };
