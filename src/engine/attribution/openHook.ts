import type { ClipCheckpoint } from '../clip/architecture';
import { decomposed, hookShape, writeSite } from '../clip/hook';
import { suffixProgram, trunkProgram } from '../clip/imagePrograms';
import { embeddingReads, embeddingSite } from '../clip/imageTower';
import { tokenSpan } from '../clip/tokens';
import { writtenActivations } from '../dictionary/codes';
import type { Dictionary } from '../dictionary/dictionary';
import type { Graph } from '../graph/graph';
import { concat } from '../numeric/vector';
import { draws, witness } from '../runtime/device/witness';
import { type Program, program } from '../runtime/program';
import { runSize } from '../runtime/runSize';
import { float32, floats } from '../runtime/session';
import type { SessionRequest, Sessions } from '../runtime/sessions';
import { forwardProgram, projectionProgram } from './forward';
import type { HookPrograms } from './hookPrograms';
import { lensProgram } from './logitLens';
import { pathIntegralProgram, pathRows } from './pathIntegral';
import { powerOfTwo, times } from './powerOfTwo';
import { gradientProgram, reverseProgram } from './reverse';
import { type ScoreDirection, scoreGradients } from './score';
import { varyProgram } from './vary';

export interface HookOptions {
  /** Where it runs; on the CPU, in this process, if left out. */
  readonly sessions?: Sessions | undefined;
  /** Copy the trunk's weights into the runtime's own layout (docs/performance.md: faster, as large once more). */
  readonly prepackTrunk?: boolean;
}

/** The largest tensor of a run, in bytes: directions and latents beyond it are run in several goes. */
const largestTensor = 128 * 1024 * 1024;
/** Multiply-adds of a run that is made of many rows: about a quarter of a second, so that cancelling is felt. */
const largestRun = 2.5e10;

