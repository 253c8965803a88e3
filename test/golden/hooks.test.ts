import { beforeAll, describe, expect, it } from 'vitest';
import { attribute, observe } from '../../src/engine/attribution/attribute';
import { openHook } from '../../src/engine/attribution/openHook';
import { attributionOn } from '../../src/engine/attribution/patchMaps';
import type { ScoreDirection } from '../../src/engine/attribution/score';
import { writtenActivations } from '../../src/engine/dictionary/codes';
import { cpuSessions } from '../../src/engine/runtime/sessions';
import { type Edit, plainImageEmbedding, type Rows } from '../support/plainClip';
import { dictionaryAt, hooksOf, randomCheckpoint, selectedTokens } from '../support/randomHooks';
import { towers } from '../support/towers';
import { randomNumbers } from '../unit/graph/numbers';

/**
 * Every hook of image towers of every kind against the same tower in plain double precision: what a dictionary is given
 * to read, the embedding, and attributions by both modes against central differences of the score. Differences in
 * double precision with a step of 10⁻⁴ err by about 10⁻⁸; the rest is float32. Worst errors seen, relative to the
 * largest number: 2.3·10⁻⁶ and 3.2·10⁻⁶.
 */
const readTolerance = 1e-5;
const attributionTolerance = 2e-5;
const step = 1e-4;

const noPause = async () => undefined;

