import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ScoreDirection } from '../../../src/engine/attribution/score';
import { oneAtATime } from '../../../src/engine/job';
import { compareDirections } from '../../../src/engine/jobs/comparison';
import type { JobServices } from '../../../src/engine/jobs/jobServices';
import type { Outcome } from '../../../src/engine/outcome';
import type { ImageAnalysis } from '../../../src/shared/analysis';
import type { ComparisonRequest } from '../../../src/shared/comparison';
import { hasCode } from '../../../src/shared/errors';
import type { ImageSource } from '../../../src/shared/image';
import type { JobContext, Progress } from '../../../src/shared/rpc/protocol';

/** What fires in a picture, by component, and what each gives to direction 0; to direction d, d + 1 times as much. */
type Picture = Readonly<Record<number, { readonly z: number; readonly a: number }>>;

interface Told {
  readonly key?: () => string;
  /** Called before each picture that is attributed. */
  readonly onPicture?: (path: string) => void;
}

/** No model: y of a picture and direction d is Σ a·(d + 1), and pictures that are not there fail. */
function servicesOf(
  pictures: Readonly<Record<string, Picture>>,
  { key = () => 'key', onPicture }: Told = {},
) {
  const turn = oneAtATime();
  const seen = { turns: 0, checked: 0, attributed: 0, resolved: [] as number[] };
  const nameOf = (source: ImageSource) => (source.kind === 'file' ? source.path : source.name);
  async function* each<T>(
    sources: readonly ImageSource[],
    value: (picture: Picture, name: string) => T,
  ): AsyncGenerator<Outcome<T>> {
    for (const source of sources) {
      const name = nameOf(source);
      onPicture?.(name);
      const picture = pictures[name];
      yield picture === undefined
        ? { kind: 'failure', error: { code: 'image', message: `${name} is broken.` } }
        : { kind: 'ready', value: value(picture, name) };
    }
  }
  const gives = (picture: Picture) => Object.values(picture).reduce((sum, { a }) => sum + a, 0);
  const analysis = (picture: Picture, directions: readonly ScoreDirection[]): ImageAnalysis => ({
    width: 1,
    height: 1,
    crop: { left: 0, top: 0, width: 1, height: 1 },
    latents: Int32Array.from(Object.keys(picture), Number),
    activations: Float32Array.from(Object.values(picture), ({ z }) => z),
    directions: directions.map(({ vector }) => ({
      similarity: gives(picture) * vector[0]!,
      total: 0,
      attributions: Float32Array.from(Object.values(picture), ({ a }) => a * vector[0]!),
      mode: 'forward',
    })),
  });
  const study = () => ({
    info: { key: key(), model: { id: 'clip' }, dictionary: { id: 'sae' } },
    resolve: async (directions: readonly { readonly text: string }[]) => {
      seen.resolved.push(directions.length);
      return {
        directions: directions.map(({ text }) => ({
          kind: 'linear',
          vector: Float32Array.of(Number(text) + 1),
        })),
        readings: directions.map(({ text }) => (text === '1' ? ['Read as one.'] : [])),
      };
    },
    embed: (sources: readonly ImageSource[]) => each(sources, (picture) => Float32Array.of(gives(picture))),
    attribute: (sources: readonly ImageSource[], directions: readonly ScoreDirection[]) =>
      each(sources, (picture) => {
        seen.attributed += directions.length;
        return analysis(picture, directions);
      }),
  });
  const services = {
    inTurn<T>(job: () => Promise<T>) {
      seen.turns += 1;
      return turn(job);
    },
    studyFor: async () => study(),
    async demandUnchanged() {
      seen.checked += 1;
    },
  } as unknown as JobServices;
  return { services, seen };
}

const two: Readonly<Record<string, Picture>> = {
  a: { 3: { z: 2, a: 0.5 }, 7: { z: 1, a: -1 } },
  b: { 3: { z: 4, a: 0.25 }, 9: { z: 6, a: 0.5 } },
};

const asked = (images: readonly string[], directions: number, most: number): ComparisonRequest => ({
  study: { model: 'clip', dictionary: 'sae' },
  images: images.map((name) => ({ kind: 'bytes', name, bytes: new TextEncoder().encode(name) })),
  directions: Array.from({ length: directions }, (_, d) => ({ kind: 'prompt', text: String(d) })),
  most,
});

function watched(): { job: JobContext; told: Progress[]; controller: AbortController } {
  const controller = new AbortController();
  const told: Progress[] = [];
  return {
    controller,
    told,
    job: { signal: controller.signal, progress: (progress) => told.push(progress) },
  };
}

