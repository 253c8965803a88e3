import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HashCache } from '../../src/engine/checkpoint/hashCache';
import { ComponentTables } from '../../src/engine/components/componentTables';
import { TextVectors } from '../../src/engine/components/textVectors';
import { selfTestStore } from '../../src/engine/dictionary/selfTestStore';
import { picturesIn } from '../../src/engine/image/picturesIn';
import { oneAtATime } from '../../src/engine/job';
import type { JobServices } from '../../src/engine/jobs/jobServices';
import { libraryJobs } from '../../src/engine/jobs/libraryJobs';
import { bytesPerContribution } from '../../src/engine/library/contributionRoom';
import type { Library } from '../../src/engine/library/library';
import { openLibrary } from '../../src/engine/library/openLibrary';
import { inOrder } from '../../src/engine/library/scan';
import { keepOpen } from '../../src/engine/opened';
import type { ImageSource } from '../../src/shared/image';
import type { IndexRequest } from '../../src/shared/library';
import type { JobContext, Progress } from '../../src/shared/rpc/protocol';
import { relativeError, root } from './references';

/**
 * Indexing against what the same engine says of each image by itself: the same components and activations, embeddings
 * within 1e-5, and class sums whose product with a prompt is the sum of the attributions within 1e-5 of the largest.
 */
const tolerance = 1e-5;
const demo = path.join(root, 'examples/demo/images');

let scratch: string;
let images: string;
let library: Library;
let services: JobServices;
let jobs: ReturnType<typeof libraryJobs>;
const context: JobContext = { signal: new AbortController().signal, progress: () => undefined };

/** For all tests: what is opened and tested once is of the same files in each. */
const weights = mkdtempSync(path.join(realpathSync(tmpdir()), 'clipsight-weights-'));
const opened = keepOpen({
  hashes: new HashCache(null),
  threads: 2,
  weightCache: weights,
  selfTests: selfTestStore(null),
  demoImages: () => picturesIn(demo),
});
afterAll(() => rmSync(weights, { recursive: true, force: true }));

beforeEach(async () => {
  scratch = mkdtempSync(path.join(realpathSync(tmpdir()), 'clipsight-index-'));
  images = path.join(scratch, 'images');
  for (const kind of ['wolf', 'cat', 'owl']) {
    mkdirSync(path.join(images, kind), { recursive: true });
    for (const i of [0, 1, 2, 3])
      await copyFile(demoImage(kind, i), path.join(images, kind, `${kind}_${i}.jpg`));
  }
  await openAt('library.duckdb');
});
afterEach(async () => {
  await library.close();
  rmSync(scratch, { recursive: true, force: true });
});

function demoImage(kind: string, i: number): string {
  return path.join(demo, kind, `${kind}_0${i}.jpg`);
}

async function openAt(name: string): Promise<void> {
  library = await openLibrary(path.join(scratch, name));
  services = {
    ...opened,
    threads: 2,
    nounsFile: '',
    inTurn: oneAtATime(),
    libraryAt: async () => library,
    tables: new ComponentTables(),
    texts: new TextVectors(),
  };
  jobs = libraryJobs(services);
}

/** Enough for several batches. */
const many = [
  { folder: demo, include: ['{bat,bear,beaver,bicycle,book,bow,bread,butter,cabbage,camera,car}/*'] },
];
const howMany = 88;

function request(changes: Partial<IndexRequest> = {}): IndexRequest {
  return {
    library: library.file,
    study: { model: path.join(root, 'models/emoji-clip'), dictionary: path.join(root, 'models/sae-cls') },
    judge: path.join(root, 'models/emoji-judge'),
    roots: [{ folder: images }],
    others: 'keep',
    contributions: { most: 1e9 },
    ...changes,
  };
}

const index = async (changes: Partial<IndexRequest> = {}, job: JobContext = context) =>
  jobs.indexLibrary(request(changes), job);

const studied = () => services.studyFor(request().study, context);

