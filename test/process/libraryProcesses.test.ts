import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openLibrary } from '../../src/engine/library/openLibrary';
import { expectError } from '../support/expectError';
import { batchOf, into, picture, shaOf, study } from '../support/libraryRows';
import { temporaryFolder } from '../support/temporaryFolder';

const { key } = study.info;
const built = mkdtempSync(join(tmpdir(), 'clipsight-test-'));
/** Where a script that lies elsewhere finds the packages with native binaries. */
const NODE_PATH = join(__dirname, '../../node_modules');

beforeAll(async () => {
  await build({
    entryPoints: [join(__dirname, 'fixtures/libraryWriter.ts')],
    outfile: join(built, 'writer.cjs'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['@duckdb/node-api'],
    // NODE_PATH is for `require` alone.
    supported: { 'dynamic-import': false },
    logLevel: 'error',
  });
});

afterAll(() => rm(built, { recursive: true, force: true }));

describe('a library and processes', () => {
  it('loses, tears and doubles nothing when the writer is killed at any moment', async () => {
    const file = join(temporaryFolder(), 'library.duckdb');
    let committed = -1;
    for (let round = 0; round < 12; round++) {
      const child = start(file, 'add', String(committed + 1));
      child.on('message', (batch) => {
        committed = Number(batch);
      });
      await once(child, 'message');
      await new Promise((resolve) => setTimeout(resolve, 10 + ((round * 37) % 250)));
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      const library = await openLibrary(file);
      expect(library.access).toEqual({ kind: 'owner' });
      const pictures = await library.pictures(key);
      // One batch may be committed that the parent was not told of.
      expect([(committed + 1) * 3, (committed + 2) * 3]).toContain(pictures.sha256.length);
      expect(pictures.sha256).toEqual(
        pictures.sha256.map((_, number) => number.toString(16).padStart(64, '0')),
      );
      committed = pictures.sha256.length / 3 - 1;
      const components: number[] = [];
      for await (const chunk of library.activations(key, pictures)) components.push(...chunk.components);
      expect(components).toEqual(
        pictures.sha256.flatMap((_, number) => [Math.floor(number / 3), 1000, 1001]),
      );
      const { pictures: kept } = await library.contributionSize(key);
      expect((await library.contributionsOf(key, 1000, pictures)).pictures).toHaveLength(kept);
      expect(
        existsSync(`${file}.contributions/1`) ? readdirSync(`${file}.contributions/1`) : [],
      ).toHaveLength(
        new Set(
          (await library.contributionSize(key)).pictures === 0 ? [] : readdirSync(`${file}.contributions/1`),
        ).size,
      );
      await library.close();
    }
    expect(committed).toBeGreaterThan(12);
  }, 60_000);

  it.runIf(process.platform === 'linux')(
    'loses nothing on a full disk, and goes on in the same process when there is room',
    async () => {
      const file = join(temporaryFolder(), 'library.duckdb');
      const child = start(file, 'fill');
      const limit = (bytes: string) => execFileSync('prlimit', ['--pid', `${child.pid}`, `--fsize=${bytes}`]);
      limit('20000000:unlimited');
      const [refused] = await once(child, 'message');
      expect(refused).toMatchObject({ code: 'library', message: expect.stringContaining(file) });
      expect(refused.message).toContain('is full');
      limit('unlimited');
      child.send('again');
      const [{ batches }] = await once(child, 'message');
      expect(batches).toBeGreaterThan(10);
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      const library = await openLibrary(file);
      onTestFinished(() => library.close());
      const pictures = await library.pictures(key);
      expect(pictures.sha256).toHaveLength(3 * batches);
      let activations = 0;
      for await (const chunk of library.activations(key, pictures)) activations += chunk.max.length;
      expect(activations).toBe(3 * 13_000 * batches);
    },
    60_000,
  );

  it('reads the last snapshot while another process owns it, and takes over when that ends', async () => {
    const file = join(temporaryFolder(), 'library.duckdb');
    const first = await openLibrary(file);
    await first.useStudy(study);
    await first.add(batchOf([picture('b', { 5: 1 }), picture('a', { 5: 2, 7: 3 })]), into);
    await first.annotate(key, 5, { name: 'snow', note: null, mark: 'spurious', pinned: true });
    await first.settle();
    const before = await contentOf(first);
    await first.close();

    const child = start(file, 'hold');
    await once(child, 'message');
    const library = await openLibrary(file, { lookEvery: 0 });
    onTestFinished(() => library.close());
    expect(library.access).toMatchObject({ kind: 'snapshot', pid: child.pid, taken: expect.any(String) });
    expect(await contentOf(library)).toEqual(before);
    await expectError(
      library.annotate(key, 5, { name: null, note: null, mark: null, pinned: false }),
      'library',
      `process ${child.pid}`,
      file,
    );
    await expectError(library.settle(), 'library', 'in use');

    const { version } = library;
    const old = await library.pictures(key);
    child.send('more');
    await once(child, 'message');
    const newer = await library.pictures(key);
    expect(newer.sha256).toEqual([shaOf('a'), shaOf('b'), shaOf('ef')]);
    expect(library.version).toBeGreaterThan(version);
    await expectError(library.activationsOf(key, 5, old), 'library', 'changed');

    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    await library.annotate(key, 9, { name: 'rain', note: null, mark: null, pinned: false });
    expect(library.access).toEqual({ kind: 'owner' });
    expect([...(await library.annotations(key)).values()].map(({ name }) => name)).toEqual(['snow', 'rain']);
    expect(readdirSync(`${file}.snapshots`)).toHaveLength(1);
  });

  it('looks empty while another process owns a library without a snapshot', async () => {
    const file = join(temporaryFolder(), 'library.duckdb');
    const child = start(file, 'add', '0');
    await once(child, 'message');
    const library = await openLibrary(file);
    onTestFinished(() => library.close());
    expect(library.access).toEqual({ kind: 'snapshot', pid: child.pid, taken: null });
    expect(await library.counts()).toEqual({ files: 0, pictures: 0 });
    expect((await library.pictures(key)).sha256).toEqual([]);
  });
});

function start(...args: readonly string[]): ChildProcess {
  const child = fork(join(built, 'writer.cjs'), [...args], { env: { ...process.env, NODE_PATH } });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

async function contentOf(library: Awaited<ReturnType<typeof openLibrary>>): Promise<unknown> {
  const pictures = await library.pictures(key);
  const chunks = [];
  for await (const chunk of library.activations(key, pictures)) chunks.push(chunk);
  return {
    pictures,
    chunks,
    one: await library.activationsOf(key, 5, pictures),
    embeddings: await library.embeddings('model', pictures.sha256),
    contributions: await library.contributionsOf(key, 5, pictures),
    within: await library.contributionsIn(key, shaOf('a')),
    annotations: await library.annotations(key),
    files: await library.files(null),
    studies: await library.studies(),
    counts: await library.counts(),
    classes: await library.classes(key),
  };
}
