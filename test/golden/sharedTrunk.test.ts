import * as path from 'node:path';
import { expect, it } from 'vitest';
import { HashCache } from '../../src/engine/checkpoint/hashCache';
import { selfTestStore } from '../../src/engine/dictionary/selfTestStore';
import { picturesIn } from '../../src/engine/image/picturesIn';
import { openModel } from '../../src/engine/model';
import { modelOnCpu, type Sessions } from '../../src/engine/runtime/sessions';
import { observeOne, openStudy } from '../../src/engine/study';

const root = path.join(import.meta.dirname, '../..');
const job = { signal: new AbortController().signal, progress: () => {} };
const wolf = { kind: 'file', path: path.join(root, 'examples/demo/images/wolf/wolf_00.jpg') } as const;

it('one trunk serves the dictionaries that are hooked at its end', async () => {
  const opened: (string | undefined)[] = [];
  const place = modelOnCpu(1);
  const sessions: Sessions = {
    open(graph, request) {
      opened.push(request.name);
      return place.sessions.open(graph, request);
    },
  };
  const hashes = new HashCache(null);
  const folder = path.join(root, 'models/emoji-clip');
  const open = async () =>
    openModel(folder, { hashes, placeTowers: () => ({ ...place, sessions, background: sessions }) });
  const latentsOf = async (dictionary: string, model: Awaited<ReturnType<typeof open>>) => {
    const study = await openStudy(
      { model: folder, dictionary: path.join(root, 'models', dictionary) },
      model,
      {
        hashes,
        threads: 1,
        weightCache: '',
        notes: [],
        selfTests: selfTestStore(null),
        demoImages: () => picturesIn(path.join(root, 'examples/demo/images/wolf')),
      },
    );
    const { codes } = await observeOne(study, wolf, job);
    await study.release();
    return codes;
  };
  const trunks = () => opened.filter((name) => name === 'trunk').length;

  const model = await open();
  await latentsOf('sae-cls', model);
  const shared = await latentsOf('sae-patches', model);
  expect(trunks()).toBe(1);
  await model.release();

  const fresh = await open();
  expect(await latentsOf('sae-patches', fresh)).toEqual(shared);
  expect(trunks()).toBe(2);
  await fresh.release();
});