/** All that the library says, by path: what indexing in another order or in several goes must not change. */
async function contents() {
  const { info, model } = await studied();
  const { key } = info;
  const pictures = await library.pictures(key);
  const codes = pictures.sha256.map(() => [] as number[][]);
  for await (const chunk of library.activations(key, pictures)) {
    chunk.pictures.forEach((picture, n) => {
      const { components, max, mean, tokens } = chunk;
      codes[picture]!.push([components[n]!, max[n]!, mean[n]!, tokens[n]!]);
    });
  }
  const { rows, present } = await library.embeddings(
    (await library.studies()).find((one) => one.info.key === key)!.embedder.key,
    pictures.sha256,
  );
  const width = model.info.embeddingSize;
  const sums = [];
  for (const { name, summed, pictures: all, both } of await library.classes(key)) {
    const sum = await library.classSum(key, name);
    sums.push({
      name,
      summed,
      all,
      both,
      components: [...(sum?.components ?? [])],
      norm: norm(sum?.sums.data),
    });
  }
  return {
    files: (await library.files(null)).map(({ path: file, sha256, classFolder, failure }) => ({
      file: path.relative(images, file),
      sha256,
      classFolder,
      failed: failure !== null,
    })),
    pictures: pictures.sha256.map((sha256, i) => ({
      sha256,
      size: [pictures.width[i], pictures.height[i]],
      codes: codes[i]!.toSorted((a, b) => a[0]! - b[0]!),
      embedding: present[i] === 1 ? norm(rows.data.subarray(i * width, (i + 1) * width)) : null,
    })),
    sums,
  };
}

/** Contributions that are kept, in the order in which pictures are indexed. */
async function kept() {
  const { key } = (await studied()).info;
  const found: [sha256: string, components: number[], norm: number][] = [];
  for (const { sha256 } of inOrder(await library.files(null))) {
    const of = await library.contributionsIn(key, sha256!);
    if (of !== null) found.push([sha256!, [...of.components], norm(of.contributions.data)]);
  }
  return found;
}

const norm = (data: Float32Array | undefined) => Math.hypot(...(data ?? []));

/** The last bits depend on the pictures that a run takes together, and on what was kept in half precision. */
function expectAlike(a: unknown, b: unknown): void {
  if (typeof a === 'number' && typeof b === 'number') {
    const exact = Number.isInteger(a) && Number.isInteger(b);
    expect(Math.abs(a - b)).toBeLessThanOrEqual(exact ? 0 : 1e-3 * Math.abs(b));
  } else if (Array.isArray(a) && Array.isArray(b)) {
    expect(a).toHaveLength(b.length);
    a.forEach((one, i) => {
      expectAlike(one, b[i]);
    });
  } else if (a !== null && b !== null && typeof a === 'object' && typeof b === 'object') {
    expect(Object.keys(a)).toEqual(Object.keys(b));
    expectAlike(Object.values(a), Object.values(b));
  } else expect(a).toBe(b);
}

async function pictureOf(file: string): Promise<string> {
  return (await library.files(null)).find(({ path: at }) => at === path.join(images, file))!.sha256!;
}

