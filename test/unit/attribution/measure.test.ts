import { describe, expect, it } from 'vitest';
import type { KeptImage } from '../../../src/engine/attribution/attribute';
import type { HookPrograms } from '../../../src/engine/attribution/hookPrograms';
import { measure } from '../../../src/engine/attribution/measure';
import { type Method, methods } from '../../../src/shared/measurement';

const between = async () => undefined;
const up = { kind: 'linear', vector: Float32Array.of(1, 0) } as const;
const across = { kind: 'linear', vector: Float32Array.of(0, 1) } as const;

function imageOf(activations: readonly number[]): KeptImage {
  const latents = Int32Array.from(activations, (_, j) => 10 + j);
  return {
    width: 1,
    height: 1,
    crop: { left: 0, top: 0, width: 1, height: 1 },
    x: Float32Array.of(5, 7),
    codes: { latents, tokens: 1, activations: Float32Array.from(activations), outputScale: null },
    decoder: new Float32Array(2 * activations.length).fill(1),
    components: latents,
    peaks: Float32Array.from(activations),
    embedding: Float32Array.of(5, 7),
    contributions: null,
  };
}

/** A model whose embedding is (5, 7) with all components, and loses (1, 0) for each that is off. */
function programsOf(changes: Partial<HookPrograms>): HookPrograms {
  return {
    differentiable: true,
    vary: async ({ codes }, factors) => {
      const count = codes.latents.length;
      return Array.from({ length: factors.length / count }, (_, row) => {
        const off = factors.subarray(row * count, (row + 1) * count).filter((factor) => factor === 0).length;
        return Float32Array.of(5 - off, 7);
      });
    },
    ...changes,
  } as HookPrograms;
}

describe('measuring', () => {
  it('asks nothing of an image without active components', async () => {
    const measured = await measure(imageOf([]), [up], methods, programsOf({}), { between });
    expect(measured).toEqual({
      directions: [{ similarity: 5, without: 5, values: methods.map(() => new Float32Array(0)) }],
      notes: [],
    });
  });

  it('has gradients of zero where the score does not read the tokens, and measures the rest all the same', async () => {
    const asked: readonly Method[] = ['activation-gradient', 'integrated-gradients', 'energy'];
    const programs = programsOf({ differentiable: false });
    const { directions, notes } = await measure(imageOf([2, 3]), [up], asked, programs, { between });
    const [a, b] = [2, 3].map((z) => Math.fround(z * Math.SQRT2));
    expect(directions[0]!.values).toEqual([
      new Float32Array(2),
      new Float32Array(2),
      Float32Array.of(a!, b!),
    ]);
    expect(notes).toEqual([]);
  });

  it('takes more points until integrated gradients add up', async () => {
    const seen: [directions: number, points: number][] = [];
    const programs = programsOf({
      integrate: async (_state, directions, { points }) => {
        seen.push([directions.length, points.length]);
        // Along `up` they add up to 2 from 64 points on; across nothing changes.
        return directions.map(({ vector }) =>
          Float32Array.of(vector[0]! * (1 + 10 / points.length ** 2), vector[0]!),
        );
      },
    });
    const image = imageOf([1, 1]);
    const { directions, notes } = await measure(image, [across, up], ['integrated-gradients'], programs, {
      between,
    });
    expect(seen).toEqual([
      [2, 16],
      [1, 32],
    ]);
    expect(directions.map(({ values }) => values[0]![1])).toEqual([0, 1]);
    expect(notes).toEqual([]);
  });

  it('says so where integrated gradients do not add up', async () => {
    const programs = programsOf({ integrate: async () => [Float32Array.of(1, 1.05)] });
    const options = { between, nameOf: () => '“a wolf”' };
    const { notes } = await measure(imageOf([1, 1]), [up], ['integrated-gradients'], programs, options);
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(/“a wolf” add up to 2\.05, with 256 points on the path, .* by 2\.00/);
  });

  it('gives what is silent no value, and tells how far it is', async () => {
    const told: [number, number][] = [];
    const options = { between, progress: (done: number, total: number) => told.push([done, total]) };
    const asked: readonly Method[] = ['random', 'energy', 'ablation'];
    const { directions } = await measure(imageOf([0, 3]), [up], asked, programsOf({}), options);
    const [random, energy, ablation] = directions[0]!.values;
    expect([random![0], energy![0], ablation![0]]).toEqual([0, 0, 0]);
    expect([random![1]! > 0, energy![1]! > 0, ablation![1]]).toEqual([true, true, 1]);
    expect(told[0]).toEqual([0, 4]);
    expect(told.at(-1)).toEqual([4, 4]);
  });
});
