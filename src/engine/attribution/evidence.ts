import type { ClipCheckpoint } from '../clip/architecture';
import { hookShape } from '../clip/hook';
import type { TokenSpan } from '../clip/tokens';
import type { Codes, Dictionary } from '../dictionary/dictionary';
import type { Graph } from '../graph/graph';
import { gaussLegendre, type Quadrature } from '../numeric/gaussLegendre';
import { dot } from '../numeric/vector';
import { type Program, program } from '../runtime/program';
import { float32, floats, type TensorData } from '../runtime/session';
import {
  componentEvidenceProgram,
  patchEvidenceProgram,
  type Reads,
  scoreEvidenceProgram,
} from './evidenceProgram';
import { type ScoreDirection, score } from './score';

/**
 * Something that a picture gave, divided among its patches by integrated gradients (Sundararajan, Taly and Yan, 2017)
 * from a flat picture, all of whose patches are the picture's mean patch.
 */
export interface Evidence {
  /** [patches], row by row. */
  readonly values: Float32Array;
  /** What the flat picture gives: with the sum of `values` what the picture gives, up to the error of the quadrature. */
  readonly flat: number;
}

/** Passes back through the whole image tower, to the patches. `pixels` are [3, size, size], normalised. */
export interface EvidencePrograms {
  /** Of a component's activation, summed over the selected tokens; `column` is its place among those of the image. */
  ofComponent(
    pixels: Float32Array,
    codes: Codes,
    column: number,
    between: () => Promise<void>,
  ): Promise<Evidence>;
  /** Of y. */
  ofScore(pixels: Float32Array, direction: ScoreDirection, between: () => Promise<void>): Promise<Evidence>;
  /** What `ofComponent` gives at one patch, for each component of the image. */
  atPatch(
    pixels: Float32Array,
    codes: Codes,
    patch: number,
    between: () => Promise<void>,
  ): Promise<Float32Array>;
  release(): Promise<void>;
}

export interface EvidenceOptions {
  readonly threads?: number | undefined;
  /** Points of the path from the flat picture, 0, to the picture, 1; tests look at one of them. */
  readonly quadrature?: Quadrature;
}

/** docs/method.md, *Where*, has what fewer and more points give. */
const path: Quadrature = gaussLegendre(8);
/** Runs that a map takes: so often `between` is called. One patch of all components takes one less. */
export const evidenceRuns = path.points.length + 1;

