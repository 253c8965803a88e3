import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createEngine } from '../../src/engine/engine';
import { openLibrary } from '../../src/engine/library/openLibrary';
import { PromptReasons } from '../../src/extension/prompts/hover/promptReasons';
import type { EngineProtocol } from '../../src/shared/engineProtocol';
import type { LibraryStatus } from '../../src/shared/library';
import { poorlyDescribed } from '../../src/shared/poorAlignment';
import type { JobContext, Remote } from '../../src/shared/rpc/protocol';
import { root } from './references';

/**
 * What a hover shows of a prompt is what the engine gives by other ways: scores and attributions within 1e-6 of
 * `attribute`, and of a library of three folders of the demo the same labels, marks, words and pictures.
 */
const scratch = mkdtempSync(path.join(realpathSync(tmpdir()), 'clipsight-hover-'));
const library = path.join(scratch, 'library.duckdb');
const demo = path.join(root, 'examples/demo/images');
const engine = createEngine({ cacheFolder: null, threads: 2, demoImages: demo, nounsFile: '' });
const job: JobContext = { signal: new AbortController().signal, progress: () => undefined };
const { signal } = job;
const study = { model: path.join(root, 'models/emoji-clip'), dictionary: path.join(root, 'models/sae-cls') };
const request = { library, study, judge: null };
const vocabulary = { texts: ['wolf', 'snow', 'bread', 'car'], nouns: false };
const text = 'a photo of a wolf';
const direction = { kind: 'prompt', text } as const;
const image = (name: string) => ({ kind: 'file' as const, path: path.join(demo, name) });
const pinned = ['wolf/wolf_00.jpg', 'bread/bread_00.jpg'].map((name) => ({ image: image(name), key: name }));
const asked = { study, images: pinned, direction };

// Handlers are the engine's side of the protocol: told apart only by how they are given their signal.
const remote = new Proxy({} as Remote<EngineProtocol>, {
  get: (_target, method: keyof EngineProtocol) => (asking: never) => engine[method](asking, job),
});

let status: LibraryStatus;
let reasons: PromptReasons;

beforeAll(async () => {
  const folders = ['wolf', 'bread', 'car'].map((name) => ({ folder: path.join(demo, name) }));
  await engine.indexLibrary({ ...request, roots: folders, others: 'keep', contributions: 'none' }, job);
  status = await engine.libraryStatus(request, job);
  reasons = new PromptReasons({
    engine: () => remote,
    library: {
      exists: true,
      status: async () => status,
      request: async () => request,
      thumbnail: async (sha256, size) => engine.thumbnail({ library, sha256, size }, job),
    },
    summaries: {
      of: async (components) => {
        const found = await engine.summarise({ ...request, vocabulary, components: [...components] }, job);
        return { judge: null, known: found.components };
      },
    },
    label: (file) => path.basename(file),
  });
}, 120_000);
afterAll(async () => {
  await (await openLibrary(library)).close();
  rmSync(scratch, { recursive: true, force: true });
});

it('has the score and the attributions of `attribute`, mean over the images', async () => {
  const found = await reasons.of(asked, null, signal);
  const { images } = await engine.attribute(
    { study, images: pinned.map((one) => one.image), directions: [direction] },
    job,
  );
  const analyses = images.map((outcome) => {
    if (outcome.kind !== 'analysis') throw new Error('no analysis');
    return outcome.analysis;
  });
  const similarity = analyses.reduce((sum, { directions }) => sum + directions[0]!.similarity / 2, 0);
  expect(Math.abs(found.score.similarity - similarity)).toBeLessThan(1e-6);
  expect(found.score.scored).toBe(2);
  const means = new Map<number, number>();
  for (const { latents, directions } of analyses) {
    latents.forEach((latent, i) => {
      means.set(latent, (means.get(latent) ?? 0) + directions[0]!.attributions[i]! / 2);
    });
  }
  const ranked = [...means].sort(([, a], [, b]) => Math.abs(b) - Math.abs(a)).slice(0, 5);
  expect(found.components.map(({ component }) => component)).toEqual(ranked.map(([latent]) => latent));
  found.components.forEach(({ attribution }, i) => {
    expect(Math.abs(attribution - ranked[i]![1])).toBeLessThan(1e-6);
  });
});

it('says of components what the library says, with their images', async () => {
  const found = await reasons.of(asked, null, signal);
  const components = await reasons.described(asked, found, signal);
  const ids = components.map(({ component }) => component);
  const { components: summaries } = await engine.summarise({ ...request, vocabulary, components: ids }, job);
  const pairs = ids.map((component) => ({ component, text }));
  const aligned = await engine.alignPairs({ ...request, pairs }, job);
  components.forEach(({ label, attribution, isPoor, thumbnails }, i) => {
    expect(label).toBe(summaries[i]!.labels[0]?.text ?? null);
    const pair = aligned.pairs[i]!;
    // What speaks against a prompt is not what it ought to say.
    expect(isPoor).toBe(pair === null || attribution <= 0 ? null : poorlyDescribed(pair));
    expect(thumbnails).toHaveLength(Math.min(3, summaries[i]!.samples.length));
    for (const uri of thumbnails) expect(uri).toMatch(/^data:image\/jpeg;base64,\/9j\//);
  });
  expect(components.some(({ thumbnails }) => thumbnails.length === 3)).toBe(true);
});

it('shows the images of the library that match best and worst', async () => {
  const shown = await reasons.matched({ direction }, signal);
  const { directions } = await engine.matchImages({ ...request, directions: [direction], most: 4 }, job);
  const names = ({ path: file, similarity }: { path: string; similarity: number }) => [
    path.basename(file),
    similarity,
  ];
  const drawn = ({ name, similarity }: { name: string; similarity: number }) => [name, similarity];
  expect(shown!.best.map(drawn)).toEqual(directions[0]!.best.map(names));
  expect(shown!.worst.map(drawn)).toEqual(directions[0]!.worst.map(names));
  expect(shown!.best[0]!.name).toMatch(/^wolf/);
});

it('weighs the words by the mean over the images', async () => {
  const shown = await reasons.words(asked, signal);
  const each = await Promise.all(
    pinned.map((one) => engine.attributeWords({ study, image: one.image, text, components: [] }, job)),
  );
  expect(shown!.images).toBe(2);
  expect(shown!.words.map((word) => word.text)).toEqual(['a', 'photo', 'of', 'a', 'wolf']);
  shown!.words.forEach(({ leaveOneOut }, word) => {
    const mean = each.reduce((sum, { words }) => sum + words[word]!.leaveOneOut / 2, 0);
    expect(Math.abs(leaveOneOut - mean)).toBeLessThan(1e-6);
  });
});
