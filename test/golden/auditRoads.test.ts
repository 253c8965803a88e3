import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { type Measurement, measureSubjects } from '../../src/engine/audit/measured';
import { HashCache } from '../../src/engine/checkpoint/hashCache';
import { ComponentTables } from '../../src/engine/components/componentTables';
import { resolveInTurns } from '../../src/engine/components/resolveInTurns';
import type { InTurn } from '../../src/engine/components/subject';
import { TextVectors } from '../../src/engine/components/textVectors';
import { selfTestStore } from '../../src/engine/dictionary/selfTestStore';
import { createEngine } from '../../src/engine/engine';
import { tokenizerFallback } from '../../src/engine/hub/fetch';
import { oneAtATime } from '../../src/engine/job';
import { openSubject } from '../../src/engine/jobs/openSubject';
import type { LibraryFile } from '../../src/engine/library/library';
import { keepOpen } from '../../src/engine/opened';
import { openLibraries } from '../../src/engine/openLibraries';
import type { Direction } from '../../src/shared/direction';
import type { IndexRequest, LibraryRequest } from '../../src/shared/library';
import type { JobContext } from '../../src/shared/rpc/protocol';
import { job, scratchFolder } from './faithfulnessReferences';
import { root } from './references';

/**
 * Shares come from contribution vectors that are kept in half precision, or from runs of the model: within 1e-3 of each
 * other, or within 1e-5 of all positive attribution: half precision is as far off for a small share as for a large one. What was run is kept, however the run ended.
 */
const relative = 1e-3;

