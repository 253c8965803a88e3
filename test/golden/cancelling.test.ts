import * as path from 'node:path';
import { expect, it } from 'vitest';
import { methods } from '../../src/shared/measurement';
import type { JobContext } from '../../src/shared/rpc/protocol';
import { openEngine } from './faithfulnessReferences';
import { root } from './references';

/** Jobs cancelled at one moment after the other: what comes next is answered, and as if they had never been. */
const engine = openEngine();
const [wolf, cow] = ['wolf/wolf_00.jpg', 'cow/cow_00.jpg'].map((one) =>
  path.join(root, 'examples/demo/images', one),
) as [string, string];
const image = { kind: 'file', path: wolf } as const;
const study = {
  model: path.join(root, 'models/emoji-clip'),
  dictionary: path.join(root, 'models/sae-cls'),
  samples: [wolf, cow],
};
const direction = { kind: 'prompt', text: 'a photo of a wolf' } as const;
const one = { study, image, directions: [direction], methods: [...methods] };
const curves = {
  study,
  images: [image],
  directions: [direction],
  pairs: [{ image: 0, direction: 0 }],
  methods: [...methods],
  steps: 4,
};

const jobs: Readonly<Record<string, (job: JobContext) => unknown>> = {
  measure: (job) => engine.measure(one, job),
  'measure, with an intervention': (job) =>
    engine.measure({ ...one, intervention: [{ component: 5, factor: 0 }] }, job),
  'faithfulness, local': (job) => engine.faithfulness({ ...curves, order: 'local' }, job),
  'faithfulness, global': (job) => engine.faithfulness({ ...curves, order: 'global' }, job),
  'mapPatches, score': (job) => engine.mapPatches({ study, image, map: { kind: 'score', direction } }, job),
  componentsAt: (job) => engine.componentsAt({ study, image, direction, patch: 20 }, job),
  attributeWords: (job) =>
    engine.attributeWords({ study, image, text: direction.text, components: [1, 2, 3] }, job),
};

/** A job that finds itself cancelled when it has looked so many times. */
function cancelledAfter(looks: number): JobContext {
  const { signal } = new AbortController();
  let looked = 0;
  Object.defineProperty(signal, 'aborted', { get: () => looked++ >= looks });
  return { signal, progress: () => undefined };
}

it.each(Object.entries(jobs))('%s', async (_name, run) => {
  const expected = await run(cancelledAfter(Number.POSITIVE_INFINITY));
  let cancelled = 0;
  for (let looks = 0; ; looks = Math.ceil(1.5 * looks + 1)) {
    try {
      await run(cancelledAfter(looks));
      break;
    } catch (thrown) {
      expect(thrown).toMatchObject({ code: 'cancelled' });
      cancelled += 1;
    }
  }
  expect(cancelled).toBeGreaterThan(0);
  expect(rounded(await run(cancelledAfter(Number.POSITIVE_INFINITY)))).toEqual(rounded(expected));
});

/** Asked again, an image may be attributed in the other mode: the same but for rounding. */
function rounded(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, each) => (typeof each === 'number' ? Math.round(1e5 * each) / 1e5 : each)),
  );
}
