import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attribute, type KeptImage, observe } from '../../src/engine/attribution/attribute';
import type { HookPrograms } from '../../src/engine/attribution/hookPrograms';
import { intervene } from '../../src/engine/attribution/intervene';
import { type Measured, measure } from '../../src/engine/attribution/measure';
import { openHook } from '../../src/engine/attribution/openHook';
import { type ScoreDirection, score } from '../../src/engine/attribution/score';
import { writtenActivations } from '../../src/engine/dictionary/codes';
import type { Codes, Dictionary } from '../../src/engine/dictionary/dictionary';
import { gaussLegendre } from '../../src/engine/numeric/gaussLegendre';
import { concat } from '../../src/engine/numeric/vector';
import { cpuSessions } from '../../src/engine/runtime/sessions';
import { type Method, methods } from '../../src/shared/measurement';
import { plainImageEmbedding, type Rows } from '../support/plainClip';
import { dictionaryAt, hooksOf, randomCheckpoint, selectedTokens } from '../support/randomHooks';
import { towers } from '../support/towers';
import { randomNumbers } from '../unit/graph/numbers';

/**
 * Interventions and every method's values, at hooks of image towers of every kind, against the same tower in plain
 * double precision with the components scaled by hand. Of the two blocks a tower has every kind of hook in one: half of
 * the towers in the one, half in the other. What the model gives is compared to `near`, relative to the
 * largest number; a slope from float32 embeddings a step apart errs by more.
 */
const near = 2e-5;
const slopeTolerance = 2e-3;
const integralTolerance = 2e-2;
const noPause = async () => undefined;

