import type { ClipCheckpoint, ImageTower } from '../clip/architecture';
import { hookShape } from '../clip/hook';
import { tokenCount } from '../clip/imageTower';
import type { TokenSpan } from '../clip/tokens';
import type { Codes, Dictionary } from '../dictionary/dictionary';
import type { Graph } from '../graph/graph';
import { gaussLegendre, type Quadrature } from '../numeric/gaussLegendre';
import { dot } from '../numeric/vector';
import { draws, witness } from '../runtime/device/witness';
import { type Program, program } from '../runtime/program';
import { float32, floats, type TensorData } from '../runtime/session';
import type { Sessions } from '../runtime/sessions';
import {
  componentEvidenceProgram,
  patchEvidenceProgram,
  type Reads,
  scoreEvidenceProgram,
} from './evidenceProgram';
import { powerOfTwo, times } from './powerOfTwo';
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
  /** How often `between` is called for a map; at most so often for a patch. */
  readonly runs: number;
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
  /** Where it runs; on the CPU, in this process, if left out. */
  readonly sessions?: Sessions | undefined;
  /** Points of the path from the flat picture, 0, to the picture, 1; tests look at one of them. */
  readonly quadrature?: Quadrature;
}

/** docs/method.md, *Where*, has what fewer and more points give. */
const path: Quadrature = gaussLegendre(8);
/** What the activations of a run may take, in bytes: a pass back needs those of all blocks. */
const runBytes = 256 * 1024 * 1024;

export function openEvidence(
  checkpoint: Pick<ClipCheckpoint, 'image' | 'weightsFolder'>,
  {
    hook,
    componentSize,
    readout,
    span,
  }: Pick<Dictionary, 'hook' | 'componentSize' | 'readout'> & { readonly span: TokenSpan },
  { sessions, quadrature = path }: EvidenceOptions,
): EvidencePrograms {
  const { image: tower, weightsFolder: folder } = checkpoint;
  const reads: Reads = { hook, span, readout };
  const size = tower.imageSize;
  const patches = tower.grid * tower.grid;
  const selected = span.end - span.start;
  const { choice, first, path: along } = draws;
  const sizes = { points: 2, latents: 2 * componentSize };
  const open = (name: string, build: (g: Graph) => void): Program =>
    program(build, {
      folder,
      sessions,
      prepack: false,
      name,
      rows: 'points',
      witness: witness(sizes, { along, cosine: choice, chosen: first }),
    });
  const component = open('map of a component', (g) => componentEvidenceProgram(g, tower, reads));
  const patch = open('evidence of a patch', (g) => patchEvidenceProgram(g, tower, reads));
  const scored = open('map of the score', (g) => scoreEvidenceProgram(g, tower));
  const programs = [component, patch, scored];

  const perRun = pointsPerRun(tower);
  const fromFlat = {
    points: Float64Array.of(0, ...quadrature.points),
    weights: Float64Array.of(0, ...quadrature.weights),
  };

  /** The weighted sum of `values` over points of the path, and all outputs at the first points. */
  const integrate = async (
    of: Program,
    { points, weights }: Quadrature,
    feeds: Readonly<Record<string, TensorData>>,
    between: () => Promise<void>,
  ) => {
    // Weights in half precision are widened for each program that is open, others lie in their file for all.
    if (tower.patch.weight.type !== 'float32') {
      await Promise.all(programs.filter((other) => other !== of).map((other) => other.release()));
    }
    let sum: Float64Array | null = null;
    let first: Readonly<Record<string, TensorData>> = {};
    for (let start = 0; start < points.length; start += perRun) {
      await between();
      const some = Float32Array.from(points.subarray(start, start + perRun));
      const out = await of.run({ ...feeds, along: float32(some, [some.length, 1, 1]) });
      if (start === 0) first = out;
      const values = floats(out, 'values');
      const length = values.length / some.length;
      sum ??= new Float64Array(length);
      for (let n = 0; n < values.length; n++) {
        sum[n % length]! += weights[start + Math.floor(n / length)]! * values[n]!;
      }
    }
    return { values: Float32Array.from(sum!), first };
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
    runs: Math.ceil(fromFlat.points.length / perRun),
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
      const { values, first: ends } = await integrate(component, fromFlat, feeds, between);
      return { values, flat: floats(ends, 'sum')[0]! };
    },
    async ofScore(pixels, direction, between) {
      const factor = powerOfTwo(direction.vector);
      const feeds = {
        ...pixelsOf(pixels),
        direction: float32(times(direction.vector, factor), [1, direction.vector.length]),
        cosine: float32(Float32Array.of(direction.kind === 'cosine' ? 1 : 0), [1, 1]),
      };
      const { values, first: ends } = await integrate(scored, fromFlat, feeds, between);
      const flat = floats(ends, 'embedding').subarray(0, direction.vector.length);
      return { values: times(values, 1 / factor), flat: score(flat, direction) };
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
      const { values: perLatent } = await integrate(patch, quadrature, feeds, between);
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

/** Points whose passes go together, for weights are read once a run: several of a small tower, one of a large one. */
function pointsPerRun(tower: ImageTower): number {
  const { width, mlpWidth, heads, blocks } = tower;
  const tokens = tokenCount(tower);
  // Of each block about so many numbers a token are needed until the pass back comes to it.
  const perToken = 14 * width + 6 * mlpWidth + 3 * heads * tokens;
  return Math.max(1, Math.floor(runBytes / (4 * blocks.length * tokens * perToken)));
}
