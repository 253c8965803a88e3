import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { openHook } from '../../src/engine/attribution/openHook';
import { HashCache } from '../../src/engine/checkpoint/hashCache';
import type { Hook } from '../../src/engine/clip/hook';
import { tokenSpan } from '../../src/engine/clip/tokens';
import type { Codes, Dictionary, HookActivations } from '../../src/engine/dictionary/dictionary';
import { dictionaryCard } from '../../src/engine/dictionary/dictionaryCard';
import { writeDictionary } from '../../src/engine/dictionary/exportDictionary';
import { hookRecord, openDictionary } from '../../src/engine/dictionary/openDictionary';
import { readDictionary } from '../../src/engine/dictionary/readDictionary';
import { type DictionaryRecord, fingerprint, resolve } from '../../src/engine/dictionary/record';
import { openSae, selectedTokens } from '../../src/engine/dictionary/sae';
import { selfTest } from '../../src/engine/dictionary/selfTest';
import { type Model, openModel } from '../../src/engine/model';
import { cpuSessions, modelOnCpu } from '../../src/engine/runtime/sessions';
import { TokenSelection } from '../../src/shared/hook';
import { DictionaryCard } from '../../src/shared/inspection';
import { SelfTest } from '../../src/shared/selfTest';
import { expectError } from '../support/expectError';
import { temporaryFolder } from '../support/temporaryFolder';
import { relativeError, root } from './references';

/**
 * Dictionaries that the projects' own code wrote, against what that code computes of them in double precision
 * (test/reference): what their files say, the codes of two pictures, and the self-test on eight.
 */
const bytes = z.string().transform((text) => new Uint8Array(Buffer.from(text, 'base64')));
const floats = bytes.transform((raw) => new Float32Array(raw.buffer, raw.byteOffset, raw.byteLength / 4));
const ints = bytes.transform((raw) => new Int32Array(raw.buffer, raw.byteOffset, raw.byteLength / 4));
const Request = z.object({ layer: z.int().optional(), tokens: TokenSelection.optional() });
const Numbers = z.object({
  fvu: z.number(),
  scaledFvu: z.number(),
  cosine: z.number(),
  l0: z.number(),
  dead: z.number(),
});

const Reference = z.object({
  models: z.record(z.string(), z.object({ images: z.array(bytes) })),
  cases: z.array(
    z.object({
      id: z.string(),
      format: z.string(),
      open: z.string(),
      model: z.string(),
      request: Request,
      facts: z.object({
        architecture: z.string(),
        size: z.int(),
        input: z.int(),
        point: z.string(),
        layer: z.int().nullable(),
        tokens: z.string().nullable(),
        k: z.int().nullable(),
        normalize: z.string(),
        subtractsDecoderBias: z.boolean().nullable(),
      }),
      hook: z.object({ point: z.string(), layer: z.int().nullable(), tokens: z.string() }),
      judgedBy: z.enum(['fvu', 'cosine']),
      images: z.array(
        z.object({
          image: z.int(),
          entries: z.object({ tokens: ints, latents: ints, activations: floats }),
          reconstruction: floats,
        }),
      ),
      selfTest: z.object({ vectors: z.int(), taken: Numbers, other: Numbers.nullable() }),
    }),
  ),
  refusals: z.array(
    z.object({ id: z.string(), open: z.string(), why: z.string(), request: Request, model: z.string() }),
  ),
});

const reference = Reference.parse(
  JSON.parse(await readFile(join(root, 'test/golden/dictionary-formats.json'), 'utf8')),
);
const threads = 1;
const hashes = new HashCache(null);
const models = new Map<string, Promise<Model>>();

/** float32 against float64; worst errors seen: 1.9·10⁻⁶ of codes and reconstructions, 2.4·10⁻⁷ of the self-test. */
const tolerance = 1e-5;
const selfTestTolerance = 2e-6;

afterAll(async () => {
  for (const model of models.values()) await (await model).release();
});

