import type { ClipCheckpoint } from '../clip/architecture';
import { suffixProgram, trunkProgram } from '../clip/imagePrograms';
import { embeddingReads, tokenCount } from '../clip/imageTower';
import { writtenActivations } from '../dictionary/codes';
import type { Codes, Dictionary, HookActivations } from '../dictionary/dictionary';
import type { Graph } from '../graph/graph';
import { type Program, program } from '../runtime/program';
import { float32, floats } from '../runtime/session';
import type { Costs } from './cost';
import { forwardProgram, projectionProgram } from './forward';
import { reverseProgram } from './reverse';
import { type ScoreDirection, scoreGradient } from './score';

/** The residual stream of one image at the hook and what a dictionary finds in it. */
export interface HookState {
  /** [tokens, width]. */
  readonly x: Float32Array;
  readonly codes: Codes;
  /** W_dec of the active latents, [latents, width]. */
  readonly decoder: Float32Array;
}

/** The model cut at a hook: up to it, after it, and the part after it in both derivative modes. */
export interface HookPrograms {
  /** False where the score does not depend on the selected tokens at all: every attribution is exactly zero. */
  readonly differentiable: boolean;
  /** `pixels`: one [3, size, size] per image. One residual stream per image, and what the dictionary reads. */
  trunk(pixels: readonly Float32Array[]): Promise<{ x: Float32Array[]; read: HookActivations }>;
  /** Raw embedding e, [embedding]. */
  embed(x: Float32Array): Promise<Float32Array>;
  /** e and, per direction, the attributions [latents]. At least one direction and one latent. */
  reverse(
    state: HookState,
    directions: readonly ScoreDirection[],
    between: () => Promise<void>,
  ): Promise<{ readonly embedding: Float32Array; readonly attributions: readonly Float32Array[] }>;
  /** e and the contribution vectors d_j, [latents, embedding]. At least one latent. */
  forward(
    state: HookState,
    between: () => Promise<void>,
  ): Promise<{ readonly embedding: Float32Array; readonly contributions: Float32Array }>;
  /** Attributions from what forward mode gave: one [latents] per direction. At least one of each. */
  project(
    known: { readonly embedding: Float32Array; readonly contributions: Float32Array },
    directions: readonly ScoreDirection[],
  ): Promise<readonly Float32Array[]>;
  costs(directions: number, latents: number): Costs;
  release(): Promise<void>;
}

export interface HookOptions {
  readonly threads?: number | undefined;
  /** Copy the trunk's weights into the runtime's own layout (docs/performance.md: faster, as large once more). */
  readonly prepackTrunk?: boolean;
}

/** The largest tensor of a run, in bytes: directions and latents beyond it are run in several goes. */
const largestTensor = 128 * 1024 * 1024;