describe('indexing', () => {
  it('finds of each image what attributing it finds', async () => {
    const report = await index();
    expect(report).toMatchObject({
      files: 12,
      images: 12,
      computed: 12,
      removed: 0,
      failures: [],
      judge: 'emoji-judge',
    });

    const study = await studied();
    const judge = await services.judgeFor(request().judge, study, context);
    const { key } = study.info;
    const pictures = await library.pictures(key);
    const byPicture = new Map<number, Map<number, { max: number; mean: number; token: number }>>();
    for await (const chunk of library.activations(key, pictures)) {
      chunk.pictures.forEach((picture, n) => {
        const found = byPicture.get(picture) ?? new Map();
        byPicture.set(picture, found);
        found.set(chunk.components[n]!, {
          max: chunk.max[n]!,
          mean: chunk.mean[n]!,
          token: chunk.tokens[n]!,
        });
      });
    }
    const sources = pictures.paths.map((at): ImageSource => ({ kind: 'file', path: at }));
    const { directions } = await study.resolve([{ kind: 'prompt', text: 'a photo of a wolf' }], context);
    const u = directions[0]!.vector;
    const attributed = new Map<string, Map<number, number>>();
    let i = 0;
    for await (const outcome of study.attribute(sources, directions, [], context)) {
      if (outcome.kind === 'failure') throw new Error(outcome.error.message);
      const { latents, activations, directions: scores } = outcome.value;
      const found = byPicture.get(i)!;
      expect([...found.keys()].toSorted((a, b) => a - b)).toEqual([...latents]);
      expect(
        relativeError(
          Float32Array.from(latents, (j) => found.get(j)!.max),
          activations,
        ),
      ).toBeLessThan(tolerance);
      // One token, CLS.
      for (const { max, mean, token } of found.values()) expect([mean, token]).toEqual([max, 0]);
      const folder = path.basename(path.dirname(pictures.paths[i]!));
      const sums = attributed.get(folder) ?? new Map<number, number>();
      attributed.set(folder, sums);
      latents.forEach((latent, j) => {
        sums.set(latent, (sums.get(latent) ?? 0) + scores[0]!.attributions[j]!);
      });
      i++;
    }
    expect(i).toBe(12);

    const [studyEmbedder, judgeEmbedder] = [(await library.studies())[0]!.embedder.key, judge.embedder.key];
    const own = await library.embeddings(studyEmbedder, pictures.sha256);
    const judged = await library.embeddings(judgeEmbedder, pictures.sha256);
    const width = study.info.model.embeddingSize;
    const itself = await services.judgeFor(null, study, context);
    expect(itself.embedder.key).toBe(studyEmbedder);
    for (const [n, source] of sources.entries()) {
      const row = (data: Float32Array) => data.subarray(n * width, (n + 1) * width);
      expect(relativeError(row(own.rows.data), await itself.embed(source, context))).toBeLessThan(tolerance);
      expect(relativeError(row(judged.rows.data), await judge.embed(source, context))).toBeLessThan(
        tolerance,
      );
    }

    const classes = await library.classes(key);
    expect(classes.map(({ name, summed, pictures: all, both }) => [name, summed, all, both])).toEqual([
      ['cat', 4, 4, 4],
      ['owl', 4, 4, 4],
      ['wolf', 4, 4, 4],
    ]);
    for (const { name } of classes) {
      const { components, sums } = (await library.classSum(key, name))!;
      const expected = attributed.get(name)!;
      expect([...components]).toEqual([...expected.keys()].toSorted((a, b) => a - b));
      const products = Float32Array.from(components, (_, n) =>
        u.reduce((sum, x, k) => sum + x * sums.data[n * width + k]!, 0),
      );
      const references = Float32Array.from(components, (component) => expected.get(component)!);
      expect(relativeError(products, references)).toBeLessThan(tolerance);
    }

    const status = await jobs.libraryStatus(request(), context);
    expect(status).toMatchObject({ files: 12, images: 12, judged: 12, access: { kind: 'owner' } });
    expect(status.live).toBe(new Set([...byPicture.values()].flatMap((found) => [...found.keys()])).size);
    expect(status.contributions).toBeGreaterThan(0);
  });

  it('names tokens as the model does', async () => {
    const patches = { ...request().study, dictionary: path.join(root, 'models/sae-patches') };
    const report = await index({ study: patches, judge: null });
    expect(report.judge).toBeNull();
    const study = await services.studyFor(patches, context);
    const pictures = await library.pictures(study.info.key);
    const tokens = new Set<number>();
    for await (const chunk of library.activations(study.info.key, pictures)) {
      for (const token of chunk.tokens) tokens.add(token);
    }
    // 64 patches after CLS.
    expect(Math.min(...tokens)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...tokens)).toBeGreaterThan(32);
    expect(Math.max(...tokens)).toBeLessThanOrEqual(64);
  });

  it('costs what changed only', async () => {
    expect((await index()).computed).toBe(12);
    const before = await contents();
    expect(await index()).toMatchObject({ computed: 0, removed: 0, files: 12, imagesPerSecond: null });
    expect(await contents()).toEqual(before);

    // Touched, moved, doubled: read, but not computed.
    utimesSync(path.join(images, 'cat/cat_0.jpg'), new Date(), new Date());
    renameSync(path.join(images, 'cat/cat_1.jpg'), path.join(images, 'owl/was_cat.jpg'));
    cpSync(path.join(images, 'wolf/wolf_0.jpg'), path.join(images, 'cat/a_wolf.jpg'));
    expect(await jobs.surveyLibrary(request(), context)).toMatchObject({ files: 13, fresh: 3, network: [] });
    expect(await index()).toMatchObject({ computed: 0, removed: 1, files: 13, images: 12 });

    // Gone, changed, broken, not to be read.
    rmSync(path.join(images, 'wolf/wolf_3.jpg'));
    cpSync(demoImage('dog', 0), path.join(images, 'owl/owl_0.jpg'));
    writeFileSync(path.join(images, 'owl/broken.png'), 'not a picture');
    writeFileSync(path.join(images, 'owl/broken2.png'), 'not a picture');
    const report = await index();
    expect(report).toMatchObject({ computed: 1, removed: 1, files: 14, images: 11 });
    expect(report.failures.map(({ path: at }) => path.basename(at))).toEqual(['broken.png', 'broken2.png']);
    for (const { path: at, reason } of report.failures) expect(reason).toContain(at);
    expect(await index()).toMatchObject({ computed: 0, files: 14 });

    // Mended.
    cpSync(demoImage('dog', 1), path.join(images, 'owl/broken.png'));
    expect(await index()).toMatchObject({ computed: 1, failures: [{}] });

    const incremental = await contents();
    await library.close();
    await openAt('fresh.duckdb');
    await index();
    expectAlike(incremental, await contents());
  });

  it('looks only at what it is told to', async () => {
    await index();
    cpSync(demoImage('dog', 0), path.join(images, 'owl/dog.jpg'));
    cpSync(demoImage('dog', 1), path.join(images, 'owl/unseen.jpg'));
    rmSync(path.join(images, 'wolf/wolf_3.jpg'));
    rmSync(path.join(images, 'wolf/wolf_2.jpg'));
    const only = ['owl/dog.jpg', 'wolf/wolf_3.jpg', '../elsewhere.jpg'].map((one) => path.join(images, one));
    expect(await index({ only, others: 'remove' })).toMatchObject({ computed: 1, removed: 1, files: 12 });
    rmSync(path.join(images, 'cat'), { recursive: true });
    expect(await index({ only: [path.join(images, 'cat')] })).toMatchObject({
      computed: 0,
      removed: 4,
      files: 8,
    });
  });

  it('keeps or removes what lies in none of the roots', async () => {
    await index();
    const roots = [{ folder: path.join(images, 'cat') }];
    expect(await index({ roots })).toMatchObject({ computed: 0, removed: 0, files: 12 });
    // Of a root of its own, the folder has another name.
    expect((await library.files(path.join(images, 'cat'))).map(({ classFolder }) => classFolder)).toEqual(
      Array(4).fill('.'),
    );
    expect(await index({ roots, others: 'remove' })).toMatchObject({ computed: 0, removed: 8, files: 4 });
    const { sums } = await contents();
    expect(sums).toMatchObject([{ name: '.', summed: 4, all: 4, both: 4 }]);
  });

  it('keeps what it has of a root that is not there', async () => {
    await index();
    renameSync(images, `${images}.away`);
    const report = await index();
    renameSync(`${images}.away`, images);
    expect(report).toMatchObject({ removed: 0, files: 12 });
    expect(report.notes.join()).toContain(images);
  });

  it('adds up contributions that an earlier run left out', async () => {
    await index({ contributions: 'none' });
    const { key } = (await studied()).info;
    expect(await library.contributionSize(key)).toEqual({ bytes: 0, dead: 0, pictures: 0, vectors: 0 });
    expect((await library.classes(key)).map(({ summed }) => summed)).toEqual([0, 0, 0]);
    await index({ contributions: { most: 0 } });
    expect((await library.contributionSize(key)).pictures).toBe(0);
    const { sums } = await contents();
    rmSync(path.join(images, 'cat/cat_0.jpg'));
    await index({ contributions: { most: 0 } });
    cpSync(demoImage('cat', 0), path.join(images, 'cat/cat_0.jpg'));
    await index({ contributions: { most: 0 } });
    expectAlike((await contents()).sums, sums);
  });

  it('keeps contributions that an earlier run lost or had no room for, as an undisturbed one', async () => {
    await index();
    const { key, model } = (await studied()).info;
    const whole = { all: await contents(), kept: await kept() };
    expect(whole.kept).toHaveLength(12);
    const each = bytesPerContribution(model.embeddingSize);
    const sizes = whole.kept.map(([, components]) => components.length * each);
    // Room for half of them, and the first of the others.
    const most = sizes.slice(0, 7).reduce((a, b) => a + b, 0) + each / 2;

    await library.close();
    await openAt('limited.duckdb');
    await index({ contributions: { most } });
    const limited = { all: await contents(), kept: await kept() };
    expect(limited.kept.length).toBeGreaterThanOrEqual(7);
    expect(limited.kept.length).toBeLessThan(12);
    expect(limited.kept.slice(0, 7).map(([sha256]) => sha256)).toEqual(
      whole.kept.slice(0, 7).map(([sha256]) => sha256),
    );
    expect(await jobs.surveyLibrary(request({ contributions: { most } }), context)).toMatchObject({
      fresh: 0,
    });
    expect((await index({ contributions: { most } })).computed).toBe(0);

    // As if runs had been killed, before any file was written and after one was.
    await library.close();
    for (const some of [0, 3]) {
      await openAt(`killed-${some}.duckdb`);
      await index({ contributions: { most: sizes.slice(0, some).reduce((a, b) => a + b, 0) } });
      expect(await kept()).toHaveLength(some);
      expect(await jobs.surveyLibrary(request({ contributions: { most } }), context)).toMatchObject({
        fresh: limited.kept.length - some,
      });
      const again = await index({ contributions: { most } });
      expect(again.computed).toBe(limited.kept.length - some);
      expectAlike(await contents(), limited.all);
      expectAlike(await kept(), limited.kept);
      await library.close();
    }

    // More room, and then all there is to have.
    await openAt('limited.duckdb');
    const raised = request({ contributions: { most: 1e9 } });
    expect(await jobs.surveyLibrary(raised, context)).toMatchObject({ fresh: 12 - limited.kept.length });
    expect((await index()).computed).toBe(12 - limited.kept.length);
    expectAlike(await contents(), whole.all);
    expectAlike(await kept(), whole.kept);
    expect((await index()).computed).toBe(0);
    // What is kept stays, whatever the limit, and nothing is computed in vain.
    expect((await index({ contributions: { most: 1 } })).computed).toBe(0);
    expect(await kept()).toHaveLength(12);
    expect((await library.contributionSize(key)).pictures).toBe(12);
    const { bytes, vectors } = await library.contributionSize(key);
    expect(bytes).toBeGreaterThan(vectors * model.embeddingSize * 2);
  });

  it('goes on after it was cancelled, and comes to the same', async () => {
    const cancel = new AbortController();
    const stages: Progress[] = [];
    const job: JobContext = {
      signal: cancel.signal,
      progress(progress) {
        stages.push(progress);
        if (progress.stage === 'Indexing' && progress.done > 0) cancel.abort();
      },
    };
    await expect(index({ roots: many }, job)).rejects.toMatchObject({ code: 'cancelled' });
    const { key } = (await studied()).info;
    const some = (await library.pictures(key)).sha256.length;
    expect(some).toBeGreaterThan(0);
    expect(some).toBeLessThan(howMany);
    expect((await library.classes(key)).reduce((sum, { both }) => sum + both, 0)).toBe(some);
    expect(stages.some(({ stage, total }) => stage === 'Indexing' && total === howMany)).toBe(true);

    expect((await index({ roots: many })).computed).toBe(howMany - some);
    const resumed = await contents();
    await library.close();
    await openAt('fresh.duckdb');
    await index({ roots: many });
    expectAlike(resumed, await contents());
  });

  it('lets others in between its batches, and refuses to go on with another model', async () => {
    const model = path.join(scratch, 'emoji-clip');
    cpSync(path.join(root, 'models/emoji-clip'), model, { recursive: true });
    const study = { ...request().study, model };
    let asked: Promise<unknown> | null = null;
    const job: JobContext = {
      signal: context.signal,
      progress({ stage, done }) {
        if (stage !== 'Indexing' || done === 0 || asked !== null) return;
        asked = services.inTurn(async () => {
          cpSync(
            path.join(root, 'models/emoji-judge/model.safetensors'),
            path.join(model, 'model.safetensors'),
          );
        });
      },
    };
    await expect(index({ study, roots: many }, job)).rejects.toMatchObject({ code: 'checkpoint' });
    expect(asked).not.toBeNull();
  });
});

