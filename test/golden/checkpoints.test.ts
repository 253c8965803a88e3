import { readdirSync, readFileSync } from 'node:fs';
import { cp, rm, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { HashCache } from '../../src/engine/checkpoint/hashCache';
import { prepareImage } from '../../src/engine/clip/prepareImage';
import { createEngine } from '../../src/engine/engine';
import { openModel } from '../../src/engine/model';
import { modelOnCpu } from '../../src/engine/runtime/sessions';
import type { AttributionRequest, ImageAnalysis } from '../../src/shared/analysis';
import type { ImageSource } from '../../src/shared/image';
import { temporaryFolder } from '../support/temporaryFolder';
import { relativeDistance } from './references';

/**
 * Checkpoints in every layout against the projects that define them: open_clip, transformers, timm and OpenAI's CLIP
 * wrote them, read them back and gave the numbers (test/reference/clip, float64; OpenAI's float32). The engine is off
 * by 1e-6 in embeddings and 5e-6 in attributions; exact GELU instead of that by tanh would be off by 1e-5 in cosines
 * and 1e-4 in the rest.
 */
const folder = path.join(__dirname, 'checkpoints');
const bytes = z.string().transform((text) => new Uint8Array(Buffer.from(text, 'base64')));
const floats = bytes.transform((raw) => new Float32Array(raw.buffer, raw.byteOffset, raw.byteLength / 4));
const json = (name: string): unknown => JSON.parse(readFileSync(path.join(folder, name), 'utf8'));

const CheckpointReference = z.object({
  path: z.string(),
  format: z.string(),
  blocks: z.int(),
  heads: z.int(),
  imageSize: z.int(),
  logitScale: z.number(),
  logitBias: z.number().nullable(),
  texts: z.array(z.object({ text: z.string(), embedding: floats })),
  images: z.array(
    z.object({
      rgb: bytes,
      similarities: z.array(z.number()),
      probabilities: z.array(z.number()).nullable(),
    }),
  ),
  /** Not of the size that the model takes. */
  pictures: z.array(z.object({ file: z.string(), pixels: floats, similarities: z.array(z.number()) })),
  studies: z.array(
    z.object({
      layer: z.int(),
      tokens: z.enum(['cls', 'patches', 'all']),
      /** Of the neurons the largest z over the tokens; attributions per text, the first of `texts`. */
      images: z.array(z.object({ activations: floats, neurons: z.array(floats), heads: z.array(floats) })),
    }),
  ),
});
type CheckpointReference = z.infer<typeof CheckpointReference>;

const names = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'refused')
  .map(({ name }) => name);
const engine = createEngine({
  cacheFolder: null,
  threads: 2,
  demoImages: 'examples/demo/images',
  nounsFile: '',
});
const hashes = new HashCache(null);
const job = { signal: new AbortController().signal, progress: () => undefined };

async function analyse(request: AttributionRequest): Promise<ImageAnalysis[]> {
  const { images } = await engine.attribute(request, job);
  return images.map((outcome) => {
    if (outcome.kind === 'failure') throw new Error(outcome.error.message);
    return outcome.analysis;
  });
}

/** As PNG: of the size that the model takes, so that nothing is resized. */
async function pictureOf(rgb: Uint8Array, size: number): Promise<ImageSource> {
  const encoded = await sharp(rgb, { raw: { width: size, height: size, channels: 3 } })
    .png()
    .toBuffer();
  return { kind: 'bytes', name: 'reference.png', bytes: new Uint8Array(encoded) };
}

const directionsOf = ({ texts }: CheckpointReference) =>
  texts.map(({ text }) => ({ kind: 'prompt', text }) as const);

/** Values per component, [size]; one that is not listed has 0. */
function spread({ latents }: ImageAnalysis, values: Float32Array, size: number): Float32Array {
  const all = new Float32Array(size);
  latents.forEach((latent, i) => {
    all[latent] = values[i]!;
  });
  return all;
}

it('has every layout', () => {
  expect(names.length).toBeGreaterThanOrEqual(13);
});

