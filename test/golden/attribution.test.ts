import { rm } from 'node:fs/promises';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type KeptImage, observe } from '../../src/engine/attribution/attribute';
import { resolveDirection } from '../../src/engine/attribution/direction';
import type { HookPrograms } from '../../src/engine/attribution/hookPrograms';
import { openHook } from '../../src/engine/attribution/openHook';
import { type ScoreDirection, score } from '../../src/engine/attribution/score';
import { HashCache } from '../../src/engine/checkpoint/hashCache';
import { overTokens } from '../../src/engine/dictionary/codes';
import type { Codes, Dictionary } from '../../src/engine/dictionary/dictionary';
import { openDictionary } from '../../src/engine/dictionary/openDictionary';
import { type Model, openModel } from '../../src/engine/model';
import { normalise } from '../../src/engine/numeric/vector';
import { cpuSessions, modelOnCpu } from '../../src/engine/runtime/sessions';
import { Direction } from '../../src/shared/direction';
import { folderWith } from './otherWeights';
import { readReferences, relativeDistance, relativeError, root } from './references';

/**
 * Every number of the engine against CLIP in plain PyTorch with autograd (float64, tools/golden): text and image
 * embeddings, the residual stream, codes, and attributions by both modes. The models are the demo's and three small
 * random ones that between them have every activation, precision, way of pooling and kind of dictionary; their
 * weights also come in the other forms that transformers reads, and the numbers are to be the same.
 */
const cases = [
  { file: 'demo-full.json', weights: 'model.safetensors' },
  { file: 'tiny-gelu-fp32.json', weights: 'model.safetensors' },
  { file: 'tiny-gelu-fp32.json', weights: 'model.safetensors.index.json' },
  { file: 'tiny-gelu-fp32.json', weights: 'pytorch_model.bin' },
  { file: 'tiny-tanh-bf16.json', weights: 'model.safetensors' },
  { file: 'tiny-tanh-bf16.json', weights: 'pytorch_model.bin' },
  { file: 'tiny-quick-fp16.json', weights: 'model.safetensors' },
  { file: 'tiny-quick-fp16.json', weights: 'pytorch_model.bin.index.json' },
] as const;
const threads = 2;
const noPause = async () => undefined;
const hashes = new HashCache(null);

