import * as z from 'zod';
import { areaUnder, type Curves, followOrders } from '../../src/engine/attribution/faithfulness';
import { globalOrder } from '../../src/engine/attribution/globalOrder';
import { descending } from '../../src/engine/attribution/ordering';
import { rankImage } from '../../src/engine/attribution/rankedImage';
import { type ScoreDirection, score } from '../../src/engine/attribution/score';
import type { Study } from '../../src/engine/study';
import { Method, methods } from '../../src/shared/measurement';

/** Latents deleted one by one for the comparison with Logit Lens over the whole dictionary. */
export const countedLatents = 16;

export interface Subject {
  readonly id: string;
  readonly dictionary: string;
  readonly steps: number;
  /** How many it is measured on. */
  readonly images: number;
  /** Whether latents are also deleted one by one. */
  readonly counted: boolean;
}

const Follow = z.strictObject({ deletion: z.array(z.number()), insertion: z.array(z.number()) });

/** All that was measured of a subject, image by image: what can be kept so that a run goes on where it was. */
export const Measurements = z.strictObject({
  layer: z.int(),
  tokens: z.string(),
  size: z.int(),
  steps: z.int(),
  methods: z.array(Method),
  images: z.array(
    z.strictObject({
      active: z.int(),
      local: z.array(Follow),
      global: z.array(Follow),
      rankCorrelations: z.array(z.number().nullable()),
      /** Null where latents are not deleted one by one. */
      counts: z
        .strictObject({
          /** y at each k, per method. */
          methods: z.array(z.array(z.number())),
          unrestricted: z.array(z.number()),
          activeAmongFirst: z.array(z.int()),
        })
        .nullable(),
    }),
  ),
});
export type Measurements = z.infer<typeof Measurements>;

const between = () => Promise.resolve();
const job = { signal: new AbortController().signal };

/** Image i is scored against direction `directionOf[i]`. */
export async function measureSubject(
  { dictionary, programs, info, observe }: Study,
  { steps, counted }: Subject,
  images: readonly string[],
  directions: readonly ScoreDirection[],
  directionOf: readonly number[],
  report: (done: number) => void,
): Promise<Measurements> {
  const global = globalOrder(methods);
  const measured: Omit<Measurements['images'][number], 'global'>[] = [];
  const sources = images.map((path) => ({ kind: 'file', path }) as const);
  const lens = counted ? await logitLensOfAll() : null;

  /** Logit Lens of every latent there is, one [latents] per direction. */
  async function logitLensOfAll(): Promise<readonly Float32Array[]> {
    const every = Int32Array.from({ length: info.dictionary.size }, (_, j) => j);
    const embeddings = await programs.finishTokens(await dictionary.decoderRows(every), between);
    return directions.map((direction) => Float32Array.from(embeddings, (e) => score(e, direction)));
  }

  for await (const outcome of observe(sources, job)) {
    if (outcome.kind === 'failure') throw new Error(outcome.error.message);
    const image = outcome.value;
    const at = directionOf[measured.length]!;
    const direction = directions[at]!;
    const ranked = await rankImage(image, [direction], methods, programs, { between });
    const { values, rankCorrelations } = ranked.directions[0]!;
    global.add(at, image.components, values);
    const followed = [{ direction, orders: values.map(descending) }];
    const [local] = await followOrders(image, followed, steps, programs, between);
    measured.push({
      active: image.components.length,
      local: local!.map(plain),
      rankCorrelations: [...rankCorrelations],
      counts: lens === null ? null : await countsOf(),
    });
    report(measured.length / 2);

    async function countsOf() {
      const components = image.components;
      const [each] = await followOrders(image, followed, components.length, programs, between);
      const firstK = (curve: ArrayLike<number>, k: number) => curve[Math.min(k, components.length)]!;
      const ks = Array.from({ length: countedLatents + 1 }, (_, k) => k);
      // Deleting the first k of all latents deletes those of them that are active: the first of the restricted order.
      const active = new Set(components);
      const ranking = descending(lens![at]!);
      const activeAmongFirst = ks.map(
        (k) => ranking.slice(0, k).filter((latent) => active.has(latent)).length,
      );
      const restricted = each![methods.indexOf('logit-lens')]!.deletion;
      return {
        methods: each!.map(({ deletion }) => ks.map((k) => firstK(deletion, k))),
        unrestricted: activeAmongFirst.map((k) => firstK(restricted, k)),
        activeAmongFirst,
      };
    }
  }

  const all: Measurements['images'] = [];
  for await (const outcome of observe(sources, job)) {
    if (outcome.kind === 'failure') throw new Error(outcome.error.message);
    const image = outcome.value;
    const at = directionOf[all.length]!;
    const orders = global.values(at, image.components).map(descending);
    const asked = [{ direction: directions[at]!, orders }];
    const [curves] = await followOrders(image, asked, steps, programs, between);
    all.push({ ...measured[all.length]!, global: curves!.map(plain) });
    report((images.length + all.length) / 2);
  }
  const { layer, tokens, size } = info.dictionary;
  return { layer, tokens, size, steps, methods: [...methods], images: all };
}

function plain({ deletion, insertion }: Curves) {
  return { deletion: [...deletion], insertion: [...insertion] };
}

/** Areas of all images under one curve. */
export function areas(curves: readonly (readonly number[])[]): Float64Array {
  return Float64Array.from(curves, areaUnder);
}