describe('prompts side by side', () => {
  it('are means over the images, in which a silent component has 0', async () => {
    const { services, seen } = servicesOf(two);
    const found = await compareDirections(asked(['a', 'b'], 2, 10), services, watched().job);
    expect(found.failures).toEqual([null, null]);
    expect([...found.similarities]).toEqual([-0.5, 0.75, -1, 1.5]);
    // −0.5, 0.375 and 0.25 of the first direction.
    expect([...found.components]).toEqual([7, 3, 9]);
    expect([...found.attributions]).toEqual([-0.5, 0.375, 0.25, -1, 0.75, 0.5]);
    expect([...found.activations]).toEqual([0.5, 3, 3]);
    expect([...found.totals]).toEqual([1.125, 2.25]);
    expect(found.readings).toEqual([[], ['Read as one.']]);
    expect(seen.checked).toBe(seen.turns);
  });

  it('have the components that are among the largest of some direction', async () => {
    const { services } = servicesOf(two);
    const found = await compareDirections(asked(['a', 'b'], 2, 1), services, watched().job);
    expect([...found.components]).toEqual([7]);
    expect([...found.attributions]).toEqual([-0.5, -1]);
    expect([...found.totals]).toEqual([1.125, 2.25]);
  });

  it('attribute nothing where no component is asked for', async () => {
    const { services, seen } = servicesOf(two);
    const found = await compareDirections(asked(['b'], 1, 0), services, watched().job);
    expect([...found.similarities]).toEqual([0.75]);
    expect(found.components).toHaveLength(0);
    expect([...found.totals]).toEqual([0]);
    expect(seen.attributed).toBe(0);
  });

  it('do without images that fail', async () => {
    const { services } = servicesOf(two);
    const found = await compareDirections(asked(['gone', 'b', 'lost'], 1, 10), services, watched().job);
    expect(found.failures.map((failure) => failure?.message ?? null)).toEqual([
      'gone is broken.',
      null,
      'lost is broken.',
    ]);
    expect([...found.similarities]).toEqual([0.75]);
    expect([...found.components]).toEqual([9, 3]);
  });

  it.each([0, 5])('end with what the first image has where all fail, with most %i', async (most) => {
    const { services } = servicesOf(two);
    await expect(
      compareDirections(asked(['gone', 'lost'], 1, most), services, watched().job),
    ).rejects.toThrow('gone is broken.');
  });

  it('name the prompt that is empty, before anything is computed', async () => {
    const { services, seen } = servicesOf(two);
    const request = { ...asked(['a'], 1, 1), directions: [{ kind: 'prompt', text: '' } as const] };
    await expect(compareDirections(request, services, watched().job)).rejects.toThrow('A prompt is empty.');
    expect(seen.turns).toBe(0);
  });

  it('are the same whether all directions are held at once or few of them', async () => {
    const fired = fc.record({ z: fc.integer({ min: 1, max: 9 }), a: fc.integer({ min: -8, max: 8 }) });
    const picture = fc.dictionary(fc.integer({ min: 0, max: 30 }).map(String), fired, { maxKeys: 12 });
    await fc.assert(
      fc.asyncProperty(
        fc.record({ a: picture, b: picture, c: picture }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 8, max: 400 }),
        async (pictures, directions, most, capacity) => {
          const request = asked(['a', 'gone', 'b', 'c'], directions, most);
          const run = (options: { capacity?: number }) =>
            compareDirections(request, servicesOf(pictures).services, watched().job, options);
          expect(await run({ capacity })).toEqual(await run({}));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('refuse an image that cannot be read again in a later pass', async () => {
    let times = 0;
    const pictures: Record<string, Picture> = { ...two };
    const { services } = servicesOf(pictures, {
      onPicture: () => {
        times += 1;
        if (times === 2) delete pictures.b;
      },
    });
    const comparing = compareDirections(asked(['b'], 4, 1), services, watched().job, { capacity: 40 });
    await expect(comparing).rejects.toThrow('b changed while it was compared.');
  });

  it('refuse a study that changed between turns', async () => {
    let turn = 0;
    const { services } = servicesOf(two, {
      key: () => `key ${turn}`,
      // Longer than a turn, so that another one is taken.
      onPicture: () => {
        turn += 1;
        const until = performance.now() + 260;
        while (performance.now() < until);
      },
    });
    const comparing = compareDirections(asked(['a', 'b'], 1, 1), services, watched().job);
    await expect(comparing).rejects.toSatisfy((thrown) => hasCode(thrown, 'checkpoint'));
  });

  it('let others in between, and tell how far they are', async () => {
    const { services, seen } = servicesOf(two, {
      onPicture: () => {
        const until = performance.now() + 130;
        while (performance.now() < until);
      },
    });
    const { job, told } = watched();
    await compareDirections(asked(['a', 'b', 'a', 'b'], 200, 1), services, job);
    expect(seen.resolved.every((count) => count <= 64)).toBe(true);
    expect(seen.resolved.reduce((a, b) => a + b, 0)).toBe(200);
    expect(seen.turns).toBeGreaterThan(1);
    expect(told.map(({ stage }) => stage)).toContain('Reading prompts');
    expect(told.at(-1)).toMatchObject({ stage: 'Comparing images', total: 4 });
  });

  it('end when they are cancelled', async () => {
    const { job, controller } = watched();
    const { services } = servicesOf(two, { onPicture: () => controller.abort() });
    const ended = compareDirections(asked(['a', 'b'], 1, 1), services, job);
    await expect(ended).rejects.toSatisfy((thrown) => hasCode(thrown, 'cancelled'));
  });
});
