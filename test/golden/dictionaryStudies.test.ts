import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createEngine } from '../../src/engine/engine';
import { Direction } from '../../src/shared/direction';
import { HookPoint, TokenSelection } from '../../src/shared/hook';
import type { ImageSource } from '../../src/shared/image';
import type { Reconstruction } from '../../src/shared/selfTest';
import type { StudyRequest } from '../../src/shared/study';
import { relativeDistance, relativeError, root } from './references';

/**
 * Dictionaries in the formats of nine projects, saved by the projects' own classes and computed by them in float64
 * (test/reference), asked for as a person does: where they are hooked, how well they reconstruct, activations within
 * 1e-4 of the largest, attributions within 1e-3 of their length over all latents.
 */
const activationTolerance = 1e-4;
const attributionTolerance = 1e-3;

const bytes = z.string().transform((text) => new Uint8Array(Buffer.from(text, 'base64')));
const floats = bytes.transform((raw) => new Float32Array(raw.buffer, raw.byteOffset, raw.byteLength / 4));
const ints = bytes.transform((raw) => new Int32Array(raw.buffer, raw.byteOffset, raw.byteLength / 4));

const Measured = z.object({
  fvu: z.number(),
  scaledFvu: z.number(),
  cosine: z.number(),
  l0: z.number(),
  dead: z.number(),
});
const Request = z.object({ layer: z.int().optional(), tokens: TokenSelection.optional() });

const Case = z.object({
  id: z.string(),
  /** Within test/golden/formats: a file or a folder. */
  open: z.string(),
  model: z.string(),
  /** What the files do not say. */
  request: Request,
  facts: z.object({ size: z.int() }),
  hook: z.object({ point: HookPoint, layer: z.int().nullable(), tokens: TokenSelection }),
  judgedBy: z.enum(['fvu', 'cosine']),
  images: z.array(
    z.object({
      image: z.int(),
      latents: ints,
      activations: floats,
      results: z.array(z.object({ similarity: z.number(), total: z.number(), attributions: floats })),
    }),
  ),
  selfTest: z.object({ vectors: z.int(), taken: Measured, other: Measured.nullable() }),
});
type Case = z.infer<typeof Case>;

const Golden = z.object({
  models: z.record(z.string(), z.object({ images: z.array(bytes), directions: z.array(Direction) })),
  cases: z.array(Case),
  refusals: z.array(
    z.object({ id: z.string(), open: z.string(), why: z.string(), model: z.string(), request: Request }),
  ),
});

const text = await readFile(path.join(root, 'test/golden/dictionary-formats.json'), 'utf8');
const { models, cases, refusals } = Golden.parse(JSON.parse(text));
const job = { signal: new AbortController().signal, progress: () => {} };