describe.each(names)('%s', (name) => {
  const reference = CheckpointReference.parse(json(`${name}.json`));
  const model = path.join(folder, reference.path);

  it('is read as what it is, and embeds texts', async () => {
    const { checkpoint, text, release } = await openModel(model, {
      hashes,
      placeTowers: () => modelOnCpu(2),
    });
    expect(checkpoint.format).toBe(reference.format);
    expect(checkpoint.image.blocks.length).toBe(reference.blocks);
    expect(checkpoint.image.heads).toBe(reference.heads);
    expect(checkpoint.image.imageSize).toBe(reference.imageSize);
    expect(Math.abs(checkpoint.logitScale / reference.logitScale - 1)).toBeLessThan(1e-5);
    if (reference.logitBias === null) expect(checkpoint.logitBias).toBeNull();
    else expect(checkpoint.logitBias).toBeCloseTo(reference.logitBias, 5);
    const embedded = await text.embed(
      reference.texts.map((each) => each.text),
      async () => undefined,
    );
    for (const [i, { embedding }] of reference.texts.entries()) {
      expect(relativeDistance(embedded[i]!.vector, embedding), reference.texts[i]!.text).toBeLessThan(1e-5);
    }
    await release();
  });

  it('scores images', async () => {
    const images = await Promise.all(reference.images.map(({ rgb }) => pictureOf(rgb, reference.imageSize)));
    const request = {
      study: { model, dictionary: 'neurons:0' },
      images,
      directions: directionsOf(reference),
    };
    const analyses = await analyse(request);
    for (const [i, { similarities, probabilities }] of reference.images.entries()) {
      for (const [j, expected] of similarities.entries()) {
        const { similarity } = analyses[i]!.directions[j]!;
        expect(Math.abs(similarity - expected)).toBeLessThan(1e-5);
        if (probabilities !== null) {
          const logit = reference.logitScale * similarity + reference.logitBias!;
          expect(Math.abs(1 / (1 + Math.exp(-logit)) - probabilities[j]!)).toBeLessThan(1e-4);
        }
      }
    }
  });

  it('prepares pictures of other sizes', async () => {
    const { preprocessing, release } = await openModel(model, { hashes, placeTowers: () => modelOnCpu(2) });
    await release();
    const images = reference.pictures.map(
      ({ file }) => ({ kind: 'file', path: path.join(folder, file) }) as const,
    );
    for (const [i, { pixels }] of reference.pictures.entries()) {
      const prepared = await prepareImage(images[i]!, preprocessing);
      expect(furthest(prepared.pixels, pixels)).toBeLessThanOrEqual(1e-6);
    }
    const request = {
      study: { model, dictionary: 'neurons:0' },
      images,
      directions: directionsOf(reference),
    };
    const analyses = await analyse(request);
    for (const [i, { similarities }] of reference.pictures.entries()) {
      for (const [j, expected] of similarities.entries()) {
        expect(Math.abs(analyses[i]!.directions[j]!.similarity - expected)).toBeLessThan(1e-5);
      }
    }
  });

  describe.each(reference.studies)('after block $layer, $tokens', ({ layer, tokens, images: expected }) => {
    it.each(['neurons', 'heads'] as const)('attributes to %s', async (kind) => {
      const size = expected[0]![kind][0]!.length;
      const request = {
        study: { model, dictionary: `${kind}:${layer}`, tokens },
        images: await Promise.all(reference.images.map(({ rgb }) => pictureOf(rgb, reference.imageSize))),
        directions: directionsOf(reference).slice(0, expected[0]![kind].length),
      };
      const analyses = await analyse(request);
      for (const [i, image] of expected.entries()) {
        const analysis = analyses[i]!;
        if (kind === 'neurons') {
          const activations = spread(analysis, analysis.activations, size);
          expect(relativeDistance(activations, image.activations)).toBeLessThan(1e-5);
        }
        for (const [j, truth] of image[kind].entries()) {
          const ours = spread(analysis, analysis.directions[j]!.attributions, size);
          expect(relativeDistance(ours, truth), `image ${i}, text ${j}`).toBeLessThanOrEqual(5e-5);
        }
      }
    });
  });
});

