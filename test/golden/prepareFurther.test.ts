import { expect, it } from 'vitest';
import { unwatched } from '../../src/engine/job';
import { cpuSessions, type Sessions } from '../../src/engine/runtime/sessions';
import { openDemoModel, openDemoStudy, wolf } from '../support/demoStudy';

it('a second prompt is a product once it was prepared for, and gives what it would have given', async () => {
  const runs: (string | undefined)[] = [];
  const sessions: Sessions = {
    async open(graph, request) {
      const session = await cpuSessions(1).open(graph, request);
      return {
        run(feeds) {
          runs.push(request.name);
          return session.run(feeds);
        },
        release: () => session.release(),
      };
    },
  };
  const model = await openDemoModel(sessions);
  const study = await openDemoStudy(model, 'sae-cls');
  const { directions } = await study.resolve(
    ['a photo of a wolf', 'snow'].map((text) => ({ kind: 'prompt', text })),
    unwatched,
  );
  const ask = async (first: number, last: number) => {
    for await (const outcome of study.attribute([wolf], directions.slice(first, last), [], unwatched)) {
      if (outcome.kind === 'ready') return outcome.value.directions;
    }
    throw new Error('the picture was not attributed');
  };
  const towers = () => runs.filter((name) => name !== undefined);

  const [, reversed] = await ask(0, 2);
  expect(reversed!.mode).toBe('reverse');
  await study.prepareFurther(unwatched);
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
  await study.prepareFurther(unwatched);
  expect(towers()).toHaveLength(before);
  await study.release();
  await model.release();
});
