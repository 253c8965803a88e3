import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createEngine } from '../../src/engine/engine';
import { nouns as allNouns, type Noun, withArticle } from '../../tools/world/nouns';
import { type Drawn, drawWorld } from '../process/fixtures/worldFolder';

/**
 * What components are called, against what is drawn: a component shows a noun if it is in 8 of its 10 top images, and
 * names it if the noun is among its three best labels. This is a quarter of the nouns, 20 scenes each, and guards what
 * was reached. It is far easier than all 187, where a component's top images are the best of four times as many things:
 * models/README.md has those figures, which are lower.
 */

const root = join(__dirname, '../..');
const every = 4;
const nouns = allNouns.filter((_, i) => i % every === 0);

const engine = createEngine({
  cacheFolder: null,
  threads: 2,
  demoImages: join(root, 'examples/demo/images'),
  nounsFile: join(root, 'media/nouns.txt'),
});
const job = { signal: new AbortController().signal, progress: () => undefined };

let folder: string;
let drawn: ReadonlyMap<string, Noun>;
const request = () => ({
  library: join(folder, 'library.duckdb'),
  study: { model: join(root, 'models/emoji-clip'), dictionary: join(root, 'models/sae-cls') },
  judge: join(root, 'models/emoji-judge'),
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipsight-labels-'));
  const scenes: readonly Drawn[] = await drawWorld(folder, { nouns, perNoun: 20, seed: 101, size: 96 });
  drawn = new Map(scenes.map(({ file, noun }) => [file, noun]));
  await engine.indexLibrary(
    {
      ...request(),
      roots: [{ folder: join(folder, 'images') }],
      others: 'keep',
      contributions: 'none',
    },
    job,
  );
}, 300_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

interface Reached {
  readonly named: number;
  readonly shownAndNamed: number;
}

const known = new Map<number, Promise<readonly string[]>>();

/** The files of the ten images that fire a component most: the same whatever it may be called. */
function topImages(component: number): Promise<readonly string[]> {
  const asked = known.get(component) ?? askTopImages(component);
  known.set(component, asked);
  return asked;
}

async function askTopImages(component: number): Promise<readonly string[]> {
  const vocabulary = { texts: [...bare.keys()], nouns: false };
  const samples = { order: { kind: 'max' as const }, most: 10 };
  const { card } = await engine.examine({ ...request(), vocabulary, component, prompts: [], samples }, job);
  return card.samples.map(({ path }) => path);
}

/** Shares of the nouns that some component names, and that some component names and shows. */
async function reached(texts: ReadonlyMap<string, Noun>, bundled: boolean): Promise<Reached> {
  const vocabulary = { texts: [...texts.keys()], nouns: bundled };
  const components = Array.from({ length: 1024 }, (_, component) => component);
  const summaries = await engine.summarise({ ...request(), vocabulary, components }, job);
  const [named, both] = [new Set<Noun>(), new Set<Noun>()];
  for (const { component, labels } of summaries.components) {
    const best = labels.slice(0, 3).flatMap(({ text }) => texts.get(text) ?? bare.get(text) ?? []);
    if (best.length === 0) continue;
    for (const noun of best) named.add(noun);
    if (best.every((noun) => both.has(noun))) continue;
    const top = await topImages(component);
    for (const noun of best) {
      if (top.filter((path) => drawn.get(path) === noun).length >= 8) both.add(noun);
    }
  }
  return { named: named.size / nouns.length, shownAndNamed: both.size / nouns.length };
}

const bare = new Map(nouns.map((noun) => [noun as string, noun]));
const phrased = new Map(nouns.map((noun) => [`a photo of ${withArticle(noun)}`, noun]));

it('names by the words that the judge was trained on what the dictionary shows', async () => {
  const found = await reached(phrased, false);
  expect(found.named).toBeGreaterThan(0.95);
  expect(found.shownAndNamed).toBeGreaterThan(0.9);
}, 300_000);

it('names by bare nouns almost as much of it', async () => {
  const found = await reached(bare, false);
  expect(found.named).toBeGreaterThan(0.9);
  expect(found.shownAndNamed).toBeGreaterThan(0.85);
}, 300_000);

it('names as much of it among thousands of nouns that are not drawn', async () => {
  const found = await reached(phrased, true);
  expect(found.named).toBeGreaterThan(0.9);
  expect(found.shownAndNamed).toBeGreaterThan(0.85);
}, 300_000);
