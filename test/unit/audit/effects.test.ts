import { describe, expect, it } from 'vitest';
import type { ScoreDirection } from '../../../src/engine/attribution/score';
import { isOwn } from '../../../src/engine/audit/accuracy';
import { type Confirming, effectsOf } from '../../../src/engine/audit/effects';
import { changesName, encodedChanges } from '../../../src/engine/audit/keptChanges';
import type { Audited } from '../../../src/engine/audit/parts';
import type { Subject } from '../../../src/engine/components/subject';
import { unwatched } from '../../../src/engine/job';
import { type MemoryPicture, memoryLibrary } from '../../support/memoryLibrary';

const right: ScoreDirection = { kind: 'cosine', vector: Float32Array.of(1, 0) };
const up: ScoreDirection = { kind: 'cosine', vector: Float32Array.of(0, 1) };
const subject = { study: { key: 'study' }, embedder: 'model' } as Subject;

/** Where it points, and without component 7: silent where that is not given, null where it is not known. */
interface Point {
  readonly e: readonly [number, number] | null;
  readonly without?: readonly [number, number] | null;
}

/** A library that knows already what the model would say: nothing is run. `unread` notes are told. */
async function effectOf(
  points: readonly Point[],
  { unread = 0, ...options }: Partial<Audited & Confirming> & { readonly unread?: number } = {},
) {
  const sha256 = (i: number) => String(i).padStart(64, '0');
  const stored = points.map(
    ({ e, without }, i): MemoryPicture => ({
      sha256: sha256(i),
      path: `/${i}.png`,
      codes: without === undefined ? [] : [{ component: 7, max: 1 }],
      embeddings: e === null ? {} : { model: e },
    }),
  );
  const library = memoryLibrary(() => stored);
  const pictures = await library.pictures('study');
  await library.keep(
    new Map(
      points.flatMap(({ e, without }, i) => {
        if (e === null || without === undefined || without === null) return [];
        const change = Float32Array.of(without[0] - e[0], without[1] - e[1]);
        const changes = { data: Float32Array.of(9, 9, ...change), width: 2 };
        const bytes = encodedChanges({ components: Int32Array.of(3, 7), changes });
        return [[changesName(i, subject, pictures), bytes] as const];
      }),
    ),
  );
  const audited: Audited = {
    ...{ subject: 4, name: 'right', text: 'right', direction: options.direction ?? right },
    pictures: Int32Array.from(points.keys()),
  };
  const { effects, notes } = await effectsOf(
    [{ subject: 4, component: 7 }],
    [audited],
    {
      ...{ library, subject, pictures, files: async () => new Map() },
      inTurn: () => Promise.reject(new Error('the model is run')),
      classes: options.classes ?? (() => ({ directions: [up, right], own: 1 })),
    },
    unwatched,
  );
  expect(notes).toHaveLength(unread);
  return effects[0]!;
}

describe('the effect of a component', () => {
  it('is the change of the score where it is active, and of the accuracy over all images', async () => {
    const effect = await effectOf([
      { e: [3, 4], without: [0, 2] }, // wrong, and stays so: 0.6 → 0
      { e: [4, 3], without: [3, 4] }, // right, then wrong: 0.8 → 0.6
      { e: [1, 0] }, // right
      { e: [0, 1] }, // wrong
      { e: null, without: [1, 1] },
    ]);
    expect(effect.images).toBe(2);
    expect(effect.similarity).toBeCloseTo(-0.4, 6);
    expect(effect.interval).toBeNull();
    expect(effect.accuracy).toEqual({ images: 4, before: 0.5, after: 0.25 });
    expect(effect.absent).toEqual({ images: 2, similarity: 0.5, accuracy: 0.5 });
  });

  it('has an interval that holds the mean of what varies', async () => {
    const angles = Array.from({ length: 20 }, (_, i) => 0.2 + i / 100);
    const { similarity, interval, absent } = await effectOf(
      angles.map((a) => ({ e: [1, 0], without: [Math.cos(a), Math.sin(a)] })),
    );
    const expected = angles.reduce((sum, a) => sum + Math.cos(a) - 1, 0) / angles.length;
    // Changes are kept in half precision.
    expect(Math.abs(similarity - expected)).toBeLessThan(2 ** -11 * Math.abs(expected));
    expect(interval![0]).toBeLessThan(expected);
    expect(interval![1]).toBeGreaterThan(expected);
    expect(interval![1]).toBeLessThan(0);
    expect(absent).toBeNull();
  });

  it('of images that can be run stands for those that cannot, in the accuracy', async () => {
    const toUp: Point = { e: [2, 1], without: [1, 2] };
    const stays: Point = { e: [2, 1], without: [2, 1] };
    const lost: Point = { e: [2, 1], without: null };
    const points = Array.from({ length: 100 }, (_, i) => (i < 16 ? toUp : i < 64 ? stays : lost));
    const effect = await effectOf([...points, ...Array.from({ length: 100 }, (): Point => ({ e: [1, 0] }))], {
      unread: 1,
    });
    expect(effect!.images).toBe(64);
    expect(effect!.similarity).toBeCloseTo((-16 / 64) * Math.sqrt(1 / 5), 6);
    // A quarter of those run are lost, so a quarter of all hundred.
    expect(effect!.accuracy).toEqual({ images: 200, before: 1, after: 0.875 });
    expect(effect!.absent).toEqual({ images: 100, similarity: 1, accuracy: 1 });
  });

  it('of a row of a probe is in its own units, with its bias', async () => {
    const direction: ScoreDirection = { kind: 'linear', vector: Float32Array.of(2, -1), bias: 5 };
    const { similarity, absent } = await effectOf([{ e: [3, 4], without: [1, 4] }, { e: [1, 1] }], {
      direction,
    });
    expect(similarity).toBeCloseTo(-4, 6);
    expect(absent?.similarity).toBeCloseTo(6, 6);
  });

  it('has no accuracy for a subject that is alone', async () => {
    const points: readonly Point[] = [{ e: [3, 4], without: [0, 2] }, { e: [1, 0] }];
    const { accuracy, absent } = await effectOf(points, { classes: () => null });
    expect(accuracy).toBeNull();
    expect(absent).toEqual({ images: 1, similarity: 1, accuracy: null });
  });

  it('is none where no image can be run', async () => {
    expect(await effectOf([{ e: null, without: [1, 1] }, { e: [1, 0] }])).toBeNull();
  });
});

it('an image is its own where nothing scores higher, and a prompt is no rival of itself', () => {
  const e = Float32Array.of(3, 4);
  expect(isOwn(e, { directions: [right, up], own: 1 })).toBe(true);
  expect(isOwn(e, { directions: [right, up], own: 0 })).toBe(false);
  expect(isOwn(e, { directions: [up, right, up], own: 2 })).toBe(true);
});