/** Infinite where the lengths differ. */
function furthest(a: Float32Array, b: Float32Array): number {
  return a.length === b.length
    ? a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0)
    : Number.POSITIVE_INFINITY;
}

const Preprocessings = z.object({
  size: z.int(),
  cases: z.array(
    z.object({
      name: z.string(),
      preprocess_cfg: z.record(z.string(), z.json()),
      file: z.string(),
      pixels: floats,
    }),
  ),
});

describe('preprocess_cfg of open_clip', () => {
  const { cases } = Preprocessings.parse(json('preprocessing.json'));

  // That pads a picture, so that tokens would be of nothing.
  const [padded, others] = [true, false].map((longest) =>
    cases.filter(({ preprocess_cfg }) => (preprocess_cfg.resize_mode === 'longest') === longest),
  );

  it.each(others!)('$name, $file', async ({ preprocess_cfg, file, pixels }) => {
    const { preprocessing, release } = await openModel(await changed({ preprocess_cfg }), {
      hashes,
      placeTowers: () => modelOnCpu(2),
    });
    await release();
    const prepared = await prepareImage({ kind: 'file', path: path.join(folder, file) }, preprocessing);
    expect(furthest(prepared.pixels, pixels)).toBeLessThanOrEqual(1e-6);
  });

  it.each(padded!)('refuses $name', async ({ preprocess_cfg }) => {
    await expectRefusal(await changed({ preprocess_cfg }), /resize_mode/);
  });
});

it('refuses a text read at its first token', async () => {
  const { model_cfg } = OpenClipConfig.parse(json('open_clip-unmasked/open_clip_config.json'));
  const text_cfg = { ...model_cfg.text_cfg, pool_type: 'first' };
  const model = await changed({ model_cfg: { ...model_cfg, text_cfg } }, 'open_clip-unmasked');
  await expectRefusal(model, /pool_type/);
});

const OpenClipConfig = z.object({ model_cfg: z.looseObject({ text_cfg: z.looseObject({}) }) });

/** A copy of an open_clip folder with parts of its configuration replaced. */
async function changed(parts: object, name = 'open_clip-safetensors'): Promise<string> {
  const model = temporaryFolder();
  await cp(path.join(folder, name), model, { recursive: true });
  const config: object = OpenClipConfig.loose().parse(json(`${name}/open_clip_config.json`));
  await writeFile(path.join(model, 'open_clip_config.json'), JSON.stringify({ ...config, ...parts }));
  return model;
}

const Refusals = z.record(
  z.string(),
  z.object({ model: z.string(), weights: z.string(), says: z.string(), alone: z.string() }),
);

describe('what is not a plain vision transformer', () => {
  const refused = Object.entries(Refusals.parse(json('refused/expected.json')));

  it.each(refused)('refuses the folder of %s by its name', async (name, { says }) => {
    await expectRefusal(path.join(folder, 'refused', name), new RegExp(says, 'i'));
  });

  it.each(refused)(
    'refuses the weights of %s by its name, without its configuration',
    async (name, { weights, alone: says }) => {
      const bare = temporaryFolder();
      await cp(path.join(folder, 'refused', name), bare, { recursive: true });
      for (const config of ['open_clip_config.json', 'config.json', 'preprocessor_config.json']) {
        await rm(path.join(bare, config), { force: true });
      }
      await expectRefusal(path.join(bare, weights), new RegExp(says, 'i'));
    },
  );
});

async function expectRefusal(model: string, says: RegExp): Promise<void> {
  const thrown: unknown = await Promise.resolve(
    engine.openStudy({ model, dictionary: 'neurons:0' }, job),
  ).catch((reason: unknown) => reason);
  // Folders of the machine are named in messages; what it is must be said beside them.
  expect(thrown).toMatchObject({ code: 'checkpoint', remedy: expect.stringMatching(/./) });
  const message = (thrown as Error).message.replaceAll(model, '').replaceAll(path.dirname(model), '');
  expect(message).toMatch(says);
}