describe('what a person wrote, and small pictures', () => {
  it('changes what is named and keeps the rest', async () => {
    const at = { library: library.file, study: request().study, judge: null, component: 7 };
    const first = await jobs.annotate({ ...at, change: { name: 'snow', pinned: true } }, context);
    expect(first).toEqual({ name: 'snow', note: null, mark: null, pinned: true });
    const both = await Promise.all([
      jobs.annotate({ ...at, change: { mark: 'spurious' } }, context),
      jobs.annotate({ ...at, change: { note: 'behind wolves', name: null } }, context),
    ]);
    expect(both[1]).toEqual({ name: null, note: 'behind wolves', mark: 'spurious', pinned: true });
    expect(await jobs.annotations({ ...at }, context)).toEqual([{ component: 7, annotation: both[1] }]);
    await expect(jobs.annotate({ ...at, component: 1024, change: {} }, context)).rejects.toMatchObject({
      code: 'dictionary',
    });
  });

  it('is of heads, not of their dimensions, where those are the components', async () => {
    const study = { model: path.join(root, 'models/emoji-clip'), dictionary: 'heads:2' };
    const at = { library: '', study, judge: null, component: 4 };
    const last = await jobs.annotate({ ...at, change: { name: 'the last of five' } }, context);
    expect(last.name).toBe('the last of five');
    await expect(jobs.annotate({ ...at, component: 5, change: {} }, context)).rejects.toMatchObject({
      code: 'dictionary',
    });
  });

  it('shows a picture by its name, and no other for it', async () => {
    await index({ contributions: 'none' });
    const [first, second] = [await pictureOf('cat/cat_0.jpg'), await pictureOf('cat/cat_1.jpg')];
    const made = await jobs.thumbnail({ library: library.file, sha256: first, size: 32 }, context);
    expect(made).toMatchObject({ mime: 'image/jpeg', width: 192, height: 192 });
    rmSync(path.join(images, 'cat'), { recursive: true });
    expect(await jobs.thumbnail({ library: library.file, sha256: first, size: 32 }, context)).toEqual(made);
    mkdirSync(path.join(images, 'cat'));
    cpSync(demoImage('dog', 0), path.join(images, 'cat/cat_1.jpg'));
    const other = jobs.thumbnail({ library: library.file, sha256: second, size: 32 }, context);
    await expect(other).rejects.toMatchObject({ code: 'image' });
    const none = jobs.thumbnail({ library: library.file, sha256: '0'.repeat(64), size: 32 }, context);
    await expect(none).rejects.toMatchObject({ code: 'library' });
  });
});