export function openEvidence(
  checkpoint: Pick<ClipCheckpoint, 'image' | 'weightsFolder'>,
  {
    hook,
    componentSize,
    readout,
    span,
  }: Pick<Dictionary, 'hook' | 'componentSize' | 'readout'> & { readonly span: TokenSpan },
  { threads, quadrature = path }: EvidenceOptions,
): EvidencePrograms {
  const { image: tower, weightsFolder: folder } = checkpoint;
  const reads: Reads = { hook, span, readout };
  const size = tower.imageSize;
  const patches = tower.grid * tower.grid;
  const selected = span.end - span.start;
  const open = (build: (g: Graph) => void): Program => program(build, { folder, threads, prepack: false });
  const component = open((g) => componentEvidenceProgram(g, tower, reads));
  const patch = open((g) => patchEvidenceProgram(g, tower, reads));
  const scored = open((g) => scoreEvidenceProgram(g, tower));
  const programs = [component, patch, scored];

  /** One at a time: weights in half precision are widened for each. */
  const runAt = async (
    of: Program,
    along: number,
    feeds: Readonly<Record<string, TensorData>>,
    between: () => Promise<void>,
  ): Promise<Readonly<Record<string, TensorData>>> => {
    await Promise.all(programs.filter((other) => other !== of).map((other) => other.release()));
    await between();
    return of.run({ ...feeds, along: float32(Float32Array.of(along), [1, 1, 1]) });
  };

  /** The average over the path, `length` numbers. */
  const integrate = async (
    of: Program,
    length: number,
    feeds: Readonly<Record<string, TensorData>>,
    between: () => Promise<void>,
  ): Promise<Float32Array> => {
    const total = new Float64Array(length);
    for (const [i, point] of quadrature.points.entries()) {
      const values = floats(await runAt(of, point, feeds, between), 'values');
      for (let n = 0; n < length; n++) total[n]! += quadrature.weights[i]! * values[n]!;
    }
    return Float32Array.from(total);
  };

  /** The inputs for latents of an image, with what they are multiplied by, [selected tokens, latents]. */
  const feedsOf = async (
    pixels: Float32Array,
    latents: Int32Array,
    weights: Float32Array,
  ): Promise<Readonly<Record<string, TensorData>>> => {
    const shown = pixelsOf(pixels);
    if (readout !== null) {
      return {
        ...shown,
        ...(await readout.feeds(latents)),
        weights: float32(weights, [1, selected, latents.length]),
      };
    }
    const { read } = hookShape(tower, hook);
    const spread = new Float32Array(selected * read);
    for (let token = 0; token < selected; token++) {
      latents.forEach((latent, j) => {
        spread[token * read + latent] = weights[token * latents.length + j]!;
      });
    }
    return { ...shown, weights: float32(spread, [1, selected, read]) };
  };

  const pixelsOf = (pixels: Float32Array) => ({ pixels: float32(pixels, [1, 3, size, size]) });

  return {
    async ofComponent(pixels, codes, column, between) {
      const { latents, tokens } = codes;
      const from = column * componentSize;
      const all = weightsOf(codes, componentSize);
      const weights = new Float32Array(tokens * componentSize);
      for (let token = 0; token < tokens; token++) {
        const start = token * latents.length + from;
        weights.set(all.subarray(start, start + componentSize), token * componentSize);
      }
      const feeds = await feedsOf(pixels, latents.slice(from, from + componentSize), weights);
      const values = await integrate(component, patches, feeds, between);
      const [flat] = floats(await runAt(component, 0, feeds, between), 'sum');
      return { values, flat: flat! };
    },
    async ofScore(pixels, direction, between) {
      const feeds = {
        ...pixelsOf(pixels),
        direction: float32(direction.vector, [1, direction.vector.length]),
        cosine: float32(Float32Array.of(direction.kind === 'cosine' ? 1 : 0), [1, 1]),
      };
      const values = await integrate(scored, patches, feeds, between);
      const flat = floats(await runAt(scored, 0, feeds, between), 'embedding');
      return { values, flat: score(flat, direction) };
    },
    async atPatch(pixels, codes, chosen, between) {
      const { latents } = codes;
      const feeds = {
        ...(await feedsOf(pixels, latents, weightsOf(codes, componentSize))),
        chosen: float32(
          Float32Array.from({ length: patches }, (_, p) => (p === chosen ? 1 : 0)),
          [1, patches, 1],
        ),
      };
      const length = readout === null ? hookShape(tower, hook).read : latents.length;
      const perLatent = await integrate(patch, length, feeds, between);
      return Float32Array.from({ length: latents.length / componentSize }, (_, c) => {
        let sum = 0;
        for (let i = 0; i < componentSize; i++) {
          const j = c * componentSize + i;
          sum += perLatent[readout === null ? latents[j]! : j]!;
        }
        return sum;
      });
    },
    async release() {
      await Promise.all(programs.map((each) => each.release()));
    },
  };
}

/**
 * What z is multiplied by in the sum that is explained, [tokens, latents]: 1 where a latent is active. Of a component of
 * several latents it is the unit vector of what they are in the picture: of a small change, that gives the change of
 * the length.
 */
function weightsOf({ activations }: Codes, componentSize: number): Float32Array {
  if (componentSize === 1) return activations.map((z) => (z === 0 ? 0 : 1));
  const weights = new Float32Array(activations.length);
  for (let from = 0; from < weights.length; from += componentSize) {
    const vector = activations.subarray(from, from + componentSize);
    const length = Math.sqrt(dot(vector, vector));
    if (length > 0)
      weights.set(
        vector.map((z) => z / length),
        from,
      );
  }
  return weights;
}
