import { afterEach, describe, expect, it, test, vi } from 'vitest';
import type { KeptImage } from '../../../src/engine/attribution/attribute';
import { oneAtATime } from '../../../src/engine/job';
import { measureFaithfulness } from '../../../src/engine/jobs/faithfulness';
import type { JobServices } from '../../../src/engine/jobs/jobServices';
import type { Outcome } from '../../../src/engine/outcome';
import { ClipsightError } from '../../../src/shared/errors';
import type { ImageSource } from '../../../src/shared/image';
import type { FaithfulnessRequest } from '../../../src/shared/measurement';
import type { JobContext, Progress } from '../../../src/shared/rpc/protocol';

/** Nothing fires in these images, so that no model is needed: y is the number in the file's name. */
function servicesOf({ keys = () => 'key' }: { keys?: () => string } = {}) {
  const inTurn = oneAtATime();
  const turns = { taken: 0, checked: 0 };
  const services = {
    inTurn<T>(job: () => Promise<T>) {
      turns.taken += 1;
      return inTurn(job);
    },
    studyFor: async () => ({
      info: { key: keys(), model: { id: 'clip' }, dictionary: { id: 'sae' } },
      programs: {},
      resolve: async (directions: readonly unknown[]) => ({
        directions: directions.map((_, i) => ({ kind: 'linear', vector: Float32Array.of(10 ** i) })),
        notes: ['A note.'],
      }),
      async *observe(sources: readonly ImageSource[]): AsyncGenerator<Outcome<KeptImage>> {
        for (const source of sources) {
          const y = Number(source.kind === 'file' ? source.path : Number.NaN);
          yield Number.isNaN(y)
            ? { kind: 'failure', error: { code: 'image', message: 'Broken.' } }
            : {
                kind: 'ready',
                value: {
                  components: new Int32Array(0),
                  embedding: Float32Array.of(y),
                } as unknown as KeptImage,
              };
        }
      },
    }),
    async demandUnchanged() {
      turns.checked += 1;
    },
  } as unknown as JobServices;
  return { services, turns, inTurn };
}

const asked = (images: readonly string[], pairs: FaithfulnessRequest['pairs']): FaithfulnessRequest => ({
  study: { model: 'clip', dictionary: 'sae' },
  images: images.map((path) => ({ kind: 'file', path })),
  directions: [
    { kind: 'prompt', text: 'a' },
    { kind: 'prompt', text: 'b' },
  ],
  pairs,
  methods: ['energy'],
  steps: 2,
  order: 'local',
});
const unwatched: JobContext = { signal: new AbortController().signal, progress: () => undefined };

describe.each(['local', 'global'] as const)('pairs in %s order', (order) => {
  it('are measured each once, and a broken image does not cost the others', async () => {
    const { services, turns } = servicesOf();
    const told: Progress[] = [];
    const request = asked(
      ['3', 'broken', '5', '7'],
      [
        { image: 3, direction: 0 },
        { image: 0, direction: 1 },
        { image: 1, direction: 0 },
        { image: 0, direction: 0 },
        { image: 0, direction: 1 },
      ],
    );
    const result = await measureFaithfulness({ ...request, order }, services, {
      ...unwatched,
      progress: (progress) => told.push(progress),
    });
    expect(result).toMatchObject({
      pairs: 3,
      fractions: [0, 0.5, 1],
      methods: [{ method: 'energy', deletion: { curve: [40 / 3, 40 / 3, 40 / 3] }, rankCorrelation: null }],
      failures: [{ image: 1, error: { code: 'image', message: 'Broken.' } }],
      notes: ['A note.'],
    });
    expect(told.every(({ done, total }) => done <= total)).toBe(true);
    expect(told[0]!.done).toBe(0);
    // Files are looked at again after every turn in which numbers were computed, all but the first.
    expect(turns.checked).toBe(turns.taken - 1);
  });
});

test('the error of an image is told where no other image is left', async () => {
  const { services } = servicesOf();
  const request = asked(['broken'], [{ image: 0, direction: 0 }]);
  await expect(measureFaithfulness(request, services, unwatched)).rejects.toThrow('Broken.');
});

test('pairs must be of what is there', async () => {
  const { services } = servicesOf();
  for (const pair of [
    { image: 1, direction: 0 },
    { image: 0, direction: 2 },
  ]) {
    await expect(measureFaithfulness(asked(['1'], [pair]), services, unwatched)).rejects.toMatchObject({
      code: 'configuration',
    });
  }
});

test('other jobs get their turn meanwhile', async () => {
  const { services, inTurn } = servicesOf();
  const many = Array.from({ length: 100 }, (_, i) => String(i));
  let between: Promise<string> | null = null;
  const ended: string[] = [];
  const request = asked(
    many,
    many.map((_, image) => ({ image, direction: 0 })),
  );
  const all = measureFaithfulness(request, services, {
    ...unwatched,
    progress: ({ done }) => {
      if (done === 1) between ??= inTurn(async () => ended.push('between').toString());
    },
  }).then(() => ended.push('all'));
  await all;
  await between;
  expect(ended).toEqual(['between', 'all']);
});

test('a study that changed meanwhile gives no numbers', async () => {
  let opened = 0;
  const { services } = servicesOf({ keys: () => `key ${opened++ < 1 ? 'old' : 'new'}` });
  const request = asked(['1'], [{ image: 0, direction: 0 }]);
  await expect(measureFaithfulness(request, services, unwatched)).rejects.toBeInstanceOf(ClipsightError);
});

describe('an image that takes long', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is told of again and again, lest the job is taken to hang', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const components = Int32Array.of(0, 1, 2, 3, 4, 5, 6, 7);
    const image = {
      x: new Float32Array(8),
      codes: { latents: components, tokens: 1, activations: new Float32Array(8).fill(1), outputScale: null },
      decoder: new Float32Array(64).map((_, n) => (n % 9 === 0 ? 1 + n : 0)),
      components,
      embedding: Float32Array.of(1),
    };
    let sinceTold = 0;
    let longest = 0;
    const programs = {
      differentiable: true,
      // A slow machine: every run takes a minute.
      async vary(_state: unknown, factors: Float32Array, between: () => Promise<void>) {
        await between();
        vi.advanceTimersByTime(60_000);
        longest = Math.max(longest, ++sinceTold);
        return Array.from({ length: factors.length / 8 }, () => Float32Array.of(1));
      },
    };
    const { services } = servicesOf();
    const study = {
      ...(await services.studyFor({ model: 'clip', dictionary: 'sae' }, unwatched)),
      programs,
      async *observe() {
        yield { kind: 'ready', value: image };
      },
    };
    const request = asked(['1'], [{ image: 0, direction: 0 }]);
    await measureFaithfulness(
      { ...request, methods: ['energy', 'random'], steps: 8 },
      { ...services, studyFor: async () => study } as unknown as JobServices,
      {
        ...unwatched,
        progress: () => {
          sinceTold = 0;
        },
      },
    );
    expect(longest).toBe(1);
  });
});
