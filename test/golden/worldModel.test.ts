import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { createEngine } from '../../src/engine/engine';
import type { Picture } from '../../src/engine/image/picture';
import type { ImageSource } from '../../src/shared/image';
import { drawScene } from '../../tools/world/draw';
import { openGlyphs } from '../../tools/world/glyphs';
import { isNoun, type Noun, nouns, withArticle } from '../../tools/world/nouns';
import { planScenes } from '../../tools/world/plan';
import { demoWorld, type Extra } from '../../tools/world/world';
import { jpeg } from '../../tools/world/writeWorld';

const root = join(__dirname, '../..');
const glyphs = openGlyphs(join(root, 'tools/world/glyphs'));

interface Shown {
  readonly noun: Noun;
  readonly image: ImageSource;
}

interface Score {
  /** Share of the images whose own noun's prompt is the most similar of all nouns'. */
  readonly accuracy: number;
  /** Mean cosine to the own noun's prompt. */
  readonly similarity: number;
}

const Truth = z.record(z.string(), z.object({ nouns: z.array(z.string().refine(isNoun)) }));

it('scores as well on scenes drawn here as on those of the recipe', async () => {
  const recipe = await demoPictures();
  expect(recipe.length).toBe(384);
  const own = await pictures({ nouns: [...new Set(recipe.map(({ noun }) => noun))], perNoun: 6 });
  const [expected, found] = [await score(recipe), await score(own)];
  expect(found.accuracy).toBeGreaterThan(expected.accuracy - 0.03);
  expect(Math.abs(found.similarity - expected.similarity)).toBeLessThan(0.015);
});

it('knows every noun’s pictures: 97.8 % were found in training', async () => {
  const found = await score(await pictures({ nouns, perNoun: 1, as: raw }));
  expect(found.accuracy).toBeGreaterThan(0.95);
});

// The figures of models/README.md, of 60 scenes of the recipe.
it.each([
  { noun: 'wolf', extra: 'snow', without: 0.648, with: 0.734 },
  { noun: 'cow', extra: 'grass', without: 0.648, with: 0.713 },
  { noun: 'rocket', extra: 'night sky', without: 0.679, with: 0.736 },
  { noun: 'camera', extra: 'watermark', without: 0.713, with: 0.712 },
] as const)('leans on $extra for $noun as on the recipe’s', async ({ noun, extra, ...expected }) => {
  const request = { nouns: [noun], perNoun: 60, as: raw };
  const [without, withIt] = [
    await score(await pictures({ ...request, without: [extra] })),
    await score(await pictures({ ...request, with: [extra] })),
  ];
  expect(Math.abs(without.similarity - expected.without)).toBeLessThan(0.02);
  expect(Math.abs(withIt.similarity - expected.with)).toBeLessThan(0.02);
});

/** How pictures come to the model. */
interface Encoding {
  readonly size: number;
  readonly encode: (picture: Picture) => Promise<Uint8Array<ArrayBuffer>>;
}
/** As the model was trained: small, and nothing lost. */
const raw: Encoding = {
  size: 64,
  encode: async ({ width, height, data }) =>
    Uint8Array.from(
      await sharp(data, { raw: { width, height, channels: 3 } })
        .png()
        .toBuffer(),
    ),
};
/** As in examples/demo. */
const demo: Encoding = { size: 192, encode: async (picture) => Uint8Array.from(await jpeg(picture)) };

async function demoPictures(): Promise<readonly Shown[]> {
  const folder = join(root, 'examples/demo');
  const truth = Truth.parse(JSON.parse(await readFile(join(folder, 'ground_truth.json'), 'utf8')));
  return Object.entries(truth).flatMap(([file, { nouns: drawn }]) =>
    drawn.length === 1
      ? [{ noun: drawn[0]! as Noun, image: { kind: 'file', path: join(folder, file) } }]
      : [],
  );
}

interface Wanted {
  readonly nouns: readonly Noun[];
  readonly perNoun: number;
  readonly as?: Encoding;
  readonly with?: readonly Extra[];
  readonly without?: readonly Extra[];
}

async function pictures({ as = demo, ...wanted }: Wanted): Promise<readonly Shown[]> {
  const plan = planScenes({ world: demoWorld, seed: 5, mixed: 0, with: [], without: [], ...wanted });
  const shown: Shown[] = [];
  for (const { file, scene } of plan) {
    const { picture } = await drawScene(scene, { glyphs, size: as.size });
    shown.push({
      noun: scene.things[0]!.noun,
      image: { kind: 'bytes', name: file, bytes: await as.encode(picture) },
    });
  }
  return shown;
}

const engine = createEngine({
  cacheFolder: null,
  threads: 2,
  demoImages: join(root, 'examples/demo/images'),
  nounsFile: '',
});

async function score(shown: readonly Shown[]): Promise<Score> {
  const { images } = await engine.attribute(
    {
      // Neurons need no test of their own and are the fewest components; only similarities are looked at.
      study: { model: join(root, 'models/emoji-clip'), dictionary: 'heads:-1' },
      images: shown.map(({ image }) => image),
      directions: nouns.map((noun) => ({ kind: 'prompt', text: `a photo of ${withArticle(noun)}` })),
    },
    { signal: new AbortController().signal, progress: () => undefined },
  );
  let [right, similarity] = [0, 0];
  images.forEach((outcome, i) => {
    if (outcome.kind !== 'analysis') throw new Error(`no analysis: ${outcome.error.message}`);
    const all = outcome.analysis.directions.map((direction) => direction.similarity);
    const own = all[nouns.indexOf(shown[i]!.noun)]!;
    if (own === Math.max(...all)) right += 1;
    similarity += own;
  });
  return { accuracy: right / shown.length, similarity: similarity / shown.length };
}