export function openHook(
  checkpoint: Pick<ClipCheckpoint, 'id' | 'image' | 'weightsFolder' | 'embeddingSize'>,
  { hook, componentSize }: Pick<Dictionary, 'hook' | 'componentSize'>,
  { sessions, prepackTrunk = true }: HookOptions,
): HookPrograms {
  const { image: tower, weightsFolder, embeddingSize } = checkpoint;
  const site = writeSite(tower, hook);
  const span = tokenSpan(checkpoint, hook);
  const writes = { site, span, componentSize };
  const { tokens: count, read: readWidth, written: width } = hookShape(tower, hook);
  const open = (
    build: (g: Graph) => void,
    prepack: boolean,
    request: Pick<SessionRequest, 'name' | 'rows' | 'witness' | 'share'> = {},
  ): Program => program(build, { folder: weightsFolder, sessions, prepack, ...request });
  const latents = 4 * componentSize;
  const { activation, choice, path } = draws;
  // Copies are worth their memory where many rows meet a weight (docs/performance.md): in the trunk, in forward mode and
  // where one image is varied.
  const trunk = open((g) => trunkProgram(g, tower, hook), prepackTrunk, {
    name: 'trunk',
    // Whichever tokens a dictionary reads, and how many latents it has.
    share: `trunk to ${hook.point} of block ${hook.layer}`,
    rows: 'images',
    witness: witness({ images: 2 }),
  });
  const suffix = open((g) => suffixProgram(g, tower, site), false, {
    name: 'head',
    rows: 'images',
    witness: witness({ images: 2 }),
  });
  const reverse = open((g) => reverseProgram(g, tower, writes), false, {
    name: 'head in reverse mode',
    rows: 'directions',
    witness: witness({ directions: 3, latents }, { cosine: choice, activations: activation }),
  });
  const gradient = open((g) => gradientProgram(g, tower, writes), false, {
    name: 'gradient of the head',
    rows: 'directions',
    witness: witness({ directions: 2 }, { cosine: choice }),
  });
  const forward = open((g) => forwardProgram(g, tower, writes), true, {
    name: 'head in forward mode',
    rows: 'components',
    witness: witness({ components: 3 }, { activations: activation }),
  });
  const varying = open((g) => varyProgram(g, tower, writes), true, {
    name: 'head under interventions',
    rows: 'variants',
    witness: witness({ variants: 3, latents }, { activations: activation }),
  });
  // Its rows are summed within a run: it is not divided.
  const integral = open((g) => pathIntegralProgram(g, tower, writes), false, {
    name: 'path integral of the head',
    witness: witness(
      { rows: 4, directions: 2, latents },
      { activations: activation, missing: path, cosine: choice },
    ),
  });
  // Two small products: moving them elsewhere would take longer.
  const lens = open((g) => lensProgram(g, tower), false);
  const projection = open((g) => projectionProgram(g, embeddingSize), false);
  /** Rows of a run whose widest tensor is [rows, tokens, widest]. */
  const rowsPerRun = (widest: number): number =>
    Math.max(1, Math.floor(largestTensor / (4 * count * Math.max(widest, tower.mlpWidth))));

  /** As above, and no more than a run should take, where one row takes so many multiply-adds. */
  const rowsWithin = (widest: number, perRow: number): number =>
    Math.max(1, Math.min(rowsPerRun(widest), Math.floor(largestRun / perRow)));
  const trunkSize = runSize();
  const differentiable = span.parts.some(({ part }) => embeddingReads(tower, site, part));

  return {
    span,
    differentiable,
    async trunk(pixels) {
      const size = tower.imageSize;
      const batch = new Float32Array(pixels.length * 3 * size * size);
      pixels.forEach((image, i) => {
        batch.set(image, i * image.length);
      });
      const started = performance.now();
      const out = await trunk.run({ pixels: float32(batch, [pixels.length, 3, size, size]) });
      trunkSize.ran(pixels.length, performance.now() - started);
      const x = floats(out, 'x');
      return {
        x: slices(x, pixels.length),
        read: {
          images: pixels.length,
          tokens: count,
          size: readWidth,
          data: decomposed[hook.point] === 'x' ? x : floats(out, 'read'),
        },
      };
    },
    imagesPerRun: trunkSize.next,
    async embed(x) {
      const out = await suffix.run({ x: float32(concat(x), [x.length, count, width]) });
      return slices(floats(out, 'embedding'), x.length);
    },
    async reverse(state, directions, between) {
      const attributions: Float32Array[] = [];
      const { codes } = state;
      const perRun = rowsPerRun(codes.latents.length);
      let embedding: Float32Array = new Float32Array(0);
      for (let start = 0; start < directions.length; start += perRun) {
        await between();
        const some = directions.slice(start, start + perRun).map(sized);
        const out = await reverse.run({
          x: float32(state.x, [1, count, width]),
          directions: float32(concat(some.map(({ vector }) => vector)), [some.length, embeddingSize]),
          cosine: float32(
            Float32Array.from(some, ({ kind }) => (kind === 'cosine' ? 1 : 0)),
            [some.length, 1],
          ),
          decoder: float32(state.decoder, [codes.latents.length, width]),
          activations: float32(writtenActivations(codes), [1, codes.tokens, codes.latents.length]),
        });
        slices(floats(out, 'attributions'), some.length).forEach((part, d) => {
          attributions.push(times(part, 1 / some[d]!.factor));
        });
        embedding = floats(out, 'embedding');
      }
      return { embedding, attributions };
    },
    async gradient({ x }, direction) {
      if (!differentiable) return new Float32Array((span.end - span.start) * width);
      const { kind, vector, factor } = sized(direction);
      const out = await gradient.run({
        x: float32(x, [1, count, width]),
        directions: float32(vector, [1, embeddingSize]),
        cosine: float32(Float32Array.of(kind === 'cosine' ? 1 : 0), [1, 1]),
      });
      return times(floats(out, 'gradient'), 1 / factor);
    },
    async forward({ x, codes, decoder }, between) {
      const components = codes.latents.length / componentSize;
      const contributions = new Float32Array(components * embeddingSize);
      const activations = perComponent(writtenActivations(codes), codes.tokens, components, componentSize);
      let embedding: Float32Array = new Float32Array(0);
      const perRun = rowsPerRun(width);
      for (let start = 0; start < components; start += perRun) {
        await between();
        const end = Math.min(start + perRun, components);
        const written = sizedRows(rows(decoder, start, end, components), end - start);
        const active = sizedRows(rows(activations, start, end, components), end - start);
        const out = await forward.run({
          x: float32(x, [1, count, width]),
          decoder: float32(written.sized, [end - start, componentSize, width]),
          activations: float32(active.sized, [end - start, codes.tokens, componentSize]),
        });
        const undone = rowsTimes(
          floats(out, 'contributions'),
          written.factors.map((factor, c) => 1 / factor / active.factors[c]!),
        );
        contributions.set(undone, start * embeddingSize);
        embedding = floats(out, 'embedding');
      }
      return { embedding, contributions };
    },
    async project({ embedding, contributions }, directions) {
      const gradients = scoreGradients(embedding, directions);
      const out = await projection.run({
        gradients: float32(gradients, [directions.length, embeddingSize]),
        contributions: float32(contributions, [contributions.length / embeddingSize, embeddingSize]),
      });
      return slices(floats(out, 'attributions'), directions.length);
    },
    async vary({ x, codes, decoder }, factors, between) {
      const latents = codes.latents.length;
      const components = latents / componentSize;
      const variants = factors.length / components;
      if (!differentiable) {
        await between();
        const out = await suffix.run({ x: float32(x, [1, count, width]) });
        return Array.from({ length: variants }, () => floats(out, 'embedding'));
      }
      const activations = writtenActivations(codes);
      const embeddings: Float32Array[] = [];
      const perRun = rowsWithin(latents, varying.cost({ variants: 1, latents }));
      for (let start = 0; start < variants; start += perRun) {
        await between();
        const rowCount = Math.min(perRun, variants - start);
        const changes = Float32Array.from({ length: rowCount * latents }, (_, n) => {
          const component = Math.floor((n % latents) / componentSize);
          return factors[(start + Math.floor(n / latents)) * components + component]! - 1;
        });
        const out = await varying.run({
          x: float32(x, [1, count, width]),
          decoder: float32(decoder, [latents, width]),
          activations: float32(activations, [1, codes.tokens, latents]),
          changes: float32(changes, [rowCount, 1, latents]),
        });
        embeddings.push(...slices(floats(out, 'embedding'), rowCount));
      }
      return embeddings;
    },
    async integrate({ x, codes, decoder }, directions, { points, weights }, between) {
      const latents = codes.latents.length;
      const activations = writtenActivations(codes);
      const all = directions.map(sized);
      const sums = directions.map(() => new Float64Array(latents / componentSize));
      const rowCount = directions.length * points.length;
      const perRun = rowsWithin(width, integral.cost({ rows: 1, directions: 1, latents }));
      for (let start = 0; start < rowCount; start += perRun) {
        await between();
        const { first, asked, feeds } = pathRows(
          { points, weights },
          all,
          start,
          Math.min(start + perRun, rowCount),
        );
        const out = await integral.run({
          x: float32(x, [1, count, width]),
          decoder: float32(decoder, [latents, width]),
          activations: float32(activations, [1, codes.tokens, latents]),
          ...feeds,
        });
        slices(floats(out, 'attributions'), asked).forEach((part, d) => {
          part.forEach((a, j) => {
            sums[first + d]![j]! += a;
          });
        });
      }
      return sums.map((sum, d) => Float32Array.from(sum, (a) => a / all[d]!.factor));
    },
    async finishTokens(tokens, between) {
      const embeddings: Float32Array[] = [];
      const perRun = Math.floor(largestTensor / (4 * Math.max(width, tower.mlpWidth)));
      for (let start = 0; start < tokens.length / width; start += perRun) {
        const some = tokens.subarray(start * width, (start + perRun) * width);
        const rowCount = some.length / width;
        if (site === embeddingSite(tower)) {
          embeddings.push(...slices(some, rowCount));
          continue;
        }
        await between();
        const out = await lens.run({ tokens: float32(some, [rowCount, 1, width]) });
        embeddings.push(...slices(floats(out, 'embedding'), rowCount));
      }
      return embeddings;
    },
    costs: (directions, latents) => ({
      trunk: trunk.cost({ images: 1 }),
      forward: forward.cost({ components: latents / componentSize }),
      reverse: reverse.cost({ directions, latents }),
    }),
    async release() {
      await Promise.all(
        [trunk, suffix, reverse, gradient, forward, varying, integral, lens, projection].map((each) =>
          each.release(),
        ),
      );
    },
  };
}