describe.each(cases)('$file, $weights', async ({ file, weights }) => {
  const reference = await readReferences(file);
  const directions = reference.directions.map(
    ({ direction, vector }): ScoreDirection => ({
      kind: direction.kind === 'probe' ? 'linear' : 'cosine',
      vector,
    }),
  );
  const folder = await folderWith(path.join(root, reference.model), weights);
  let model: Model;

  beforeAll(async () => {
    model = await openModel(folder, { hashes, placeTowers: () => modelOnCpu(threads) });
  });
  afterAll(async () => {
    await model.release();
    if (weights !== 'model.safetensors') await rm(folder, { recursive: true });
  });

  it('embeds texts, whatever texts they are batched with', async () => {
    const together = await model.text.embed(
      reference.texts.map(({ text }) => text),
      noPause,
    );
    reference.texts.forEach(({ text, embedding }, i) => {
      expect(relativeError(together[i]!.vector, embedding), text).toBeLessThan(1e-5);
    });
  });

  it('makes directions of prompts, templates, differences and images', async () => {
    const texts = new Map(reference.texts.map(({ text, embedding }) => [text, embedding]));
    let compared = 0;
    for (const { direction, vector } of reference.directions) {
      if (direction.kind === 'probe') continue;
      const named =
        direction.kind === 'image'
          ? { kind: 'image', image: { kind: 'file', path: String(direction.image) } }
          : direction;
      const resolved = resolveDirection(Direction.parse(named), {
        text: (text) => texts.get(text)!,
        image: (image) => normalise(reference.images[Number('path' in image && image.path)]!.embedding),
      });
      expect(resolved.kind).toBe('cosine');
      expect(relativeError(resolved.vector, vector), JSON.stringify(direction)).toBeLessThan(1e-5);
      compared++;
    }
    expect(compared).toBeGreaterThan(4);
  });

  describe.each(
    reference.studies.map((study) => ({ ...study, name: `${study.dictionary} ${study.tokens}` })),
  )('$name after block $layer', ({ dictionary: id, layer, tokens, size, images }) => {
    let dictionary: Dictionary;
    let programs: HookPrograms;
    let kept: readonly KeptImage[];

    beforeAll(async () => {
      const spec = id.startsWith('neurons:') ? id : path.join(root, id);
      dictionary = await openDictionary(
        { model: folder, dictionary: spec, layer, tokens },
        model.checkpoint,
        {
          threads,
          hashes,
          modelSha256: model.info.sha256,
        },
      );
      programs = openHook(model.checkpoint, dictionary, { sessions: cpuSessions(threads) });
      // All images in one trunk pass: what one gives must not depend on the others.
      kept = await observe(
        images.map(({ image }) => ({
          pixels: pixelsOf(reference.images[image]!.rgb, model),
          width: model.info.imageSize,
          height: model.info.imageSize,
          crop: { left: 0, top: 0, width: model.info.imageSize, height: model.info.imageSize },
        })),
        programs,
        dictionary,
      );
    });
    afterAll(() => Promise.all([dictionary.release(), programs.release()]));

    it('has the residual stream, the codes and the embedding', async () => {
      expect(dictionary.info).toMatchObject({ layer, tokens, size });
      for (const [i, expected] of images.entries()) {
        const { x, codes } = kept[i]!;
        const image = reference.images[expected.image]!;
        const residual = image.residual[String(layer)];
        if (residual !== undefined) expect(relativeError(x, residual)).toBeLessThan(1e-5);
        expect(
          relativeError(
            spread(codes.latents, overTokens(codes, dictionary.componentSize).max, size),
            spread(expected.latents, expected.activations, size),
          ),
        ).toBeLessThan(1e-5);
        if (expected.entries !== undefined) {
          expect(
            relativeError(dense(codes, size), denseEntries(expected.entries, codes, size, tokens)),
          ).toBeLessThan(1e-5);
        }
        expect(relativeError((await programs.embed([x]))[0]!, image.embedding)).toBeLessThan(1e-5);
      }
    });

    it('attributes alike in reverse and in forward mode, and as autograd does', async () => {
      for (const [i, expected] of images.entries()) {
        const asked = expected.results.map(({ direction }) => directions[direction]!);
        const state = kept[i]!;
        if (!programs.differentiable) {
          for (const { attributions } of expected.results)
            expect(attributions.every((a) => a === 0)).toBe(true);
          continue;
        }
        const reverse = await programs.reverse(state, asked, noPause);
        const forward = await programs.forward(state, noPause);
        expect(relativeError(forward.embedding, reverse.embedding)).toBeLessThan(1e-6);
        if (expected.contributions !== undefined) {
          const ours = forward.contributions;
          const columns = model.info.embeddingSize;
          const theirs = rowsOf(expected.latents, expected.contributions, state.codes.latents, columns);
          expect(relativeError(ours, theirs), 'contributions').toBeLessThan(1e-5);
        }
        const projected = await programs.project(forward, asked);
        for (const [j, result] of expected.results.entries()) {
          const truth = spread(expected.latents, result.attributions, size);
          const scale = Math.max(1, Math.abs(result.similarity));
          expect(Math.abs(score(reverse.embedding, asked[j]!) - result.similarity) / scale).toBeLessThan(
            1e-5,
          );
          const ways = {
            reverse: reverse.attributions[j]!,
            forward: projected[j]!,
          };
          for (const [mode, attributions] of Object.entries(ways)) {
            const ours = spread(state.codes.latents, attributions, size);
            // An image against itself has no gradient: what is left is rounding, compared by its size alone.
            const tiny = Math.max(...truth.map(Math.abs)) < 1e-5;
            const error = tiny ? Math.max(...ours.map(Math.abs)) : relativeDistance(ours, truth);
            expect(error, `${mode}, direction ${result.direction}`).toBeLessThan(tiny ? 1e-5 : 1e-4);
          }
        }
      }
    });
  });
});

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

/** Values per latent, [size]; a latent that is not listed has 0. */
function spread(latents: Int32Array, values: Float32Array, size: number): Float32Array {
  const all = new Float32Array(size);
  latents.forEach((latent, i) => {
    all[latent] = values[i]!;
  });
  return all;
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

function denseEntries(
  entries: { tokens: Int32Array; latents: Int32Array; activations: Float32Array },
  { tokens: count }: Codes,
  size: number,
  tokens: string,
): Float32Array {
  const all = new Float32Array(count * size);
  const first = tokens === 'patches' ? 1 : 0;
  entries.tokens.forEach((token, i) => {
    all[(token - first) * size + entries.latents[i]!] = entries.activations[i]!;
  });
  return all;
}

/** The rows of `wanted` latents, in their order. */
function rowsOf(latents: Int32Array, rows: Float32Array, wanted: Int32Array, columns: number): Float32Array {
  const out = new Float32Array(wanted.length * columns);
  wanted.forEach((latent, i) => {
    const at = latents.indexOf(latent);
    out.set(rows.subarray(at * columns, (at + 1) * columns), i * columns);
  });
  return out;
}