const scratch = scratchFolder();
const libraries = openLibraries();
const demo = path.join(root, 'examples/demo/images');
const engine = createEngine({ cacheFolder: null, threads: 2, demoImages: demo, nounsFile: '', libraries });
afterAll(() => libraries.close());
const demoFiles = readdirSync(demo, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.jpg'))
  .map((file) => path.join(demo, file));
const services = {
  ...{ threads: 2, nounsFile: '', inTurn: oneAtATime(), libraryAt: libraries.at },
  ...keepOpen({
    ...{ hashes: new HashCache(null), threads: 2, weightCache: path.join(tmpdir(), 'clipsight', 'weights') },
    ...{
      selfTests: selfTestStore(null),
      demoImages: async () => demoFiles,
      clipTokenizer: tokenizerFallback,
    },
  }),
  ...{ tables: new ComponentTables(), texts: new TextVectors() },
};

const folders = ['bear', 'dog', 'wolf', 'fox'];
const asked: readonly Direction[] = [
  { kind: 'prompt', text: 'a photo of a wolf' },
  {
    kind: 'linear',
    name: 'row',
    input: 'raw',
    weights: Array.from({ length: 128 }, (_, i) => Math.sin(i)),
    bias: 1,
  },
];

it('measures the same from kept contributions and by running the model, which it does once for each picture', async () => {
  const images = path.join(scratch, 'images');
  mkdirSync(images);
  for (const name of folders) cpSync(path.join(demo, name), path.join(images, name), { recursive: true });
  const request: LibraryRequest = {
    library: path.join(scratch, 'roads.duckdb'),
    study: { model: path.join(root, 'models/emoji-clip'), dictionary: path.join(root, 'models/sae-cls') },
    judge: null,
  };
  const index = (contributions: IndexRequest['contributions']) =>
    engine.indexLibrary({ ...request, roots: [{ folder: images }], others: 'keep', contributions }, job);
  await index('none');

  const { library, subject, inTurn } = await openSubject(request, services, job);
  let run = 0;
  const counted: InTurn = (forJob, use) =>
    inTurn(forJob, ({ study, judge }) => {
      const programs: typeof study.programs = {
        ...study.programs,
        trunk(pixels) {
          run += pixels.length;
          return study.programs.trunk(pixels);
        },
      };
      return use({ study: { ...study, programs }, judge });
    });
  const { directions } = await resolveInTurns(
    asked.map((one) =>
      one.kind === 'linear'
        ? { ...one, weights: one.weights.slice(0, subject.study.model.embeddingSize) }
        : one,
    ),
    'Reading prompts',
    inTurn,
    job,
  );
  const measure = async (forJob: JobContext): Promise<Measurement[]> => {
    run = 0;
    const { table } = await services.tables.load(library, subject, job);
    const { pictures } = table;
    const files = new Map<string, LibraryFile[]>();
    for (const file of await library.files(null)) files.set(file.sha256!, [file]);
    const found: Measurement[] = [];
    await measureSubjects(
      directions.map((_, direction) => ({
        direction,
        beside: null,
        pictures: Int32Array.from(pictures.sha256.keys()),
        classes: { directions, own: direction },
      })),
      table.perPicture,
      { library, subject, inTurn: counted, pictures, directions, files: async () => files, threads: 2 },
      (_, measurement) => found.push(measurement),
      forJob,
    );
    return found;
  };
  const all = folders.flatMap((name) => readdirSync(path.join(images, name))).length;

  const abort = new AbortController();
  const cancelled = measure({
    signal: abort.signal,
    progress({ stage, done }) {
      if (stage === 'Attributing images' && done > 8) abort.abort();
    },
  });
  await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
  const first = run;
  expect(first).toBeGreaterThan(0);
  expect(first).toBeLessThan(all);

  // What the first run found is asked no more; what it lost is one turn.
  const computed = await measure(job);
  expect(run).toBeLessThan(all);
  expect(run).toBeGreaterThanOrEqual(all - first);
  expect(await measure(job)).toMatchObject(computed.map(({ means }) => ({ means })));
  expect(run).toBe(0);

  await index({ most: 1e9 });
  const kept = await measure(job);
  expect(run).toBe(0);
  for (const [i, { means, similarities, accuracy, unread }] of kept.entries()) {
    const other = computed[i]!;
    expect(means.components).toEqual(other.means.components);
    expect(means.active).toEqual(other.means.active);
    expect(similarities).toEqual(other.similarities);
    expect(accuracy).toBe(other.accuracy);
    expect(unread).toBe(0);
    expect(Math.max(...means.means)).toBeGreaterThan(0.05);
    means.means.forEach((mean, row) => {
      expect(Math.abs(mean - other.means.means[row]!)).toBeLessThan(relative * mean + 1e-5);
    });
  }
}, 120_000);

it('leaves out pictures that changed since they were indexed', async () => {
  const images = path.join(scratch, 'changed');
  for (const name of ['bear', 'dog'])
    cpSync(path.join(demo, name), path.join(images, name), { recursive: true });
  const request: LibraryRequest = {
    library: path.join(scratch, 'changed.duckdb'),
    study: { model: path.join(root, 'models/emoji-clip'), dictionary: path.join(root, 'models/sae-cls') },
    judge: null,
  };
  await engine.indexLibrary(
    { ...request, roots: [{ folder: images }], others: 'keep', contributions: 'none' },
    job,
  );
  const [first] = readdirSync(path.join(images, 'bear'));
  writeFileSync(path.join(images, 'bear', first!), 'no picture');
  const report = await engine.audit(
    {
      ...request,
      subjects: [
        {
          ...{ name: 'bear', text: 'a bear', set: 'prompts', expected: [], beside: null },
          direction: { kind: 'prompt', text: 'a bear' },
          images: { kind: 'matches', most: 100 },
        },
      ],
      ...{ rivals: [], nuisances: [], margin: 0.02, level: 0.05, confirm: false },
      vocabulary: { texts: ['bear'], nouns: false },
    },
    job,
  );
  const [subject] = report.subjects;
  expect(subject).toMatchObject({ images: 15, error: null, accuracy: null });
  expect(subject!.notes).toEqual([expect.stringMatching(/^1 of its images could not be read again/)]);
}, 120_000);