/** A direction times the power of two that brings its numbers to size: derivatives of the score are linear in it. */
function sized({ kind, vector }: ScoreDirection) {
  const factor = powerOfTwo(vector);
  return { kind, vector: times(vector, factor), factor };
}

/** The same of each row of numbers by itself. */
function sizedRows(data: Float32Array, count: number) {
  const factors = slices(data, count).map((row) => powerOfTwo(row));
  return { factors, sized: rowsTimes(data, factors) };
}

/** Each row times a factor of its own. */
function rowsTimes(data: Float32Array, factors: readonly number[]): Float32Array {
  const size = data.length / factors.length;
  return data.map((x, at) => x * factors[Math.floor(at / size)]!);
}

function slices(data: Float32Array, count: number): Float32Array[] {
  const size = data.length / count;
  return Array.from({ length: count }, (_, i) => data.slice(i * size, (i + 1) * size));
}

/** Rows `start` up to `end` of all `count`. */
function rows(data: Float32Array, start: number, end: number, count: number): Float32Array {
  const size = data.length / count;
  return data.subarray(start * size, end * size);
}

/** [tokens, components·size] → [components, tokens, size]. */
function perComponent(data: Float32Array, tokens: number, components: number, size: number): Float32Array {
  const out = new Float32Array(data.length);
  let at = 0;
  for (let component = 0; component < components; component++) {
    for (let token = 0; token < tokens; token++) {
      const from = (token * components + component) * size;
      for (let i = 0; i < size; i++) out[at++] = data[from + i]!;
    }
  }
  return out;
}