function modelNamed(name: string): Promise<Model> {
  const found =
    models.get(name) ??
    openModel(join(root, 'test/golden/models', name), { hashes, placeTowers: () => modelOnCpu(threads) });
  models.set(name, found);
  return found;
}

async function activationsAt(name: string, hook: Hook): Promise<HookActivations> {
  const model = await modelNamed(name);
  const programs = openHook(model.checkpoint, { hook, componentSize: 1 }, { sessions: cpuSessions(threads) });
  const { read } = await programs.trunk(reference.models[name]!.images.map((rgb) => pixelsOf(rgb, model)));
  await programs.release();
  return read;
}

describe.each(reference.cases)('$id', ({ open, model: name, request, facts, ...expected }) => {
  const path = join(root, 'test/golden/formats', open);

  it('is read, tested, computed and written as its project does', async () => {
    const { checkpoint } = await modelNamed(name);
    const read = await readDictionary(path, { cacheFolder: temporaryFolder() });
    expectFacts(read, facts, expected.format);
    const { hook } = hookRecord(read, request, checkpoint);
    expect(hook).toMatchObject({ ...expected.hook, layer: expected.hook.layer ?? hook.layer });

    const activations = await activationsAt(name, hook);
    const span = tokenSpan(checkpoint, hook);
    const vectors = selectedTokens(activations, span);
    const perImage = vectors.length / activations.images;
    const test = await selfTest(read, vectors, {
      images: activations.images,
      threads,
    });
    SelfTest.parse(test);
    expect(test).toMatchObject({ judgedBy: expected.judgedBy, vectors: expected.selfTest.vectors });
    expectClose(test.taken, expected.selfTest.taken);
    if (facts.subtractsDecoderBias !== null) {
      expect(test.taken.subtractsDecoderBias).toBe(facts.subtractsDecoderBias);
    }
    // Where the facts leave it open, what the reference calls the other reading takes b_dec off twice.
    if (read.subtractsDecoderBias === 'undecided' && facts.subtractsDecoderBias !== null) {
      expectClose(test.others[0]!, expected.selfTest.other!);
    }

    const record = resolve(read, test.taken);
    const info = { id: record.id, sha256: '', ...hook, size: record.size };
    const dictionary = openSae(record, { info, hook, span, notes: [], threads });
    const codes = await dictionary.encode(activations);
    const first = hook.tokens === 'patches' ? 1 : 0;
    for (const { image, entries, reconstruction } of expected.images) {
      expect(
        relativeError(dense(codes[image]!, record.size), spread(entries, first, span, record.size)),
      ).toBeLessThan(tolerance);
      const x = vectors.subarray(image * perImage, (image + 1) * perImage);
      const ours = await reconstructed(dictionary, record, codes[image]!, x);
      expect(relativeError(ours, reconstruction)).toBeLessThan(tolerance);
    }

    const folder = join(temporaryFolder(), 'exported');
    await writeDictionary(record, folder);
    const again = await readDictionary(folder);
    expect(fingerprint(again)).toBe(fingerprint(record));
    expect(again).toMatchObject({
      hook: record.hook,
      directionOnly: record.directionOnly,
      format: 'clipsight',
    });
    const other = openSae(again, { info, hook, span, notes: [], threads });
    expect(await other.encode(activations)).toEqual(codes);
    expect(await other.decoderRows(codes[0]!.latents)).toEqual(
      await dictionary.decoderRows(codes[0]!.latents),
    );
    const inPieces = openSae(again, { info, hook, span, notes: [], threads, mostAtOnce: 3 * record.size });
    const pieces = await inPieces.encode(activations);
    for (const [i, whole] of codes.entries()) {
      expect(relativeError(dense(pieces[i]!, record.size), dense(whole, record.size))).toBeLessThan(
        tolerance,
      );
    }
    await Promise.all([dictionary.release(), other.release(), inPieces.release()]);
  });
});

