import { expect, test } from 'vitest';
import { ComponentTables } from '../../../src/engine/components/componentTables';
import { TextVectors } from '../../../src/engine/components/textVectors';
import { componentJobs } from '../../../src/engine/jobs/componentJobs';
import type { JobServices } from '../../../src/engine/jobs/jobServices';
import type { JobContext } from '../../../src/shared/rpc/protocol';
import { memoryLibrary } from '../../support/memoryLibrary';

const job: JobContext = { signal: new AbortController().signal, progress: () => undefined };

test('what needs no model does not wait for those who use it', async () => {
  const library = memoryLibrary(() => [
    { sha256: 'a', path: '/a', codes: [{ component: 2, max: 3 }], embeddings: {} },
  ]);
  const info = { id: 'clip', sha256: 'm', embeddingSize: 2 };
  const squash = { size: { width: 4, height: 4 }, resize: 'squash', crop: null };
  const study = {
    info: { key: 'study', model: info, dictionary: { id: 'sae', size: 5 } },
    dictionary: { componentSize: 1, hook: { point: 'resid_post', tokens: 'patches' } },
    model: {
      info,
      preprocessing: squash,
      fingerprint: [],
      checkpoint: { image: { grid: 2, patchSize: 2, cls: null } },
    },
  };
  const judge = { id: 'judge', embedder: { key: 'judge', info } };
  const services = {
    threads: 1,
    nounsFile: '',
    inTurn: () => new Promise(() => undefined),
    openNow: async () => ({ study, judge }),
    libraryAt: async () => library,
    tables: new ComponentTables(),
    texts: new TextVectors(),
  } as unknown as JobServices;
  const { components } = await componentJobs(services).summarise(
    {
      library: '/library.duckdb',
      study: { model: 'clip', dictionary: 'sae' },
      judge: 'judge',
      vocabulary: { texts: [], nouns: false },
      components: [2],
    },
    job,
  );
  expect(components[0]).toMatchObject({ component: 2, n: 0, firingRate: 1 });
  expect(components[0]!.samples.map(({ path }) => path)).toEqual(['/a']);
}, 2000);
