import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { cp, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Library, NewPicture } from '../../src/engine/library/library';
import { openLibrary } from '../../src/engine/library/openLibrary';
import type { Progress } from '../../src/shared/rpc/protocol';
import { expectError } from '../support/expectError';
import { batchOf, embedder, file, into, picture, shaOf, study, studyOf, width } from '../support/libraryRows';
import { temporaryFolder } from '../support/temporaryFolder';

const { key } = study.info;

const keptText = { vector: new Float32Array(width), truncated: false, readAs: null };

async function opened(folder = temporaryFolder(), name = 'library.duckdb'): Promise<Library> {
  const library = await openLibrary(join(folder, name));
  onTestFinished(() => library.close());
  await library.useStudy(study);
  return library;
}

async function allActivations(library: Library, of = key): Promise<unknown[]> {
  const pictures = await library.pictures(of);
  const entries = [];
  for await (const { pictures: which, components, max, mean, tokens } of library.activations(of, pictures)) {
    for (const [i, place] of which.entries()) {
      entries.push([pictures.sha256[place], components[i], max[i], mean[i], tokens[i]]);
    }
  }
  return entries;
}

describe('a library', () => {
  it('gives back what was added, in the order of SHA-256', async () => {
    const library = await opened();
    await library.add(
      batchOf([picture('b', { 5: 1, 7: 2 }), picture('a', { 5: 3 }), picture('c', {})]),
      into,
    );
    const read = await library.pictures(key);
    expect(read).toEqual({
      sha256: [shaOf('a'), shaOf('b'), shaOf('c')],
      width: Int32Array.of(11, 11, 11),
      height: Int32Array.of(20, 20, 20),
      paths: ['/i/a.png', '/i/b.png', '/i/c.png'],
    });
    expect(await allActivations(library)).toEqual([
      [shaOf('a'), 5, 3, 1.5, 5],
      [shaOf('b'), 5, 1, 0.5, 5],
      [shaOf('b'), 7, 2, 1, 0],
    ]);
    const one = await library.activationsOf(key, 5, read);
    expect([[...one.pictures], [...one.max]]).toEqual([
      [0, 1],
      [3, 1],
    ]);
    const embeddings = await library.embeddings('model', [shaOf('b'), shaOf('f'), shaOf('b')]);
    expect(embeddings.rows.width).toBe(width);
    expect([...embeddings.present]).toEqual([1, 0, 1]);
    expect([...embeddings.rows.data]).toEqual([98, 99, 100, 101, 0, 0, 0, 0, 98, 99, 100, 101]);
    expect(
      await library.lacking([shaOf('a'), shaOf('f')], { study: key, embedders: ['model', 'unknown'] }),
    ).toEqual({
      codes: new Set([shaOf('f')]),
      embeddings: [new Set([shaOf('f')]), new Set([shaOf('a'), shaOf('f')])],
    });
  });

  it('knows what many pictures lack as it knows it of few', async () => {
    const library = await opened();
    await library.add(batchOf([picture('a', { 5: 1 }), { ...picture('b', {}), embedding: null }]), into);
    const unknown = Array.from({ length: 20_001 }, (_, i) => i.toString(16).padStart(64, '0'));
    for (const more of [unknown.slice(0, 1), unknown]) {
      const asked = [shaOf('a'), shaOf('b'), ...more];
      expect(await library.lacking(asked, { study: key, embedders: ['model'] })).toEqual({
        codes: new Set(more),
        embeddings: [new Set([shaOf('b'), ...more])],
      });
    }
  });

  it('has another version when pictures come or go, and not when something is named', async () => {
    const library = await opened();
    await library.add(batchOf([picture('a', { 5: 1 })]), into);
    const { version } = library;
    await library.annotate(key, 5, { name: 'five', note: null, mark: null, pinned: false });
    await library.keepTexts('model', new Map([['five', keptText]]));
    await library.settle();
    expect(library.version).toBe(version);
    await library.removeFiles(['/i/a.png']);
    const removed = library.version;
    expect(removed).not.toBe(version);
    await library.settle();
    expect(library.version).not.toBe(removed);
  });

  it('gives contributions that wait and those in files alike', async () => {
    const library = await opened();
    await library.add(
      batchOf([picture('b', { 5: 1, 7: 2 }), picture('a', { 5: 3 }), picture('c', {})]),
      into,
    );
    const waiting = await library.contributionsOf(key, 5, await library.pictures(key));
    expect([...waiting.pictures]).toEqual([0, 1]);
    expect([...waiting.contributions.data.subarray(width)]).toEqual([98 / 8, 99 / 8, 100 / 8, 101 / 8]);
    const within = await library.contributionsIn(key, shaOf('b'));
    await library.settle();
    expect(await library.contributionsOf(key, 5, await library.pictures(key))).toEqual(waiting);
    expect(await library.contributionsIn(key, shaOf('b'))).toEqual(within);
    expect((await library.contributionsIn(key, shaOf('c')))?.components).toHaveLength(0);
    expect(await library.contributionsIn(key, shaOf('d'))).toBeNull();
    expect(await library.contributionSize(key)).toMatchObject({ pictures: 2, vectors: 3 });
  });

  it('says whose contributions are lacking, until they wait or are in a file', async () => {
    const library = await opened();
    const names = ['a', 'b', 'silent', 'unknown'].map(shaOf);
    const without = (one: NewPicture): NewPicture => ({
      ...one,
      codes: one.codes === null ? null : { ...one.codes, contributions: null },
    });
    const pictures = [picture('a', { 5: 1, 7: 2 }), picture('b', { 5: 3 }), picture('silent', {})];
    await library.add(batchOf(pictures.map(without)), into);
    expect(await library.lackingContributions('unknown', names)).toEqual(new Map());
    expect(await library.lackingContributions(key, names)).toEqual(
      new Map([
        [shaOf('a'), 2],
        [shaOf('b'), 1],
      ]),
    );
    expect((await library.contributionsIn(key, shaOf('silent')))?.components).toHaveLength(0);
    const before = await allActivations(library);
    await library.add(batchOf([picture('a', { 5: 1, 7: 2 })]), into);
    expect(await library.contributionSize(key)).toEqual({
      bytes: 0,
      dead: 0,
      pictures: 0,
      vectors: 2,
    });
    for (const settled of [false, true]) {
      if (settled) await library.settle();
      expect(await library.lackingContributions(key, names)).toEqual(new Map([[shaOf('b'), 1]]));
    }
    expect(await library.contributionSize(key)).toMatchObject({ pictures: 1, vectors: 2 });
    expect(await allActivations(library)).toEqual(before);
    // Computed again, other last bits may silence a picture: that too is kept, and not asked for again.
    await library.add(batchOf([picture('b', {})]), into);
    await library.settle();
    expect(await library.lackingContributions(key, names)).toEqual(new Map());
  });

  it('writes contributions once, however many ask for it', async () => {
    const library = await opened();
    const names = ['a', 'b', 'c'];
    await Promise.all([
      ...names.map((name) => library.add(batchOf([picture(name, { 5: 1 })]), into)),
      library.add(batchOf([picture('a', { 5: 1 })]), into),
      library.settle(),
      library.settle(),
    ]);
    await Promise.all([library.settle(), library.settle()]);
    const read = await library.pictures(key);
    expect([...(await library.contributionsOf(key, 5, read)).pictures]).toEqual([0, 1, 2]);
    expect((await library.contributionSize(key)).pictures).toBe(3);
    expect(readdirSync(`${library.file}.snapshots`)).toHaveLength(1);
  });

  it('keeps codes that are there, and shows nothing of one study under another', async () => {
    const library = await opened();
    await library.useStudy(studyOf('other'));
    await library.add(batchOf([picture('a', { 5: 3 })]), into);
    await library.add(batchOf([picture('a', { 6: 9 }), picture('a', { 6: 9 })]), into);
    expect(await allActivations(library)).toEqual([[shaOf('a'), 5, 3, 1.5, 5]]);
    expect(await allActivations(library, 'other')).toEqual([]);
    await library.add(batchOf([picture('a', { 8: 1 })]), { ...into, study: 'other' });
    expect(await allActivations(library, 'other')).toEqual([[shaOf('a'), 8, 1, 0.5, 1]]);
    expect(await library.liveComponents('other')).toBe(1);
    await library.add(batchOf([picture('b', { 8: 1, 9: -1 })]), { ...into, study: 'other' });
    expect(await library.liveComponents('other')).toBe(1);
    expect(await library.annotations('other')).toEqual(new Map());
    expect((await library.studies()).map(({ info }) => info.key)).toEqual([key, 'other']);
  });

  it('adds nothing of a batch that does not fit', async () => {
    const library = await opened();
    const torn = { ...picture('b', { 5: 1 }), embedding: new Float32Array(width + 1) };
    await expect(library.add(batchOf([picture('a', { 5: 1 }), torn]), into)).rejects.toThrow(shaOf('b'));
    expect(await library.counts()).toEqual({ files: 0, pictures: 0 });
  });

  it('knows files as they are: moved, changed, failed, twice the same', async () => {
    const library = await opened();
    await library.add(batchOf([picture('a', { 5: 1 })]), into);
    const files = [
      file('/i/a.png', shaOf('a'), { classFolder: 'one' }),
      file('/i/sub/copy.png', shaOf('a'), { classFolder: 'two' }),
      file('/i/bad.png', null, { failure: 'It is empty.' }),
      file('/is/other.png', shaOf('e'), { failure: 'It is no image.' }),
    ];
    await library.add({ pictures: [], files: [...files].reverse() }, into);
    expect(await library.files(null)).toEqual([files[0], files[2], files[1], files[3]]);
    expect((await library.files('/i')).map(({ path }) => path)).toEqual([
      '/i/a.png',
      '/i/bad.png',
      '/i/sub/copy.png',
    ]);
    expect(await library.failures()).toEqual([
      { path: '/i/bad.png', reason: 'It is empty.' },
      { path: '/is/other.png', reason: 'It is no image.' },
    ]);
    expect(await library.counts()).toEqual({ files: 4, pictures: 1 });
    expect(await library.classes(key)).toEqual([
      { name: 'one', summed: 0, pictures: 1, both: 0 },
      { name: 'two', summed: 0, pictures: 1, both: 0 },
    ]);
    await library.removeFiles(['/i/a.png']);
    expect(await library.fileOf(shaOf('a'))).toBe('/i/sub/copy.png');
    expect((await library.pictures(key)).paths).toEqual(['/i/sub/copy.png']);
  });

  it('forgets pictures without files, and never gives their numbers to others', async () => {
    const folder = temporaryFolder();
    const library = await opened(folder);
    const names = ['a', 'b', 'c', 'd'];
    await library.add(batchOf(names.map((name) => picture(name, { 5: 1 }))), into);
    await library.settle();
    const old = await library.pictures(key);
    const parquet = join(folder, 'library.duckdb.contributions/1');
    const [first] = readdirSync(parquet);
    await library.removeFiles(['/i/d.png']);
    await library.settle();
    const { bytes, dead } = await library.contributionSize(key);
    expect(dead).toBe(Math.floor(bytes / 4));
    await library.removeFiles(['/i/b.png', '/i/c.png']);
    await library.settle();
    await expectError(library.activationsOf(key, 5, old), 'library', 'changed');
    expect(await allActivations(library)).toEqual([[shaOf('a'), 5, 1, 0.5, 5]]);
    expect(readdirSync(parquet)).not.toContain(first);
    expect(readdirSync(parquet)).toHaveLength(1);
    expect(await library.contributionSize(key)).toMatchObject({ pictures: 1, dead: 0 });
    const read = await library.pictures(key);
    expect([...(await library.contributionsOf(key, 5, read)).contributions.data]).toEqual(
      [97, 98, 99, 100].map((x) => x / 8),
    );
    await library.add(batchOf([picture('d', { 6: 2 })]), into);
    expect(await allActivations(library)).toEqual([
      [shaOf('a'), 5, 1, 0.5, 5],
      [shaOf('d'), 6, 2, 1, 6],
    ]);
  });

  it('keeps names, texts, thumbnails and sums of classes', async () => {
    const library = await opened();
    await library.add(batchOf([picture('a', { 5: 1 })]), into);
    const annotation = { name: "it's", note: 'a\nb', mark: 'expected', pinned: false } as const;
    await library.annotate(key, 5, annotation);
    await library.annotate(key, 4, { ...annotation, name: null });
    await library.annotate(key, 4, { name: null, note: null, mark: null, pinned: false });
    expect(await library.annotations(key)).toEqual(new Map([[5, annotation]]));

    const kept = { vector: Float32Array.of(1, 0, 0, 0.5), truncated: true, readAs: null };
    await library.keepTexts('model', new Map([['snow', kept]]));
    await library.keepTexts('model', new Map([['snow', { ...kept, readAs: 'sn' }]]));
    expect(await library.texts('model', ['rain', 'snow'])).toEqual(
      new Map([['snow', { ...kept, readAs: 'sn' }]]),
    );

    await library.keepThumbnail(shaOf('a'), 96, Uint8Array.of(1, 2, 3));
    expect(await library.thumbnail(shaOf('a'), 96)).toEqual({
      jpeg: Uint8Array.of(1, 2, 3),
      width: 11,
      height: 20,
    });
    expect(await library.thumbnail(shaOf('a'), 32)).toBeNull();

    const sum = {
      classFolder: 'x/y',
      pictures: [shaOf('a')],
      components: Int32Array.of(3, 5),
      sums: { data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8), width },
    };
    await library.setClassSum(key, { ...sum, classFolder: 'z' });
    await library.setClassSum(key, sum);
    await library.setClassSum(key, sum);
    expect(await library.classSum(key, 'x/y')).toEqual(sum);
    await library.setClassSum(key, {
      ...sum,
      classFolder: 'z',
      pictures: [],
      components: new Int32Array(0),
      sums: { data: new Float32Array(0), width },
    });
    expect(await library.classSum(key, 'z')).toBeNull();
    expect(await library.classes(key)).toEqual([
      { name: '.', summed: 0, pictures: 1, both: 0 },
      { name: 'x/y', summed: 1, pictures: 0, both: 0 },
    ]);
    await library.setClassSum(key, { ...sum, classFolder: '.', pictures: [shaOf('a'), shaOf('gone')] });
    expect((await library.classes(key))[0]).toEqual({ name: '.', summed: 2, pictures: 1, both: 1 });
    expect(await library.liveComponents(key)).toBe(1);
  });

  it('is one object for all of a process, closed by the last', async () => {
    const path = join(temporaryFolder(), 'library.duckdb');
    const [a, b] = await Promise.all([openLibrary(path), openLibrary(path)]);
    expect(a).toBe(b);
    await a.close();
    expect(await b.counts()).toEqual({ files: 0, pictures: 0 });
    await b.close();
    expect(await openLibrary(path).then((again) => again.close())).toBeUndefined();
  });

  it('works in a folder of any name, and removes what a killed run left there', async () => {
    const folder = join(temporaryFolder(), `it's "mine" [a]*; DROP/name=5`);
    mkdirSync(join(folder, 'library.duckdb.contributions/1'), { recursive: true });
    for (const name of ['000000.parquet.unfinished', '000007.parquet', 'mine.txt']) {
      writeFileSync(join(folder, 'library.duckdb.contributions/1', name), '');
    }
    const library = await opened(folder);
    expect(readdirSync(join(folder, 'library.duckdb.contributions/1'))).toEqual(['mine.txt']);
    await library.add(batchOf([picture('a', { 5: 1 })]), into);
    await library.settle();
    const out = join(folder, 'out');
    expect(await library.exportTo(out)).toEqual({ images: 1 });
    const other = await opened(folder, 'other.duckdb');
    expect(await other.importFrom(out)).toEqual({ images: 1, added: 1, notes: [] });
    expect(await allActivations(other)).toEqual(await allActivations(library));
    expect(await other.contributionsIn(key, shaOf('a'))).toEqual(
      await library.contributionsIn(key, shaOf('a')),
    );
  });

  it('writes a snapshot only where something changed', async () => {
    const folder = temporaryFolder();
    const library = await opened(folder);
    await library.settle();
    const snapshots = () => readdirSync(join(folder, 'library.duckdb.snapshots'));
    expect(snapshots()).toEqual(['000001']);
    await library.settle();
    expect(snapshots()).toEqual(['000001']);
    await library.add(batchOf([picture('a', { 5: 1 })]), into);
    await library.settle();
    expect(snapshots()).toEqual(['000002']);
  });

  it('refuses what is no library, or one of another version, and says what to do', async () => {
    const folder = temporaryFolder();
    writeFileSync(
      join(folder, 'text'),
      'no database at all, only a text of some length that fills a header'.repeat(100),
    );
    await expectError(openLibrary(join(folder, 'text')), 'library', join(folder, 'text'), 'Move it away');
    await expectError(openLibrary(folder), 'library', 'folder');
    await expectError(openLibrary(join(folder, 'why?', 'library')), 'library', 'question mark');
    expect(existsSync(join(folder, 'why?'))).toBe(false);
    await sql(join(folder, 'foreign'), 'CREATE TABLE meta (name VARCHAR, value BIGINT)');
    await expectError(openLibrary(join(folder, 'foreign')), 'library', 'no library of Clipsight');
    const library = await openLibrary(join(folder, 'newer'));
    await library.close();
    await sql(join(folder, 'newer'), "UPDATE meta SET value = 99 WHERE name = 'schema'");
    await expectError(openLibrary(join(folder, 'newer')), 'library', 'version 99', 'Update Clipsight');
  });
});