describe.each(reference.refusals)('$id: $why', ({ open, model: name, request }) => {
  it('is refused', async () => {
    const model = await modelNamed(name);
    const dictionary = join(root, 'test/golden/formats', open);
    const opening = openDictionary({ model: '', dictionary, ...request }, model.checkpoint, {
      threads,
      hashes,
      modelSha256: '',
    });
    await expectError(opening, 'dictionary', open.split('/').at(-1)!);
  });
});

function expectFacts(
  record: DictionaryRecord,
  facts: z.infer<typeof Reference>['cases'][number]['facts'],
  format: string,
): void {
  const card = DictionaryCard.parse(dictionaryCard(record));
  const { size, input, point, layer, tokens } = facts;
  expect(card).toMatchObject({ format, size, input, point, layer, tokens });
  expect(record.activation.kind).toBe(facts.architecture);
  if ('k' in record.activation) expect(card.k).toBe(facts.k);
  if (card.subtractsDecoderBias !== null) expect(card.subtractsDecoderBias).toBe(facts.subtractsDecoderBias);
  const steps = record.normalization.filter(({ kind }) => kind !== 'affine').map(({ kind }) => kind);
  expect(steps.join() || 'none').toBe(facts.normalize);
}

function expectClose(a: z.infer<typeof Numbers>, b: z.infer<typeof Numbers>): void {
  for (const key of ['fvu', 'scaledFvu', 'cosine', 'l0', 'dead'] as const) {
    expect(Math.abs(a[key] - b[key]) / Math.max(1, Math.abs(b[key])), key).toBeLessThan(selfTestTolerance);
  }
}

/** z as [tokens, size]. */
function dense({ latents, tokens, activations }: Codes, size: number): Float32Array {
  const all = new Float32Array(tokens * size);
  for (let token = 0; token < tokens; token++) {
    latents.forEach((latent, i) => {
      all[token * size + latent] = activations[token * latents.length + i]!;
    });
  }
  return all;
}

function spread(
  { tokens, latents, activations }: { tokens: Int32Array; latents: Int32Array; activations: Float32Array },
  first: number,
  { start, end }: { start: number; end: number },
  size: number,
): Float32Array {
  const all = new Float32Array((end - start) * size);
  tokens.forEach((token, n) => {
    all[(token - first) * size + latents[n]!] = activations[n]!;
  });
  return all;
}

/** x̂ = scale·(z·W_dec + b_dec) + what the normalisation took off, of every token of `x` [tokens, width]. */
async function reconstructed(
  dictionary: Dictionary,
  { decoder, normalization, width }: DictionaryRecord,
  { latents, tokens, activations, outputScale }: Codes,
  x: Float32Array,
): Promise<Float32Array> {
  const rows = await dictionary.decoderRows(latents);
  const affine = normalization.find((step) => step.kind === 'affine')?.mean ?? new Float32Array(width);
  const hasLayerNorm = normalization.some(({ kind }) => kind === 'layer_norm');
  return Float32Array.from({ length: tokens * width }, (_, at) => {
    const [token, i] = [Math.floor(at / width), at % width];
    let sum = decoder.bias?.[i] ?? 0;
    for (let j = 0; j < latents.length; j++) {
      sum += activations[token * latents.length + j]! * rows[j * width + i]!;
    }
    const centred = Array.from(affine, (mean, column) => x[token * width + column]! - mean);
    const mean = hasLayerNorm ? centred.reduce((a, b) => a + b, 0) / width : 0;
    return (outputScale?.[token] ?? 1) * sum + affine[i]! + mean;
  });
}

/** (rgb/255 − mean)/std as [3, size, size]. */
function pixelsOf(rgb: Uint8Array, { info, preprocessing }: Model): Float32Array {
  const area = info.imageSize ** 2;
  return Float32Array.from({ length: 3 * area }, (_, i) => {
    const channel = Math.floor(i / area);
    return (
      (rgb[(i % area) * 3 + channel]! / 255 - preprocessing.mean[channel]!) / preprocessing.std[channel]!
    );
  });
}