describe.each(Object.entries(towers).map(([name, variant], number) => ({ name, variant, number })))(
  '$name',
  ({ variant, number }) => {
    const { weights, checkpoint } = randomCheckpoint(variant);
    const { image } = checkpoint;
    const random = randomNumbers(11);
    const pixels = random(75);
    const directions: readonly ScoreDirection[] = [
      { kind: 'cosine', vector: random(checkpoint.embeddingSize) },
      { kind: 'linear', vector: random(checkpoint.embeddingSize) },
    ];
    beforeAll(() => weights.write());

    describe.each(hooksOf(image).filter((_, i) => (i + Math.floor(i / 2) + number) % 2 === 0))(
      '$point of block $layer, $tokens',
      (hook) => {
        let dictionary: Dictionary;
        let programs: HookPrograms;
        let kept: KeptImage;
        let measured: Measured;
        const at = () => ({ componentSize: dictionary.componentSize, firstToken: programs.span.start });

        beforeAll(async () => {
          dictionary = dictionaryAt(checkpoint, hook);
          programs = openHook(checkpoint, dictionary, { sessions: cpuSessions(1) });
          const crop = { left: 0, top: 0, width: 5, height: 5 };
          [kept] = (await observe([{ pixels, width: 5, height: 5, crop }], programs, dictionary)) as [
            KeptImage,
          ];
          measured = await measure(kept, directions, methods, programs, { between: noPause });
        });
        afterAll(() => Promise.all([programs.release(), dictionary.release()]));

        /** The raw embedding with each active component times a factor. */
        const plainWith = (factors: ArrayLike<number>) =>
          plainImageEmbedding(
            image,
            (tensor) => weights.values(tensor),
            pixels,
            (point, layer, rows) =>
              point === hook.point && layer === hook.layer ? scaled(rows, factors) : rows,
          );

        function scaled(rows: Rows, factors: ArrayLike<number>): Rows {
          const { codes, decoder } = kept;
          const [first, last] = selectedTokens(image, hook);
          const size = dictionary.componentSize;
          return rows.map((row, t) => {
            if (t < first || t >= last) return row;
            if (hook.point === 'neurons' || hook.point === 'heads') {
              return row.map((z, j) => z * factors[Math.floor(j / size)]!);
            }
            const z = written(codes, t - first);
            return row.map(
              (value, d) =>
                value +
                z.reduce((sum, zj, j) => sum + (factors[j]! - 1) * zj * decoder[j * row.length + d]!, 0),
            );
          });
        }

        const count = () => kept.components.length;
        const allBut = (j: number, factor: number) =>
          Float32Array.from({ length: count() }, (_, i) => (i === j ? factor : 1));
        const valuesOf = (method: Method) =>
          measured.directions.map(({ values }) => values[methods.indexOf(method)]!);
        const flat = (rows: readonly ArrayLike<number>[]) => rows.flatMap((row) => Array.from(row));

        it('varies as it intervenes, as many components at once and as much', async () => {
          const factor = fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 10, noNaN: true }));
          const factors = fc
            .array(factor, { minLength: count(), maxLength: count() })
            .map((row) => Float32Array.from(row));
          await fc.assert(
            fc.asyncProperty(factors, factors, async (a, b) => {
              const product = a.map((f, i) => f * b[i]!);
              const rows = Float32Array.from([...allBut(0, 1), ...a, ...product]);
              const varied = await programs.vary(kept, rows, noPause);
              expect(varied).toHaveLength(3);
              const once = changed(kept, a);
              const twice = changed(once, b);
              const [same, first, second] = await programs.embed([kept.x, once.x, twice.x]);
              expectNear(varied[0]!, [...same!], near);
              expectNear(varied[1]!, [...first!], near);
              expectNear(varied[2]!, [...second!], near);
              expectNear(varied[1]!, plainWith(a), near);
              expectNear(varied[2]!, plainWith(product), near);
              expectNear(
                twice.codes.activations,
                Array.from(
                  kept.codes.activations,
                  (z, n) =>
                    z * product[Math.floor((n % kept.codes.latents.length) / dictionary.componentSize)]!,
                ),
                near,
              );
            }),
            { numRuns: 4, seed: 5 },
          );
        });

        function changed(of: KeptImage, factors: Float32Array): KeptImage {
          const scalings = Array.from(of.components, (component, i) => ({ component, factor: factors[i]! }));
          return intervene(of, scalings, at());
        }

        it('measures y with and without all components, and what each takes away', () => {
          const whole = plainWith(allBut(0, 1));
          const without = plainWith(new Float32Array(count()));
          const expected = directions.map((to) =>
            Array.from(
              { length: count() },
              (_, j) => plainScore(whole, to) - plainScore(plainWith(allBut(j, 0)), to),
            ),
          );
          measured.directions.forEach(({ similarity, without: y0 }, d) => {
            expectNear(
              [similarity, y0],
              [plainScore(whole, directions[d]!), plainScore(without, directions[d]!)],
              near,
            );
          });
          expectSmallAgainst(flat(valuesOf('ablation')), flat(expected), scale());
        });

        /**
         * ∂y/∂factor_j where all factors are `factor`, per direction and component: by differences of the fourth order, from
         * the embeddings that varying gives.
         */
        async function slopesAt(factors: readonly number[]): Promise<readonly (readonly number[])[]> {
          const step = 1 / 128;
          const stencil = [
            [-2, 1],
            [-1, -8],
            [1, 8],
            [2, -1],
          ] as const;
          const rows = factors.flatMap((factor) =>
            Array.from({ length: count() }, (_, j) =>
              stencil.map(([steps]) =>
                Float32Array.from({ length: count() }, (_, i) => (i === j ? factor + steps * step : factor)),
              ),
            ).flat(),
          );
          const embeddings = await programs.vary(kept, concat(rows), noPause);
          return directions.map((to) =>
            Array.from({ length: rows.length / 4 }, (_, n) =>
              stencil.reduce(
                (sum, [, weight], i) => sum + (weight * score(embeddings[4 * n + i]!, to)) / (12 * step),
                0,
              ),
            ),
          );
        }

        it('has the attribution as the slope of y in each factor', async () => {
          const { analysis } = await attribute(kept, directions, programs, noPause);
          const attributions = flat(analysis.directions.map((one) => one.attributions));
          expectSmallAgainst(flat(await slopesAt([1])), attributions, scale(), slopeTolerance);
          expect(flat(valuesOf('activation-gradient'))).toEqual(attributions);
        });

        it('integrates gradients that add up to what all components make', async () => {
          expect(measured.notes).toEqual([]);
          valuesOf('integrated-gradients').forEach((values, d) => {
            const { similarity, without } = measured.directions[d]!;
            const sum = values.reduce((a, b) => a + b, 0);
            const difference = similarity - without;
            expect(Math.abs(sum - difference)).toBeLessThan(0.01 * Math.abs(difference) + 1e-5 * scale());
          });
          const { points, weights: shares } = gaussLegendre(32);
          const slopes = await slopesAt([...points]);
          const expected = slopes.map((along) =>
            Array.from({ length: count() }, (_, j) =>
              shares.reduce((sum, share, k) => sum + share * along[k * count() + j]!, 0),
            ),
          );
          expectSmallAgainst(
            flat(valuesOf('integrated-gradients')),
            flat(expected),
            scale(),
            integralTolerance,
          );
        });

        it('reads each component through the last step alone', () => {
          const { codes, decoder } = kept;
          const width = decoder.length / codes.latents.length;
          const size = dictionary.componentSize;
          const tokens = Array.from({ length: codes.tokens }, (_, t) => written(codes, t));
          const row = (j: number) => Array.from(decoder.subarray(j * width, (j + 1) * width));
          const writes = (j: number) =>
            size === 1
              ? row(j)
              : tokens
                  .flatMap((z) =>
                    Array.from({ length: size }, (_, i) =>
                      row(j * size + i).map((w) => z[j * size + i]! * w),
                    ),
                  )
                  .reduce((sum, each) => sum.map((value, d) => value + each[d]!));
          // Every token the same is as if it were the only one, however tokens are pooled.
          const last = image.blocks.length - 1;
          const alone = (token: readonly number[]) =>
            hook.point === 'embedding'
              ? token
              : plainImageEmbedding(
                  image,
                  (tensor) => weights.values(tensor),
                  pixels,
                  (point, layer, rows) =>
                    point === 'resid_post' && layer === last ? rows.map(() => token) : rows,
                );
          const lens = directions.map((to) =>
            Array.from({ length: count() }, (_, j) => plainScore(alone(writes(j)), to)),
          );
          expectNear(flat(valuesOf('logit-lens')), flat(lens), near);
          const active = Array.from({ length: count() }, (_, j) =>
            tokens.reduce(
              (sum, z) => sum + (size === 1 ? z[j]! : Math.hypot(...z.slice(j * size, (j + 1) * size))),
              0,
            ),
          );
          expectNear(
            flat(valuesOf('activation-logit-lens')),
            lens.flatMap((values) => values.map((value, j) => value * active[j]!)),
            near,
          );
          const energy = Array.from({ length: count() }, (_, j) =>
            tokens.reduce((sum, z) => {
              const parts = Array.from({ length: size }, (_, i) =>
                row(j * size + i).map((w) => z[j * size + i]! * w),
              );
              return (
                sum + Math.hypot(...parts.reduce((all, each) => all.map((value, d) => value + each[d]!)))
              );
            }, 0),
          );
          for (const values of valuesOf('energy')) expectNear(values, energy, near);
        });

        it('gives a component that was switched off no value, and the others theirs in the model without it', async () => {
          const off = changed(kept, allBut(0, 0));
          const without = await measure(off, directions, methods, programs, { between: noPause });
          expect(off.components).toEqual(kept.components);
          without.directions.forEach(({ similarity, values }, d) => {
            expectSmallAgainst([similarity], [plainScore(plainWith(allBut(0, 0)), directions[d]!)], scale());
            for (const each of values) expect(each[0]! === 0).toBe(true);
            const last = count() - 1;
            if (last === 0) return;
            const both = allBut(0, 0).map((f, j) => (j === last ? 0 : f));
            const expected = similarity - plainScore(plainWith(both), directions[d]!);
            expectSmallAgainst([values[methods.indexOf('ablation')]![last]!], [expected], scale());
          });
        });

        /** The largest score, against which differences of scores are small. */
        const scale = () => Math.max(...measured.directions.map(({ similarity }) => Math.abs(similarity)));
      },
    );
  },
);

/** What is written on a token, of each latent. */
function written(codes: Codes, token: number): readonly number[] {
  const count = codes.latents.length;
  return Array.from(writtenActivations(codes).subarray(token * count, (token + 1) * count));
}

function plainScore(e: ArrayLike<number>, { kind, vector }: ScoreDirection): number {
  const y = Array.from(e).reduce((total, x, i) => total + x * vector[i]!, 0);
  return kind === 'linear' ? y : y / Math.hypot(...Array.from(e));
}

const differences = (actual: ArrayLike<number>, expected: ArrayLike<number>) =>
  Array.from(actual, (x, i) => Math.abs(x - expected[i]!));

function expectNear(actual: ArrayLike<number>, expected: readonly number[], tolerance: number): void {
  expectSmallAgainst(actual, expected, Math.max(...expected.map(Math.abs)), tolerance);
}

function expectSmallAgainst(
  actual: ArrayLike<number>,
  expected: readonly number[],
  scale: number,
  tolerance = near,
): void {
  expect(actual.length).toBe(expected.length);
  expect(Math.max(...differences(actual, expected))).toBeLessThanOrEqual(tolerance * scale);
}