describe('shards', () => {
  it('merged in any number give the library of one run over all', async () => {
    const letters = ['a', 'b', 'c', 'd', 'e', 'f'];
    const activations = fc.dictionary(fc.integer({ min: 0, max: 9 }).map(String), fc.constantFrom(0.5, 1, 2));
    const drawn = fc.record({
      activations: fc.array(activations, { minLength: 6, maxLength: 6 }),
      /** Which libraries have which pictures. */
      shards: fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 5 })), { minLength: 1, maxLength: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(drawn, async ({ activations, shards }) => {
        const folder = temporaryFolder();
        const filled = async (name: string, which: readonly number[]) => {
          const library = await opened(folder, name);
          const batch = batchOf(which.map((i) => picture(letters[i]!, activations[i]!)));
          await library.add(
            {
              ...batch,
              files: batch.files.map((one) => ({ ...one, classFolder: one.sha256! < 'c' ? 'x' : 'y' })),
            },
            into,
          );
          await sumAll(library);
          return library;
        };
        const merged = await opened(folder, 'merged');
        const taken = new Set<number>();
        for (const [n, which] of shards.entries()) {
          const own = which.filter((i) => !taken.has(i));
          const library = await filled(`part${n}`, which);
          // Sums add up only where no picture is in both.
          if (own.length < which.length)
            await sumAll(
              library,
              own.map((i) => shaOf(letters[i]!)),
            );
          await library.exportTo(join(folder, `shard${n}`));
          const { images, added } = await merged.importFrom(join(folder, `shard${n}`));
          expect([images, added]).toEqual([which.length, own.length]);
          for (const i of own) taken.add(i);
        }
        const whole = await filled('whole', [...taken].sort());
        await Promise.all([merged.settle(), whole.settle()]);
        expect(await contentOf(merged)).toEqual(await contentOf(whole));
      }),
      { numRuns: 5 },
    );
  });

  it('are written and read with progress, and cancelled at any step leave nothing', async () => {
    const folder = temporaryFolder();
    const [library, other] = [await opened(folder, 'here'), await opened(folder, 'there')];
    await library.add(batchOf([picture('a', { 5: 1 })]), into);
    await other.add(batchOf([picture('b', { 5: 1 })]), into);
    /** Cancels when so many steps were told of; counts them. */
    const watched = (after: number) => {
      const cancel = new AbortController();
      const told: Progress[] = [];
      const job = {
        signal: cancel.signal,
        progress: (progress: Progress) => {
          if (told.push(progress) === after) cancel.abort();
        },
      };
      return { told, job };
    };
    const out = join(folder, 'out');
    const whole = watched(Number.POSITIVE_INFINITY);
    await library.exportTo(out, whole.job);
    const { total } = whole.told[0]!;
    expect(whole.told).toEqual(
      Array.from({ length: total }, (_, done) => ({ stage: 'Exporting', done, total })),
    );
    for (const after of [1, total - 1]) {
      await expect(library.exportTo(out, watched(after).job)).rejects.toMatchObject({ code: 'cancelled' });
      await expectError(other.importFrom(out), 'library', 'manifest.json');
    }
    await library.exportTo(out);

    const before = await contentOf(other);
    const importing = watched(Number.POSITIVE_INFINITY);
    const third = await opened(folder, 'third');
    await third.importFrom(out, importing.job);
    const stages = importing.told.map(({ stage }) => stage);
    expect([...new Set(stages)]).toEqual(['Checking', 'Checking contributions', 'Importing']);
    expect(importing.told.filter(({ done, total: of }) => done >= of)).toEqual([]);
    for (const after of [1, stages.indexOf('Importing') + 1, stages.length - 1]) {
      await expect(other.importFrom(out, watched(after).job)).rejects.toMatchObject({ code: 'cancelled' });
      expect(await contentOf(other)).toEqual(before);
    }
    expect(await other.importFrom(out)).toEqual({ images: 1, added: 1, notes: [] });
  });

  it('that bring nothing new change nothing', async () => {
    const folder = temporaryFolder();
    const library = await opened(folder);
    await library.add(batchOf([picture('a', { 5: 1 })]), into);
    await library.annotate(key, 5, { name: 'here', note: null, mark: null, pinned: false });
    await library.exportTo(join(folder, 'out'));
    await library.annotate(key, 5, { name: 'later', note: null, mark: null, pinned: false });
    const before = await contentOf(library);
    expect(await library.importFrom(join(folder, 'out'))).toEqual({ images: 1, added: 0, notes: [] });
    expect(await contentOf(library)).toEqual(before);
    expect(readdirSync(join(folder, 'library.duckdb.contributions/1'))).toHaveLength(1);
  });

  it('of a file bring what was seen last, and of a class that overlaps nothing but a note', async () => {
    const folder = temporaryFolder();
    const [here, there] = [await opened(folder, 'here'), await opened(folder, 'there')];
    await here.add(
      {
        pictures: [picture('a', { 5: 1 }), picture('b', { 5: 1 })],
        files: [file('/i/x', shaOf('a')), file('/i/y', shaOf('b'))],
      },
      into,
    );
    await there.add(
      {
        pictures: [picture('a', { 5: 1 }), picture('c', { 6: 1 })],
        files: [
          file('/i/x', shaOf('c'), { mtimeNs: 2_000_000_000n }),
          file('/i/y', shaOf('a'), { mtimeNs: 1n }),
        ],
      },
      into,
    );
    await sumAll(here);
    await sumAll(there);
    const sum = await here.classSum(key, '.');
    await there.exportTo(join(folder, 'out'));
    const { notes } = await here.importFrom(join(folder, 'out'));
    expect(notes).toHaveLength(1);
    expect(await here.classSum(key, '.')).toEqual(sum);
    expect((await here.files(null)).map(({ path, sha256 }) => [path, sha256])).toEqual([
      ['/i/x', shaOf('c')],
      ['/i/y', shaOf('b')],
    ]);
  });

  it('of a class with more pictures than here bring its sum', async () => {
    const folder = temporaryFolder();
    const [here, there] = [await opened(folder, 'here'), await opened(folder, 'there')];
    await here.add(batchOf([picture('a', { 5: 1 })]), into);
    await there.add(batchOf([picture('a', { 5: 1 }), picture('b', { 5: 1, 6: 1 })]), into);
    for (const library of [here, there]) await sumAll(library);
    await there.exportTo(join(folder, 'out'));
    expect((await here.importFrom(join(folder, 'out'))).notes).toEqual([]);
    expect(await contentOf(here)).toEqual(await contentOf(there));
    expect((await here.importFrom(join(folder, 'out'))).notes).toEqual([]);
    expect(await contentOf(here)).toEqual(await contentOf(there));
  });

  it('are written over older ones, of other libraries too, which keep what is theirs', async () => {
    const folder = temporaryFolder();
    const [one, another] = [await opened(folder, 'one'), await opened(folder, 'another')];
    await one.add(batchOf([picture('a', { 5: 1 }), picture('b', { 6: 1 })]), into);
    await another.add(batchOf([picture('c', { 7: 1 })]), into);
    await one.exportTo(join(folder, 'out'));
    const before = await contentOf(one);
    await another.exportTo(join(folder, 'out'));
    await another.exportTo(join(folder, 'out'));
    expect(await contentOf(one)).toEqual(before);
    const read = await opened(folder, 'read');
    await read.importFrom(join(folder, 'out'));
    expect(await contentOf(read)).toEqual(await contentOf(another));
  });

  it('that could not be written whole are none, whatever was there before', async () => {
    const folder = temporaryFolder();
    const library = await opened(folder);
    await library.add(batchOf([picture('a', { 5: 1 })]), into);
    const out = join(folder, 'out');
    await library.exportTo(out);
    rmSync(join(out, 'text.parquet'));
    mkdirSync(join(out, 'text.parquet'));
    await expect(library.exportTo(out)).rejects.toThrow();
    await expectError(library.importFrom(out), 'library', 'manifest.json');
  });

  const damaged = mkdtempSync(join(tmpdir(), 'clipsight-test-'));
  afterAll(() => rmSync(damaged, { recursive: true }));
  beforeAll(async () => {
    const library = await openLibrary(join(damaged, 'source'));
    await library.useStudy(study);
    await library.add(batchOf([picture('a', { 5: 1 })]), into);
    await library.annotate(key, 5, { name: 'five', note: null, mark: null, pinned: false });
    await library.exportTo(join(damaged, 'whole'));
    await library.close();
  });
  const damages: readonly (readonly [
    what: string,
    damage: (folder: string) => Promise<unknown>,
    ...says: string[],
  ])[] = [
    ['a missing table', (folder) => rewritten(folder, 'embedding', null), 'embedding.parquet'],
    ['a torn file', (folder) => truncate(join(folder, 'picture.parquet'), 200), 'picture.parquet'],
    [
      'a column of another type',
      (folder) => rewritten(folder, 'activation_1', 'SELECT * REPLACE (max::DOUBLE AS max)'),
      'activation_1.parquet',
      'max',
      'DOUBLE',
    ],
    [
      'a missing column',
      (folder) => rewritten(folder, 'file', 'SELECT * EXCLUDE (inode)'),
      'file.parquet',
      'inode',
    ],
    [
      'a column too many',
      (folder) => rewritten(folder, 'file', 'SELECT *, 1 AS more'),
      'file.parquet',
      'more',
    ],
    [
      'a null',
      (folder) => rewritten(folder, 'file', 'SELECT * REPLACE (NULL::VARCHAR AS path)'),
      'file.parquet',
      'path',
    ],
    [
      'an activation that is no number',
      (folder) => rewritten(folder, 'activation_1', "SELECT * REPLACE ('nan'::FLOAT AS mean)"),
      'activation_1.parquet',
      'mean',
    ],
    [
      'a component that cannot be',
      (folder) => rewritten(folder, 'activation_1', 'SELECT * REPLACE (100 AS component)'),
      'component',
    ],
    [
      'a picture that is not there',
      (folder) => rewritten(folder, 'done', 'SELECT * REPLACE (77 AS picture)'),
      'done.parquet',
      'picture',
    ],
    [
      'a hash that is none',
      (folder) => rewritten(folder, 'picture', "SELECT * REPLACE ('../x' AS sha256)"),
      'picture.parquet',
      'sha256',
    ],
    [
      'a vector of another length',
      (folder) => rewritten(folder, 'embedding', "SELECT * REPLACE ('abc'::BLOB AS vector)"),
      'embedding.parquet',
      'vector',
    ],
    [
      'a row twice',
      (folder) => rewritten(folder, 'done', 'SELECT * FROM old UNION ALL SELECT *'),
      'done.parquet',
      'twice',
    ],
    [
      'a contribution of another length',
      (folder) => rewritten(folder, 'contributions/1/000000', "SELECT * REPLACE ('a'::BLOB AS vector)"),
      '000000.parquet',
      'vector',
    ],
    [
      'a name of a component that cannot be',
      (folder) => rewritten(folder, 'annotation', 'SELECT * REPLACE (100 AS component)'),
      'annotation.parquet',
      'component',
    ],
    [
      'a study that is none',
      (folder) => rewritten(folder, 'study', "SELECT * REPLACE ('{}' AS info)"),
      'study.parquet',
      'info',
    ],
    [
      'a manifest of another version',
      async (folder) => {
        const path = join(folder, 'manifest.json');
        writeFileSync(path, readFileSync(path, 'utf8').replace('"version": 1', '"version": 2'));
      },
      'manifest.json',
      'version',
    ],
  ];
  it.each(damages.map(([what, damage, ...says]) => ({ what, damage, says })))(
    'with $what are refused, and nothing is imported',
    async ({ damage, says }) => {
      const folder = join(damaged, 'out');
      await cp(join(damaged, 'whole'), folder, { recursive: true });
      await damage(folder);
      const library = await openLibrary(join(damaged, 'target'));
      onTestFinished(async () => {
        await library.close();
        rmSync(folder, { recursive: true });
      });
      await expectError(library.importFrom(folder), 'library', ...says);
      expect(await library.counts()).toEqual({ files: 0, pictures: 0 });
      expect(await library.studies()).toEqual([]);
      expect(existsSync(join(damaged, 'target.contributions'))).toBe(false);
    },
  );
});

