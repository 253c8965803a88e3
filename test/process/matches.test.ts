import { cpSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { LibraryRequest } from '../../src/shared/library';
import { createSupervisor, type EngineSupervisor } from '../../src/supervisor/engineSupervisor';
import { expectError } from '../support/expectError';
import { type CommandLine, commandLine } from './fixtures/clipsight';

/** Pictures that match prompts, and texts that describe components, in the built engine process with a small library. */
const root = path.resolve(__dirname, '../..');
const folders = ['wolf', 'cow', 'dog'];

const Listed = z.array(z.strictObject({ image: z.string(), sha256: z.string(), similarity: z.number() }));
const Said = z.strictObject({
  images: z.int(),
  prompts: z.array(z.strictObject({ prompt: z.string(), best: Listed, worst: Listed })),
});

let cli: CommandLine;
let scratch: string;
let pictures: string;
let request: LibraryRequest;
let engine: EngineSupervisor;

beforeAll(async () => {
  cli = commandLine();
  scratch = mkdtempSync(path.join(realpathSync(tmpdir()), 'clipsight-matches-'));
  pictures = path.join(scratch, 'pictures');
  for (const folder of folders) {
    cpSync(path.join(root, 'examples/demo/images', folder), path.join(pictures, folder), { recursive: true });
  }
  engine = createSupervisor({
    entry: path.join(root, 'dist/engine.js'),
    args: ['--cache-folder', path.join(scratch, 'cache')],
    log: () => undefined,
  });
  const model = path.join(root, 'models/emoji-clip');
  request = {
    library: path.join(scratch, 'library.duckdb'),
    study: { model, dictionary: path.join(root, 'models/sae-cls') },
    judge: path.join(root, 'models/emoji-judge'),
  };
  await engine.remote.indexLibrary({
    ...request,
    roots: [{ folder: pictures }],
    others: 'keep',
    contributions: 'none',
  });
}, 120_000);
afterAll(async () => {
  await engine.stop();
  cli.remove();
  rmSync(scratch, { recursive: true, force: true });
});

const prompt = (text: string) => ({ kind: 'prompt', text }) as const;
const folderOf = (file: string) => path.basename(path.dirname(file));

describe('matching images', () => {
  it('finds a thing by its name, and the same as attribution and the command line', async () => {
    const versus = {
      kind: 'versus',
      of: prompt('a photo of a wolf'),
      against: [prompt('a photo of a cow')],
    } as const;
    const directions = [prompt('a photo of a wolf'), versus];
    const found = await engine.remote.matchImages({ ...request, directions, most: 4 });
    expect(found.grounds).toMatchObject({ images: 24, judge: null, notes: [], access: { kind: 'owner' } });
    const [wolf, difference] = found.directions;
    expect(wolf!.best.map((one) => folderOf(one.path))).toEqual(['wolf', 'wolf', 'wolf', 'wolf']);
    expect(difference!.worst.map((one) => folderOf(one.path))).toEqual(['cow', 'cow', 'cow', 'cow']);
    const { images } = await engine.remote.attribute({
      study: request.study,
      images: wolf!.best.map((one) => ({ kind: 'file', path: one.path }) as const),
      directions,
    });
    images.forEach((outcome, i) => {
      if (outcome.kind !== 'analysis') throw new Error('no analysis');
      expect(outcome.analysis.directions[0]!.similarity).toBeCloseTo(wolf!.best[i]!.similarity, 6);
    });
    const { code, stdout } = await cli.run([
      'match',
      '--prompt',
      'a photo of a wolf',
      '--most',
      '4',
      '--json',
      '--library',
      request.library,
    ]);
    expect(code).toBe(0);
    const said = Said.parse(JSON.parse(stdout));
    expect(said).toMatchObject({ images: 24, prompts: [{ prompt: 'a photo of a wolf' }] });
    for (const which of ['best', 'worst'] as const) {
      const listed = said.prompts[0]![which];
      expect(listed.map(({ image, sha256 }) => [image, sha256])).toEqual(
        wolf![which].map((one) => [one.path, one.sha256]),
      );
      listed.forEach(({ similarity }, i) => {
        // The text was encoded beside another one.
        expect(similarity).toBeCloseTo(wolf![which][i]!.similarity, 6);
      });
    }
  });

  it('splits a library that is smaller than what is asked for', async () => {
    const { directions } = await engine.remote.matchImages({
      ...request,
      directions: [prompt('a dog')],
      most: 100,
    });
    const { best, worst } = directions[0]!;
    expect([best.length, worst.length]).toEqual([12, 12]);
    expect(new Set([...best, ...worst].map(({ sha256 }) => sha256)).size).toBe(24);
    const all = [...best, ...worst.toReversed()].map(({ similarity }) => similarity);
    expect(all).toEqual(all.toSorted((a, b) => b - a));
  });

  it('leaves out pictures whose files are gone, and says so', async () => {
    const ask = () =>
      engine.remote.matchImages({ ...request, directions: [prompt('a photo of a wolf')], most: 1 });
    const first = (await ask()).directions[0]!.best[0]!;
    renameSync(first.path, `${first.path}.away`);
    try {
      const { directions, grounds } = await ask();
      expect(directions[0]!.best[0]!.path).not.toBe(first.path);
      expect(grounds.notes).toEqual([expect.stringMatching(/^1 of the pictures .* not there any more/)]);
    } finally {
      renameSync(`${first.path}.away`, first.path);
    }
  });

  it('leaves out pictures whose files show something else now, and says so', async () => {
    const ask = () =>
      engine.remote.matchImages({ ...request, directions: [prompt('a photo of a wolf')], most: 1 });
    const [first] = (await ask()).directions[0]!.best;
    const was = readFileSync(first!.path);
    writeFileSync(first!.path, readFileSync(path.join(pictures, 'cow/cow_00.jpg')));
    try {
      const { directions, grounds } = await ask();
      expect(directions[0]!.best[0]!.sha256).not.toBe(first!.sha256);
      expect(grounds.notes).toEqual([expect.stringMatching(/^1 of the pictures .* something else now/)]);
    } finally {
      writeFileSync(first!.path, was);
    }
    // Its content is what was indexed, though its time is another.
    expect((await ask()).directions[0]!.best).toEqual([first]);
  });

  it('has nothing to list of another study, and the command line says why', async () => {
    const study = { ...request.study, dictionary: path.join(root, 'models/sae-patches') };
    const directions = [prompt('a dog')];
    const found = await engine.remote.matchImages({ ...request, study, directions, most: 2 });
    expect(found.grounds.images).toBe(0);
    expect(found.directions).toEqual([{ best: [], worst: [] }]);
    const options = ['--dictionary', study.dictionary, '--library', request.library];
    const { code, stderr } = await cli.run(['match', '--prompt', 'a dog', ...options]);
    expect(code).toBe(1);
    expect(stderr).toContain('has no images indexed for this model and dictionary');
  });
});

describe('aligning texts', () => {
  it('says which components a text describes, and nothing where too few pictures show them', async () => {
    const { components } = await engine.remote.alignments({ ...request, text: 'a photo of a wolf' });
    const named = new Set(components);
    const silent = Array.from({ length: 1024 }, (_, j) => j).find((j) => !named.has(j))!;
    const pairs = [...components, silent].map((component) => ({ component, text: 'a photo of a wolf' }));
    const found = await engine.remote.alignPairs({ ...request, pairs });
    expect(found.grounds).toMatchObject({ images: 24, judge: 'emoji-judge', notes: [] });
    expect(found.pairs.at(-1)).toBeNull();
    const { alignments } = await engine.remote.alignments({ ...request, text: 'a photo of a wolf' });
    found.pairs.slice(0, -1).forEach((pair, i) => {
      expect(pair!.alignment).toBeCloseTo(alignments[i]!, 6);
      const better = alignments.filter((other) => other > alignments[i]! + 1e-6).length;
      expect(Math.abs(pair!.better * (components.length - 1) - better)).toBeLessThanOrEqual(1);
    });
  });

  it('tells of a text that the judge cannot read fully, and refuses one without words', async () => {
    const { components } = await engine.remote.alignments({ ...request, text: 'a dog' });
    const component = components[0]!;
    const { grounds } = await engine.remote.alignPairs({
      ...request,
      pairs: [{ component, text: '狼 wolf' }],
    });
    expect(grounds.notes).toEqual([expect.stringContaining('characters that emoji-judge does not know')]);
    await expectError(engine.remote.alignPairs({ ...request, pairs: [{ component, text: ' ' }] }), 'prompt');
    await expectError(
      engine.remote.alignPairs({ ...request, pairs: [{ component: 1024, text: 'a dog' }] }),
      'dictionary',
    );
  });
});