export function openHook(
  { image: tower, weightsFolder, embeddingSize }: ClipCheckpoint,
  { hook }: Pick<Dictionary, 'hook' | 'componentSize'>,
  { threads, prepackTrunk = true }: HookOptions,
): HookPrograms {
  const { layer, tokens } = hook;
  const readsNeurons = hook.point === 'neurons';
  const count = tokenCount(tower);
  const open = (build: (g: Graph) => void, prepack: boolean): Program =>
    program(build, { folder: weightsFolder, threads, prepack });
  // Copies are worth their memory where many rows meet a weight (docs/performance.md): in the trunk and in forward mode.
  const trunk = open((g) => trunkProgram(g, tower, layer, readsNeurons), prepackTrunk);
  const suffix = open((g) => suffixProgram(g, tower, layer), false);
  const reverse = open((g) => reverseProgram(g, tower, embeddingSize, layer, tokens), false);
  const forward = open((g) => forwardProgram(g, tower, layer, tokens), true);
  const projection = open((g) => projectionProgram(g, embeddingSize), false);
  /** Rows of a run whose widest tensor is [rows, tokens, width]. */
  const rowsPerRun = (width: number): number =>
    Math.max(1, Math.floor(largestTensor / (4 * count * Math.max(width, tower.mlpWidth))));

  return {
    differentiable: embeddingReads(tower, layer, tokens),
    async trunk(pixels) {
      const size = tower.imageSize;
      const batch = new Float32Array(pixels.length * 3 * size * size);
      pixels.forEach((image, i) => {
        batch.set(image, i * image.length);
      });
      const out = await trunk.run({ pixels: float32(batch, [pixels.length, 3, size, size]) });
      const x = floats(out, 'x');
      const [data, width] = readsNeurons ? [floats(out, 'neurons'), tower.mlpWidth] : [x, tower.width];
      return {
        x: slices(x, pixels.length),
        read: { images: pixels.length, tokens: count, size: width, data },
      };
    },
    async embed(x) {
      return floats(await suffix.run({ x: float32(x, [1, count, tower.width]) }), 'embedding');
    },
    async reverse(state, directions, between) {
      const attributions: Float32Array[] = [];
      const { codes } = state;
      const perRun = rowsPerRun(codes.latents.length);
      let embedding: Float32Array = new Float32Array(0);
      for (let start = 0; start < directions.length; start += perRun) {
        await between();
        const some = directions.slice(start, start + perRun);
        const out = await reverse.run({
          x: float32(state.x, [1, count, tower.width]),
          directions: float32(concat(some.map(({ vector }) => vector)), [some.length, embeddingSize]),
          cosine: float32(
            Float32Array.from(some, ({ kind }) => (kind === 'cosine' ? 1 : 0)),
            [some.length, 1],
          ),
          decoder: float32(state.decoder, [codes.latents.length, tower.width]),
          activations: float32(writtenActivations(codes), [1, codes.tokens, codes.latents.length]),
        });
        attributions.push(...slices(floats(out, 'attributions'), some.length));
        embedding = floats(out, 'embedding');
      }
      return { embedding, attributions };
    },
    async forward({ x, codes, decoder }, between) {
      const contributions = new Float32Array(codes.latents.length * embeddingSize);
      const perLatent = transpose(writtenActivations(codes), codes.tokens, codes.latents.length);
      let embedding: Float32Array = new Float32Array(0);
      const perRun = rowsPerRun(tower.width);
      for (let start = 0; start < codes.latents.length; start += perRun) {
        await between();
        const end = Math.min(start + perRun, codes.latents.length);
        const out = await forward.run({
          x: float32(x, [1, count, tower.width]),
          decoder: float32(decoder.subarray(start * tower.width, end * tower.width), [
            end - start,
            tower.width,
          ]),
          activations: float32(perLatent.subarray(start * codes.tokens, end * codes.tokens), [
            end - start,
            codes.tokens,
          ]),
        });
        contributions.set(floats(out, 'contributions'), start * embeddingSize);
        embedding = floats(out, 'embedding');
      }
      return { embedding, contributions };
    },
    async project({ embedding, contributions }, directions) {
      const gradients = concat(directions.map((direction) => scoreGradient(embedding, direction)));
      const out = await projection.run({
        gradients: float32(gradients, [directions.length, embeddingSize]),
        contributions: float32(contributions, [contributions.length / embeddingSize, embeddingSize]),
      });
      return slices(floats(out, 'attributions'), directions.length);
    },
    costs: (directions, latents) => ({
      trunk: trunk.cost({ images: 1 }),
      forward: forward.cost({ latents }),
      reverse: reverse.cost({ directions, latents }),
    }),
    async release() {
      await Promise.all([trunk, suffix, reverse, forward, projection].map((each) => each.release()));
    },
  };
}

function slices(data: Float32Array, count: number): Float32Array[] {
  const size = data.length / count;
  return Array.from({ length: count }, (_, i) => data.slice(i * size, (i + 1) * size));
}

function concat(vectors: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(vectors.reduce((n, { length }) => n + length, 0));
  let at = 0;
  for (const vector of vectors) {
    all.set(vector, at);
    at += vector.length;
  }
  return all;
}

/** [rows, columns] → [columns, rows]. */
function transpose(data: Float32Array, rows: number, columns: number): Float32Array {
  return Float32Array.from(
    { length: data.length },
    (_, i) => data[(i % rows) * columns + Math.floor(i / rows)]!,
  );
}
