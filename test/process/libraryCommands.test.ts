import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { openLibrary } from '../../src/engine/library/openLibrary';
import { type CommandLine, commandLine, type Ended } from './fixtures/clipsight';
import { startIndex } from './fixtures/indexProcess';
import { contentOf } from './fixtures/libraryContent';
import { expectSame } from './fixtures/sameLibrary';

/** The commands about libraries, as a person calls them, on pictures of the demo. */

const demo = path.resolve(__dirname, '../../examples/demo/images');
const folders = ['wolf', 'cow', 'dog'].map((noun) => path.join(demo, noun));

let cli: CommandLine;
let library: string;
let made: Ended;
beforeAll(async () => {
  cli = commandLine();
  library = path.join(cli.scratch, 'all/library.duckdb');
  made = await cli.run(['index', ...folders, '--library', library, '--json']);
}, 120_000);
afterAll(() => cli.remove());

const ask = (...args: readonly string[]) => cli.run([...args, '--library', library]);

const Report = z.strictObject({
  library: z.string(),
  model: z.strictObject({ id: z.string(), sha256: z.string() }),
  dictionary: z.strictObject({
    id: z.string(),
    sha256: z.string(),
    layer: z.int(),
    tokens: z.string(),
    size: z.int(),
  }),
  judge: z.string(),
  files: z.int(),
  images: z.int(),
  computed: z.int(),
  removed: z.int(),
  failures: z.array(z.strictObject({ path: z.string(), reason: z.string() })),
  seconds: z.number(),
  imagesPerSecond: z.number().nullable(),
  notes: z.array(z.string()),
});

const Latent = z.strictObject({
  latent: z.int(),
  label: z.string().nullable(),
  labels: z.array(z.strictObject({ text: z.string(), alignment: z.number() })),
  n: z.int(),
  judge: z.string(),
  clarity: z.number().nullable(),
  polysemanticity: z.number().nullable(),
  redundancy: z.number().nullable(),
  firingRate: z.number().nullable(),
  maxActivation: z.number().nullable(),
  samples: z.array(z.strictObject({ image: z.string(), activation: z.number(), token: z.int() })),
});

const Found = z.object({
  judge: z.string(),
  hits: z.array(z.object({ latent: z.int(), by: z.string(), label: z.string().nullable() })),
});

describe('clipsight index', () => {
  it('says what it did', () => {
    expect({ code: made.code, stderr: made.stderr }).toEqual({ code: 0, stderr: '' });
    const report = Report.parse(JSON.parse(made.stdout));
    expect(report).toMatchObject({ judge: 'emoji-judge', files: 24, images: 24, computed: 24, failures: [] });
    expect(report.imagesPerSecond).toBeGreaterThan(0);
  });

  it('has nothing to do the second time', async () => {
    const { stdout } = await ask('index', ...folders, '--json');
    expect(Report.parse(JSON.parse(stdout))).toMatchObject({
      images: 24,
      computed: 0,
      imagesPerSecond: null,
    });
  });

  it('takes and leaves out files by globs', async () => {
    const args = [
      '--include',
      '*_0[0-3].jpg',
      '--exclude',
      '*_02.jpg',
      '--library',
      path.join(cli.scratch, 'globs'),
    ];
    const { stdout } = await cli.run(['index', folders[0]!, ...args, '--json']);
    expect(Report.parse(JSON.parse(stdout)).files).toBe(3);
  });

  it('records a bad file with its reason, and ends with 2', async () => {
    const folder = path.join(cli.scratch, 'bad');
    mkdirSync(folder);
    copyFileSync(path.join(folders[0]!, 'wolf_00.jpg'), path.join(folder, 'good.jpg'));
    writeFileSync(path.join(folder, 'broken.jpg'), 'no picture');
    const { code, stdout, stderr } = await cli.run([
      'index',
      folder,
      '--library',
      path.join(cli.scratch, 'two'),
    ]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/broken\.jpg/);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stdout).toContain('1 files failed');
    expect(stdout).toContain('1 images in 2 files');
  });

  it('refuses a folder that is not there, with 1', async () => {
    const { code, stdout, stderr } = await ask('index', path.join(demo, 'gone'));
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/gone.*is no folder/);
  });

  it('stops at Ctrl-C, says that it goes on, and does', async () => {
    const stopped = path.join(cli.scratch, 'stopped.duckdb');
    // Enough that it is not done before the signal comes.
    const many = readdirSync(demo)
      .filter((name) => !name.includes('.'))
      .slice(0, 25);
    const args = [...many.map((name) => path.join(demo, name)), '--library', stopped];
    const env = { XDG_CACHE_HOME: cli.cache };
    const run = startIndex(args, env);
    await run.reached(1);
    run.signal('SIGINT');
    const { code, stderr, stdout } = await run.ended;
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(stderr).toContain('run it again and it goes on');
    const second = await startIndex([...args, '--json'], env).ended;
    const report = Report.parse(JSON.parse(second.stdout));
    expect(report.images).toBe(200);
    expect(report.computed).toBeLessThan(200);
    expect(report.computed).toBeGreaterThan(0);
  }, 120_000);
});