describe.each(Object.entries(towers))('%s', (_name, variant) => {
  const { weights, checkpoint } = randomCheckpoint(variant);
  const { image } = checkpoint;
  const random = randomNumbers(11);
  const pixels = [random(75), random(75)];
  const directions: readonly ScoreDirection[] = [
    { kind: 'cosine', vector: random(checkpoint.embeddingSize) },
    { kind: 'cosine', vector: random(checkpoint.embeddingSize) },
    { kind: 'linear', vector: random(checkpoint.embeddingSize) },
  ];
  beforeAll(() => weights.write());

  const plain = (of: ArrayLike<number>, edit?: Edit) =>
    plainImageEmbedding(image, (tensor) => weights.values(tensor), of, edit);

  const hooks = hooksOf(image);

  it.each(hooks)('$point of block $layer, $tokens', async (hook) => {
    const dictionary = dictionaryAt(checkpoint, hook);
    const programs = openHook(checkpoint, dictionary, { sessions: cpuSessions(1) });
    const { read } = await programs.trunk(pixels);
    const images = pixels.map((of) => ({
      pixels: of,
      width: 5,
      height: 5,
      crop: { left: 0, top: 0, width: 5, height: 5 },
    }));
    const kept = await observe(images, programs, dictionary);

    for (const [i, of] of pixels.entries()) {
      let seen: Rows = [];
      const embedding = plain(of, (point, layer, rows) => {
        if (point === hook.point && layer === hook.layer) seen = rows;
        return rows;
      });
      const size = read.tokens * read.size;
      expectNear(read.data.subarray(i * size, (i + 1) * size), seen.flat(), readTolerance);

      const state = kept[i]!;
      if (hook.point === 'heads') {
        const [first, last] = selectedTokens(image, hook);
        const lengths = seen.slice(first, last).map((row) => headLengths(row));
        expect([...state.components]).toEqual([0, 1]);
        expectNear(
          state.peaks,
          [0, 1].map((head) => Math.max(...lengths.map((each) => each[head]!))),
          readTolerance,
        );
      }
      expectNear((await programs.embed([state.x]))[0]!, embedding, readTolerance);

      const slopes = Array.from(state.components, (component) => {
        const [up, down] = [step, -step].map((by) =>
          plain(of, (point, layer, rows) =>
            point === hook.point && layer === hook.layer ? grow(rows, component, by) : rows,
          ),
        );
        return directions.map((to) => (plainScore(up!, to) - plainScore(down!, to)) / (2 * step));
      });
      const expected = directions.map((_, d) => slopes.map((each) => each[d]!));
      /** The component made larger by a share of itself, on the selected tokens. */
      function grow(rows: Rows, component: number, by: number): Rows {
        const width = dictionary.componentSize;
        const [first, last] = selectedTokens(image, hook);
        return rows.map((row, t) => {
          if (t < first || t >= last) return row;
          if (hook.point === 'neurons' || hook.point === 'heads') {
            return row.map((z, j) => (Math.floor(j / width) === component ? z * (1 + by) : z));
          }
          const { codes, decoder } = state;
          const j = codes.latents.indexOf(component);
          const z = writtenActivations(codes)[(t - first) * codes.latents.length + j]!;
          return row.map((value, d) => value + by * z * decoder[j * row.length + d]!);
        });
      }

      if (!programs.differentiable) {
        expect(expected.flat().every((a) => a === 0)).toBe(true);
        continue;
      }
      expect(expected.flat().some((a) => Math.abs(a) > 1e-3)).toBe(true);
      const reverse = await programs.reverse(state, directions, noPause);
      const forward = await programs.forward(state, noPause);
      const projected = await programs.project(forward, directions);
      expectNear(reverse.embedding, embedding, readTolerance);
      expectNear(forward.embedding, embedding, readTolerance);
      expectNear(
        reverse.attributions.flatMap((a) => [...a]),
        expected.flat(),
        attributionTolerance,
      );
      expectNear(
        projected.flatMap((a) => [...a]),
        expected.flat(),
        attributionTolerance,
      );
      // Token by token, the parts that a map shows.
      const gradient = await programs.gradient(state, directions[0]!);
      const { componentSize } = dictionary;
      expectNear(
        Array.from(state.components, (_, column) =>
          Array.from({ length: state.codes.tokens }, (_token, token) =>
            attributionOn(token, state, { column, componentSize }, gradient),
          ).reduce((sum, part) => sum + part, 0),
        ),
        expected[0]!,
        attributionTolerance,
      );
    }
    await Promise.all([programs.release(), dictionary.release()]);
  });

  it('has heads that together are attention without its bias', async () => {
    const hook = { point: 'heads', layer: 0, tokens: 'all' } as const;
    const dictionary = dictionaryAt(checkpoint, hook);
    const programs = openHook(checkpoint, dictionary, { sessions: cpuSessions(1) });
    const crop = { left: 0, top: 0, width: 5, height: 5 };
    const [state] = await observe([{ pixels: pixels[0]!, width: 5, height: 5, crop }], programs, dictionary);
    const once = await attribute(state!, directions, programs, noPause);
    const again = await attribute(once.kept, directions, programs, noPause);
    const { out, scale1 } = image.blocks[0]!;
    const bias = weights
      .values(out.bias!)
      .map((b, d) => b * (scale1 === null ? 1 : weights.values(scale1)[d]!));
    const grown = (by: number) =>
      plain(pixels[0]!, (point, layer, rows) =>
        point === 'attn_out' && layer === 0
          ? rows.map((row) => row.map((value, d) => value + by * (value - bias[d]!)))
          : rows,
      );
    const truth = directions.map(
      (to) => (plainScore(grown(step), to) - plainScore(grown(-step), to)) / (2 * step),
    );
    for (const { analysis } of [once, again]) {
      expect([...analysis.latents]).toEqual([0, 1]);
      expectNear(
        analysis.directions.map(({ attributions: [a, b] }) => a! + b!),
        truth,
        attributionTolerance,
      );
    }
    await Promise.all([programs.release(), dictionary.release()]);
  });

  it('reads nothing but what is pooled after the last attention', () => {
    const zero = hooks.filter((hook) => {
      const programs = openHook(checkpoint, dictionaryAt(checkpoint, hook), {});
      return !programs.differentiable;
    });
    const unread = { cls: 'patches', 'average before': 'cls', 'average after': 'cls', attention: null };
    const silent = unread[variant.pooling];
    expect(zero).toEqual(
      hooks.filter(
        ({ point, layer, tokens }) =>
          variant.cls && point !== 'embedding' && layer === 1 && tokens === silent,
      ),
    );
    expect(zero).toHaveLength(silent === null || !variant.cls ? 0 : 5);
  });
});

/** Of two heads of three dimensions. */
const headLengths = (row: readonly number[]) => [Math.hypot(...row.slice(0, 3)), Math.hypot(...row.slice(3))];

function plainScore(e: readonly number[], { kind, vector }: ScoreDirection): number {
  const y = e.reduce((total, x, i) => total + x * vector[i]!, 0);
  return kind === 'linear' ? y : y / Math.hypot(...e);
}

function expectNear(actual: ArrayLike<number>, expected: readonly number[], tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  const scale = Math.max(...expected.map(Math.abs));
  const worst = Math.max(...Array.from(actual, (x, i) => Math.abs(x - expected[i]!)));
  expect(worst / scale).toBeLessThan(tolerance);
}