/** Puts rows in the place of a Parquet file's, or removes it. */
async function rewritten(folder: string, table: string, select: string | null): Promise<void> {
  const path = join(folder, `${table}.parquet`);
  if (select === null) {
    rmSync(path);
    return;
  }
  await sql(
    ':memory:',
    `CREATE TABLE old AS FROM '${path}'`,
    `COPY (${select} FROM old) TO '${path}' (FORMAT parquet)`,
  );
}

async function sql(database: string, ...statements: readonly string[]): Promise<void> {
  const instance = await DuckDBInstance.create(database);
  const connection = await instance.connect();
  for (const statement of statements) await connection.run(statement);
  connection.closeSync();
  instance.closeSync();
}

/** Sums each class over its pictures, or those named, as indexing would: here c_j = d_j. */
async function sumAll(library: Library, only?: readonly string[]): Promise<void> {
  const files = await library.files(null);
  for (const name of new Set(files.map(({ classFolder }) => classFolder))) {
    const pictures = [
      ...new Set(files.filter(({ classFolder }) => classFolder === name).map(({ sha256 }) => sha256!)),
    ]
      .filter((sha) => only === undefined || only.includes(sha))
      .sort();
    const sums = new Map<number, Float32Array>();
    for (const sha of pictures) {
      const { components, contributions } = (await library.contributionsIn(key, sha))!;
      for (const [row, component] of components.entries()) {
        const sum = sums.get(component) ?? new Float32Array(width);
        sum.forEach((_, i) => {
          sum[i]! += contributions.data[row * width + i]!;
        });
        sums.set(component, sum);
      }
    }
    const components = Int32Array.from(sums.keys()).sort();
    const data = Float32Array.from([...components].flatMap((component) => [...sums.get(component)!]));
    await library.setClassSum(key, { classFolder: name, pictures, components, sums: { data, width } });
  }
}

async function contentOf(library: Library): Promise<unknown> {
  const pictures = await library.pictures(key);
  const classes = await library.classes(key);
  return {
    pictures,
    classes,
    activations: await allActivations(library),
    embeddings: await library.embeddings('model', pictures.sha256),
    contributions: await Promise.all(
      Array.from({ length: 10 }, (_, component) => library.contributionsOf(key, component, pictures)),
    ),
    within: await Promise.all(pictures.sha256.map((sha) => library.contributionsIn(key, sha))),
    sums: await Promise.all(classes.map(({ name }) => library.classSum(key, name))),
    files: await library.files(null),
    annotations: await library.annotations(key),
    kept: (await library.contributionSize(key)).pictures,
  };
}

it('embedders of other widths are kept apart', async () => {
  const library = await opened();
  await library.useEmbedder(embedder('judge', 2));
  const judged = { ...picture('a', { 5: 1 }), judged: Float32Array.of(7, 8) };
  await library.add(batchOf([judged]), { ...into, judge: 'judge' });
  expect((await library.embeddings('judge', [shaOf('a')])).rows).toEqual({
    data: Float32Array.of(7, 8),
    width: 2,
  });
});