describe('dictionaries of other projects', () => {
  let folder: string;
  let engine: ReturnType<typeof createEngine>;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'clipsight-formats-'));
    // Weights of compressed files are unpacked into the cache.
    engine = createEngine({
      cacheFolder: path.join(folder, 'cache'),
      threads: 1,
      demoImages: '',
      nounsFile: '',
    });
    for (const [model, { images }] of Object.entries(models)) {
      await mkdir(path.join(folder, model));
      for (const [i, rgb] of images.entries()) {
        const side = Math.sqrt(rgb.length / 3);
        const picture = sharp(rgb, { raw: { width: side, height: side, channels: 3 } });
        await picture.png().toFile(picturePath(model, i));
      }
    }
  });
  afterAll(() => rm(folder, { recursive: true }));

  const picturePath = (model: string, image: number) => path.join(folder, model, `${image}.png`);

  /** As a person would ask for it, tested on the pictures that the references were. */
  const studyOf = ({ open, model, request }: Pick<Case, 'open' | 'model' | 'request'>): StudyRequest => ({
    model: path.join(root, 'test/golden/models', model),
    dictionary: path.join(root, 'test/golden/formats', open),
    ...request,
    acceptPoor: true,
    samples: models[model]!.images.map((_, i) => picturePath(model, i)),
  });

  describe.each(cases)('$id', (expected) => {
    it('is refused where it reconstructs nothing, unless that is accepted', async () => {
      const opening = engine.openStudy({ ...studyOf(expected), acceptPoor: false }, job);
      const { fvu, cosine } = expected.selfTest.taken;
      const bad = expected.judgedBy === 'fvu' ? fvu > 0.9 : cosine < 0.1;
      if (bad) await expect(opening).rejects.toMatchObject({ code: 'poor-dictionary' });
      else expect((await opening).selfTest).toMatchObject({ verdict: 'good' });
    });

    it('has the activations, the attributions and the reconstruction of its project', async () => {
      const { directions } = models[expected.model]!;
      const study = studyOf(expected);
      const images = expected.images.map(
        ({ image }): ImageSource => ({ kind: 'file', path: picturePath(expected.model, image) }),
      );
      const response = await engine.attribute({ study, images, directions }, job);
      const { dictionary, selfTest } = response.study;
      expect(dictionary).toMatchObject({ size: expected.facts.size, point: expected.hook.point });
      if (expected.hook.layer !== null) {
        expect(dictionary).toMatchObject({ layer: expected.hook.layer, tokens: expected.hook.tokens });
      }

      const test = selfTest!;
      expect(test).toMatchObject({ judgedBy: expected.judgedBy, vectors: expected.selfTest.vectors });
      expectReconstruction(test.taken, expected.selfTest.taken);
      const { other } = expected.selfTest;
      const tried = test.others.find(({ transposed }) => !transposed);
      if (other !== null && tried !== undefined) expectReconstruction(tried, other);

      for (const [i, outcome] of response.images.entries()) {
        if (outcome.kind === 'failure') throw new Error(outcome.error.message);
        const { analysis } = outcome;
        const { latents, activations, results } = expected.images[i]!;
        const { size } = expected.facts;
        expect(
          relativeError(
            spread(analysis.latents, analysis.activations, size),
            spread(latents, activations, size),
          ),
          'activations',
        ).toBeLessThan(activationTolerance);
        results.forEach(({ similarity, total, attributions }, j) => {
          const ours = analysis.directions[j]!;
          expect(Math.abs(ours.similarity - similarity)).toBeLessThan(1e-5);
          const truth = spread(latents, attributions, size);
          const mine = spread(analysis.latents, ours.attributions, size);
          const length = Math.hypot(...truth);
          // After the last block nothing reads the patches.
          if (length === 0) expect(Math.hypot(...mine)).toBe(0);
          else expect(relativeDistance(mine, truth), 'attributions').toBeLessThan(attributionTolerance);
          expect(Math.abs(ours.total - total)).toBeLessThanOrEqual(attributionTolerance * length);
        });
      }
    });
  });

  it('is another study once clipsight.json was written beside its files, or changed', async () => {
    const expected = cases.find(({ open }) => open.startsWith('saev/relu'))!;
    const dictionary = path.join(folder, 'added');
    await cp(path.join(root, 'test/golden/formats/saev/relu'), dictionary, { recursive: true });
    const open = async () => (await engine.openStudy({ ...studyOf(expected), dictionary }, job)).key;
    const keys = [await open()];
    for (const scale of [0.5, 0.25]) {
      await writeFile(path.join(dictionary, 'clipsight.json'), JSON.stringify({ normalize: { scale } }));
      keys.push(await open());
    }
    await rm(path.join(dictionary, 'clipsight.json'));
    expect(await open()).toBe(keys[0]);
    expect(new Set(keys).size).toBe(3);
  });

  it.each([
    ['poor', 'prisma/random-layer-1', 7],
    ['good', 'dictionary_learning/batch-top-k', 8],
  ] as const)(
    'that was %s is tested on other pictures only if it was poor',
    async (verdict, open, images) => {
      const found = cases.find((each) => each.open.startsWith(open))!;
      const study = studyOf(found);
      const testedOn = async (samples: readonly string[]) => {
        // A new engine each time: what is open is not tested again.
        const other = createEngine({
          cacheFolder: path.join(folder, open),
          threads: 1,
          demoImages: '',
          nounsFile: '',
        });
        const { selfTest } = await other.openStudy({ ...study, samples: [...samples] }, job);
        return { verdict: selfTest?.verdict, images: selfTest?.images };
      };
      expect(await testedOn(study.samples!)).toEqual({ verdict, images: 8 });
      expect(await testedOn(study.samples!.slice(1))).toEqual({ verdict, images });
      expect(await testedOn(study.samples!)).toEqual({ verdict, images: 8 });
    },
  );

  it('is not written in our own format where its test decides nothing', async () => {
    const { model } = cases.find(({ open }) => open.startsWith('saev/relu'))!;
    const dictionary = path.join(folder, 'elsewhere');
    await cp(path.join(root, 'test/golden/formats/saev/relu'), dictionary, { recursive: true });
    await writeFile(
      path.join(dictionary, 'clipsight.json'),
      JSON.stringify({ layer: 0, tokens: 'cls', point: 'mlp_out' }),
    );
    const samples = models[model]!.images.map((_, i) => picturePath(model, i));
    const source = path.join(root, 'test/golden/models', model);
    await engine.openStudy({ model: source, dictionary, acceptPoor: true, samples }, job);
    const exporting = engine.exportDictionary(
      { dictionary, model: source, folder: path.join(folder, 'written') },
      job,
    );
    await expect(exporting).rejects.toMatchObject({ code: 'poor-dictionary' });
  });

  it.each(refusals)('refuses $id: $why', async (refusal) => {
    await expect(engine.openStudy(studyOf(refusal), job)).rejects.toMatchObject({ code: 'dictionary' });
  });
});

function expectReconstruction(ours: Reconstruction, theirs: z.infer<typeof Measured>): void {
  for (const key of ['fvu', 'scaledFvu', 'cosine', 'l0', 'dead'] as const) {
    expect(Math.abs(ours[key] - theirs[key]), key).toBeLessThan(1e-4 * Math.max(1, theirs[key]));
  }
}

/** Values per latent, [size]; a latent that is not listed has 0. */
function spread(latents: Int32Array, values: Float32Array, size: number): Float32Array {
  const all = new Float32Array(size);
  latents.forEach((latent, i) => {
    all[latent] = values[i]!;
  });
  return all;
}
