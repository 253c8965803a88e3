import * as path from 'node:path';
import { expect, it } from 'vitest';
import { HashCache } from '../../src/engine/checkpoint/hashCache';
import { selfTestStore } from '../../src/engine/dictionary/selfTestStore';
import { picturesIn } from '../../src/engine/image/picturesIn';
import { openModel } from '../../src/engine/model';
import { modelOnCpu, type Sessions } from '../../src/engine/runtime/sessions';
import { openStudy } from '../../src/engine/study';

const root = path.join(import.meta.dirname, '../..');
const job = { signal: new AbortController().signal, progress: () => {} };
const wolf = { kind: 'file', path: path.join(root, 'examples/demo/images/wolf/wolf_00.jpg') } as const;

it('a second prompt is a product once it was prepared for, and gives what it would have given', async () => {
  const runs: (string | undefined)[] = [];
  const place = modelOnCpu(1);
  const sessions: Sessions = {
    async open(graph, request) {
      const session = await place.sessions.open(graph, request);
      return {
        run(feeds) {
          runs.push(request.name);
          return session.run(feeds);
        },
        release: () => session.release(),
      };
    },
  };
  const hashes = new HashCache(null);
  const folder = path.join(root, 'models/emoji-clip');
  const model = await openModel(folder, {
    hashes,
    placeTowers: () => ({ ...place, sessions, background: sessions }),
  });
  const request = { model: folder, dictionary: path.join(root, 'models/sae-cls') };
  const study = await openStudy(request, model, {
    hashes,
    threads: 1,
    weightCache: '',
    notes: [],
    selfTests: selfTestStore(null),
    demoImages: () => picturesIn(path.join(root, 'examples/demo/images/wolf')),
  });
  const { directions } = await study.resolve(
    ['a photo of a wolf', 'snow'].map((text) => ({ kind: 'prompt', text })),
    job,
  );
  const ask = async (first: number, last: number) => {
    for await (const outcome of study.attribute([wolf], directions.slice(first, last), [], job)) {
      if (outcome.kind === 'ready') return outcome.value.directions;
    }
    throw new Error('the picture was not attributed');
  };
  const towers = () => runs.filter((name) => name !== undefined);

  const [, reversed] = await ask(0, 2);
  expect(reversed!.mode).toBe('reverse');
  await study.prepareFurther(job);
  expect(towers().at(-1)).toBe('head in forward mode');
  const before = towers().length;
  const [prepared] = await ask(1, 2);
  expect(towers()).toHaveLength(before);
  expect(prepared!.mode).toBe('forward');
  const largest = Math.max(...reversed!.attributions.map(Math.abs));
  prepared!.attributions.forEach((a, j) => {
    expect(Math.abs(a - reversed!.attributions[j]!)).toBeLessThan(1e-4 * largest);
  });
  // Nothing was asked since: nothing is left to do.
  await study.prepareFurther(job);
  expect(towers()).toHaveLength(before);
  await study.release();
  await model.release();
});
