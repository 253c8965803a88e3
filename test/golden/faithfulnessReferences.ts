import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import sharp from 'sharp';
import { afterAll } from 'vitest';
import * as z from 'zod';
import { createEngine } from '../../src/engine/engine';
import { Direction } from '../../src/shared/direction';
import { TokenSelection } from '../../src/shared/hook';
import type { ImageSource } from '../../src/shared/image';
import { Intervention } from '../../src/shared/intervention';
import type { Method } from '../../src/shared/measurement';
import type { StudyRequest } from '../../src/shared/study';
import { root } from './references';

/** The layout of the files that test/reference/faithfulness.py writes; its README says what each number is. */

const bytes = z.string().transform((text) => new Uint8Array(Buffer.from(text, 'base64')));
const floats = bytes.transform((raw) => new Float32Array(raw.buffer, raw.byteOffset, raw.byteLength / 4));
const ints = bytes.transform((raw) => new Int32Array(raw.buffer, raw.byteOffset, raw.byteLength / 4));

export const comparedMethods = [
  'activation-gradient',
  'integrated-gradients',
  'logit-lens',
  'activation-logit-lens',
  'energy',
  'ablation',
] as const satisfies readonly Method[];
const ComparedMethod = z.enum(comparedMethods);
export type ComparedMethod = z.infer<typeof ComparedMethod>;

const MeasuredReference = z.object({
  components: ints,
  /** Whatever the direction. */
  shared: z.partialRecord(ComparedMethod, floats),
  directions: z.array(
    z.object({
      similarity: z.number(),
      without: z.number(),
      values: z.partialRecord(ComparedMethod, floats),
    }),
  ),
});
export type MeasuredReference = z.infer<typeof MeasuredReference>;

const CurveReference = z.object({
  auc: z.number(),
  curve: z.array(z.number()),
  /** How far off a point may be because float32 does not tell values apart. */
  slack: z.array(z.number()),
});
const FaithfulnessReference = z.record(
  ComparedMethod,
  z.object({ deletion: CurveReference, insertion: CurveReference, rankCorrelation: z.number() }),
);

const PatchMapReference = z.object({
  component: z.int(),
  activation: floats,
  attribution: floats,
  /** The attribution on CLS. */
  elsewhere: z.number(),
});

const EvidenceReference = z.object({
  values: floats,
  /** What a picture gives all of whose patches are the mean patch. */
  flat: z.number(),
  whole: z.number(),
});

const TokenReference = z.object({
  /** One per token that is no padding. */
  contributions: floats,
  /** What is left of the score, or of the attribution, where all words are the token that ends a text. */
  baseline: z.number(),
});

const Reference = z.object({
  study: z.object({ model: z.string(), dictionary: z.string(), tokens: TokenSelection.optional() }),
  images: z.array(z.union([z.object({ file: z.string() }), z.object({ rgb: bytes })])),
  directions: z.array(Direction),
  measured: z.array(MeasuredReference),
  intervened: z.object({ intervention: Intervention, measured: MeasuredReference }),
  faithfulness: z.object({
    steps: z.int(),
    pairs: z.array(z.object({ image: z.int(), direction: z.int() })),
    local: FaithfulnessReference,
    global: FaithfulnessReference,
  }),
  /** Of a few components of the first image; null where no token lies on a patch. */
  patches: z.array(PatchMapReference).nullable(),
  picture: z.object({
    score: EvidenceReference,
    components: z.array(EvidenceReference.extend({ component: z.int() })),
  }),
  words: z.array(
    TokenReference.extend({
      text: z.string(),
      similarity: z.number(),
      words: z.array(z.object({ text: z.string(), contribution: z.number(), leaveOneOut: z.number() })),
      components: z.array(
        TokenReference.extend({
          component: z.int(),
          attribution: z.number(),
          leaveOneOut: z.array(z.number()),
        }),
      ),
    }),
  ),
});
export type Reference = z.infer<typeof Reference>;

const folder = path.join(root, 'test/golden/faithfulness');
export const caseNames = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.slice(0, -'.json'.length));

export function readReference(name: string): Reference {
  return Reference.parse(JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8')));
}

export const job = { signal: new AbortController().signal, progress: () => undefined };

/** For all cases of a test file: models and dictionaries that some share are opened once. */
export function openEngine() {
  return createEngine({ cacheFolder: null, threads: 1, demoImages: '', nounsFile: '' });
}

/** For the pictures of all cases of a test file; removed after its last test. */
export function scratchFolder(): string {
  const made = mkdtempSync(path.join(realpathSync(tmpdir()), 'clipsight-golden-'));
  afterAll(() => rmSync(made, { recursive: true }));
  return made;
}

/** What to ask the engine: absolute paths, and the pictures as files in `scratch`. */
export async function questions(
  name: string,
  scratch: string,
): Promise<{ reference: Reference; study: StudyRequest; images: readonly ImageSource[] }> {
  const reference = readReference(name);
  const own = path.join(scratch, name);
  await mkdir(own, { recursive: true });
  const files = await Promise.all(
    reference.images.map(async (image, i) => {
      if ('file' in image) return path.join(root, image.file);
      const side = Math.sqrt(image.rgb.length / 3);
      const file = path.join(own, `${i}.png`);
      const picture = sharp(image.rgb, { raw: { width: side, height: side, channels: 3 } });
      await writeFile(file, await picture.png().toBuffer());
      return file;
    }),
  );
  const { model, dictionary, tokens } = reference.study;
  return {
    reference,
    study: {
      model: path.join(root, model),
      dictionary: dictionary.includes(':') ? dictionary : path.join(root, dictionary),
      ...(tokens === undefined ? {} : { tokens }),
      // Random dictionaries reconstruct nothing.
      acceptPoor: true,
      samples: files,
    },
    images: files.map((file) => ({ kind: 'file', path: file })),
  };
}

export function valuesOf(
  measured: MeasuredReference,
  direction: number,
  method: ComparedMethod,
): Float32Array {
  return (measured.shared[method] ?? measured.directions[direction]!.values[method])!;
}

/** Values per component; one that is not listed has 0. */
export function spread(components: Int32Array, values: ArrayLike<number>): Float32Array {
  const all = new Float32Array(4096);
  components.forEach((component, i) => {
    all[component] = values[i]!;
  });
  return all;
}
