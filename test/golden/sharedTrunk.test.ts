import { expect, it } from 'vitest';
import { unwatched } from '../../src/engine/job';
import type { Model } from '../../src/engine/model';
import { cpuSessions, type Sessions } from '../../src/engine/runtime/sessions';
import { observeOne } from '../../src/engine/study';
import { openDemoModel, openDemoStudy, wolf } from '../support/demoStudy';

it('one trunk serves the dictionaries that are hooked at its end', async () => {
  const opened: (string | undefined)[] = [];
  const sessions: Sessions = {
    open(graph, request) {
      opened.push(request.name);
      return cpuSessions(1).open(graph, request);
    },
  };
  const codesOf = async (dictionary: 'sae-cls' | 'sae-patches', model: Model) => {
    const study = await openDemoStudy(model, dictionary);
    const { codes } = await observeOne(study, wolf, unwatched);
    await study.release();
    return codes;
  };
  const trunks = () => opened.filter((name) => name === 'trunk').length;

  const model = await openDemoModel(sessions);
  await codesOf('sae-cls', model);
  const shared = await codesOf('sae-patches', model);
  expect(trunks()).toBe(1);
  await model.release();

  const fresh = await openDemoModel(sessions);
  expect(await codesOf('sae-patches', fresh)).toEqual(shared);
  expect(trunks()).toBe(2);
  await fresh.release();
});
