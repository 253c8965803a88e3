import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  areTwo,
  compared,
  fewestOfSense,
  type SeenImages,
  sensesOf,
} from '../../../../src/engine/audit/kinds/senses';
import { uniforms } from '../../../../src/engine/numeric/uniforms';

const pause = async () => undefined;
const draws = 2000;

/** Cosines of images with texts, [images][texts]; the usual ones are 0.1. */
function seen(cosines: readonly (readonly number[])[], said: readonly number[]): SeenImages {
  const texts = cosines[0]!.length;
  return {
    cosines: Float32Array.from(cosines.flat()),
    texts,
    said: Float32Array.from(said),
    usual: new Float32Array(texts).fill(0.1),
  };
}

/** Images that fire and others, 12 and 18; each text is given what it fits of either. */
function drawn(texts: readonly (readonly [firing: number, silent: number])[], noise: number, seed = 1) {
  const random = uniforms(seed);
  const off = () => noise * (random() + random() - 1);
  const active = Uint8Array.from({ length: 30 }, (_, i) => (i < 12 ? 1 : 0));
  const rows = Array.from(active, (fires) => texts.map(([a, b]) => (fires === 1 ? a : b) + off()));
  return {
    active,
    images: seen(
      rows,
      Array.from(active, () => 0.3 + off()),
    ),
  };
}

it('tells two senses apart, each with a text of its own', async () => {
  const { active, images } = drawn(
    [
      [0.1, 0.12],
      [0.32, 0.15],
      [0.14, 0.31],
      [0.31, 0.31],
    ],
    0.04,
  );
  const found = (await sensesOf(compared(images), active, draws, pause))!;
  expect(found.active).toMatchObject({ text: 1, contrast: expect.closeTo(0.17, 1) });
  expect(found.silent).toMatchObject({ text: 2, contrast: expect.closeTo(0.17, 1) });
  expect(found.active!.carried).toBeCloseTo(0.05 / 0.22, 1);
  expect(found.p).toBe(1 / (1 + draws));
  expect(found.isSettled).toBe(false);
  expect(areTwo(found)).toBe(true);
});

it('two drawings of one thing are one sense, however clearly they differ', async () => {
  // As a face and whole: each fits its own a little better, and both fit both.
  const { active, images } = drawn(
    [
      [0.33, 0.31],
      [0.3, 0.32],
    ],
    0.01,
  );
  const found = (await sensesOf(compared(images), active, draws, pause))!;
  expect(found.p).toBeLessThan(0.01);
  expect(areTwo(found)).toBe(false);
});

it('a text that fits a group less well than what the subject says is none of its senses', async () => {
  const { active, images } = drawn(
    [
      [0.2, 0.1],
      [0.1, 0.2],
    ],
    0.02,
  );
  expect(await sensesOf(compared(images), active, draws, pause)).toEqual({
    ...{ active: null, silent: null, p: 1 },
    isSettled: true,
  });
});

it('is not asked of a group that is too small', async () => {
  const { images } = drawn([[0.3, 0.3]], 0.01);
  const of = (firing: number) =>
    sensesOf(
      compared(images),
      Uint8Array.from({ length: 30 }, (_, i) => (i < firing ? 1 : 0)),
      10,
      pause,
    );
  expect(await of(fewestOfSense - 1)).toBeNull();
  expect(await of(30 - fewestOfSense + 1)).toBeNull();
  expect(await of(fewestOfSense)).not.toBeNull();
});

it('calls as many divisions of one sense significant as the level says, hardly more', async () => {
  let [rejected, trials] = [0, 200];
  for (let seed = 0; seed < trials; seed++) {
    const { active, images } = drawn(
      Array.from({ length: 6 }, () => [0.3, 0.3] as const),
      0.05,
      seed,
    );
    if ((await sensesOf(compared(images), active, 500, pause))!.p <= 0.1) rejected += 1;
  }
  // Of 200 trials at 0.1, 20 ± 4.2.
  expect(rejected).toBeGreaterThan(8);
  expect(rejected).toBeLessThan(34);
});

it('leaves out only texts that cannot matter, however the images are divided', async () => {
  const cosine = fc.integer({ min: -40, max: 40 }).map((n) => n / 100);
  const world = fc.record({
    cosines: fc.array(fc.array(cosine, { minLength: 8, maxLength: 8 }), { minLength: 24, maxLength: 24 }),
    said: fc.array(cosine, { minLength: 24, maxLength: 24 }),
    order: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 24, maxLength: 24 }),
    firing: fc.integer({ min: fewestOfSense, max: 24 - fewestOfSense }),
  });
  await fc.assert(
    fc.asyncProperty(world, async ({ cosines, said, order, firing }) => {
      const chosen = new Set([...order.keys()].sort((a, b) => order[a]! - order[b]!).slice(0, firing));
      const active = Uint8Array.from(order, (_, i) => (chosen.has(i) ? 1 : 0));
      const found = (await sensesOf(compared(seen(cosines, said)), active, 0, pause))!;
      const wanted = ([1, 0] as const).map((group) => largestContrast(cosines, said, active, group));
      expect(found.active?.contrast ?? 0).toBeCloseTo(wanted[0]!, 5);
      expect(found.silent?.contrast ?? 0).toBeCloseTo(wanted[1]!, 5);
    }),
    { numRuns: 300 },
  );
});

/** Over all texts, as docs/audit.md says it. */
function largestContrast(
  cosines: readonly (readonly number[])[],
  said: readonly number[],
  active: Uint8Array,
  group: 0 | 1,
): number {
  const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
  const deviation = Math.sqrt(said.reduce((sum, x) => sum + (x - mean(said)) ** 2, 0) / (said.length - 1));
  const contrasts = cosines[0]!.flatMap((_, text) => {
    const beside = cosines.map((row, i) => row[text]! - said[i]!);
    const own = mean(beside.filter((_, i) => active[i] === group));
    const other = mean(beside.filter((_, i) => active[i] !== group));
    return own >= -deviation ? [own - other] : [];
  });
  return Math.max(0, ...contrasts);
}