describe('clipsight latent', () => {
  it('tells what is known of a component: of those active in wolves, one is called wolf', async () => {
    const image = path.join(folders[0]!, 'wolf_00.jpg');
    const concepts = path.join(cli.scratch, 'concepts.txt');
    writeFileSync(concepts, 'a photo of a wolf\na photo of a cow\na photo of a dog\n');
    const naming = ['--concepts', concepts, '--no-nouns', '--json'];
    const found = Found.parse(JSON.parse((await ask('search', '--image', image, ...naming)).stdout));
    const hit = found.hits.find(({ label }) => label === 'a photo of a wolf');
    const { code, stdout, stderr } = await ask('latent', String(hit!.latent), ...naming, '--top', '3');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const latent = Latent.parse(JSON.parse(stdout));
    expect(latent).toMatchObject({ latent: hit!.latent, label: 'a photo of a wolf', judge: 'emoji-judge' });
    expect(latent.labels.map(({ alignment }) => alignment)).toEqual(
      latent.labels.map(({ alignment }) => alignment).toSorted((a, b) => b - a),
    );
    expect(latent.samples).toHaveLength(3);
    expect(latent.samples[0]!.activation).toBe(latent.maxActivation);
  });

  it('has the model judge itself, and says so', async () => {
    const own = path.join(cli.scratch, 'self.duckdb');
    await cli.run(['index', ...folders, '--library', own, '--judge', 'self']);
    const args = ['latent', '549', '--library', own, '--judge', 'self', '--no-nouns', '--prompt', 'a wolf'];
    expect(Latent.parse(JSON.parse((await cli.run([...args, '--json'])).stdout)).judge).toBe('self');
    expect((await cli.run(args)).stdout).toMatch(/clarity .*\(self-judged\)/);
  });

  it.each([
    [['latent', '1024'], /1024/],
    [['latent', '3', '--model', 'models/emoji-judge'], /has no images indexed for this model/],
    [['latent', '3', '--concepts', 'gone.txt'], /gone\.txt: no such file/],
    [['search'], /No text/],
  ])('%j ends with 1 and one line', async (args, message) => {
    const { code, stdout, stderr } = await ask(...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('says how to make a library where there is none', async () => {
    const { code, stderr } = await cli.run([
      'latent',
      '3',
      '--library',
      path.join(cli.scratch, 'none.duckdb'),
    ]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/There is no library at .*none\.duckdb\. Make one with clipsight index/);
  });
});

describe('a library that another process has', () => {
  it('is read from its snapshot, and not written', async () => {
    const owner = await openLibrary(library);
    try {
      expect(owner.access.kind).toBe('owner');
      const read = await ask('search', 'wolf', '--no-nouns', '--json');
      expect(read.code).toBe(0);
      expect(read.stderr).toContain(`process ${process.pid} is writing the library: this is its snapshot of`);
      const matched = await ask('match', '--prompt', 'a photo of a wolf', '--most', '1', '--json');
      const { images, prompts } = JSON.parse(matched.stdout);
      expect([images, path.basename(path.dirname(prompts[0].best[0].image))]).toEqual([24, 'wolf']);
      expect(matched.stderr).toContain('this is its snapshot of');
      const written = await ask('index', path.join(demo, 'bat'));
      expect(written.code).toBe(1);
      expect(written.stderr).toContain(String(process.pid));
    } finally {
      await owner.close();
    }
  });
});

describe('shards', () => {
  it('of three parts, imported, are the library of one run over all', async () => {
    const shards = await Promise.all(folders.map(async (_, i) => path.join(cli.scratch, `shard-${i}`)));
    for (const [i, shard] of shards.entries()) {
      const part = path.join(cli.scratch, `part-${i}.duckdb`);
      // Of one folder, as it is divided among machines; the class folder of a file is the same everywhere.
      const only = ['wolf', 'cow', 'dog'][i]!;
      await cli.run(['index', demo, '--include', `${only}/*`, '--library', part]);
      expect((await cli.run(['export', '--parquet', shard, '--library', part])).stdout).toContain('8 images');
    }
    const imported = path.join(cli.scratch, 'imported.duckdb');
    const { code, stdout } = await cli.run(['import', ...shards, '--library', imported, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ images: 24, added: 24 });
    const whole = path.join(cli.scratch, 'whole.duckdb');
    const includes = ['wolf', 'cow', 'dog'].flatMap((noun) => ['--include', `${noun}/*`]);
    await cli.run(['index', demo, ...includes, '--library', whole]);
    const [found, expected] = [await contentOf(imported), await contentOf(whole)];
    expect(expected.indexed).toHaveLength(24);
    expectSame(found, expected);
  }, 180_000);

  it('that are none are refused', async () => {
    const { code, stderr } = await cli.run([
      'import',
      demo,
      '--library',
      path.join(cli.scratch, 'no.duckdb'),
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain(demo);
  });
});
