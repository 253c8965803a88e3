import { readFile } from 'node:fs/promises';
import * as path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createEngine } from '../../src/engine/engine';
import type { AttributionResponse, ImageAnalysis } from '../../src/shared/analysis';

/** The numbers of tools/demo-model/reference.py: PyTorch autograd on the demo model, transformers' preprocessing. */
const Reference = z.object({
  texts: z.record(z.string(), z.object({ ids: z.array(z.int()), embedding: z.array(z.number()) })),
  cases: z.array(
    z.object({
      dictionary: z.string(),
      image: z.string(),
      prompt: z.string(),
      similarity: z.number(),
      total: z.number(),
      components: z.array(z.object({ latent: z.int(), attribution: z.number(), activation: z.number() })),
    }),
  ),
});
type Case = z.infer<typeof Reference>['cases'][number];

const root = path.resolve(__dirname, '../..');
const reference = Reference.parse(
  JSON.parse(await readFile(path.join(root, 'test/golden/demo-reference.json'), 'utf8')),
);
const dictionaries = [...new Set(reference.cases.map(({ dictionary }) => dictionary))];

describe.each(dictionaries)('the engine agrees with PyTorch autograd: %s', (dictionary) => {
  const cases = reference.cases.filter((one) => one.dictionary === dictionary);
  const images = [...new Set(cases.map(({ image }) => image))];
  const prompts = [...new Set(cases.map(({ prompt }) => prompt))];
  let response: AttributionResponse;

  beforeAll(async () => {
    const engine = createEngine({
      cacheFolder: null,
      threads: 2,
      demoImages: path.join(root, 'examples/demo/images'),
      nounsFile: '',
    });
    response = await engine.attribute(
      {
        study: {
          model: path.join(root, 'models/emoji-clip'),
          dictionary: dictionary.startsWith('neurons:') ? dictionary : path.join(root, 'models', dictionary),
        },
        images: images.map((image) => ({ kind: 'file', path: path.join(root, 'examples/demo', image) })),
        directions: prompts.map((text) => ({ kind: 'prompt', text })),
      },
      { signal: new AbortController().signal, progress: () => undefined },
    );
  });

  it.each(cases)('$image against “$prompt”', ({ image, prompt, similarity, total, components }: Case) => {
    const outcome = response.images[images.indexOf(image)];
    if (outcome?.kind !== 'analysis') throw new Error(`no analysis: ${outcome?.error.message}`);
    const result = outcome.analysis.directions[prompts.indexOf(prompt)]!;
    expect(Math.abs(result.similarity - similarity)).toBeLessThan(1e-4);
    expect(Math.abs(result.total - total)).toBeLessThan(Math.max(1e-4, 0.01 * Math.abs(total)));

    const found = ranked(outcome.analysis, result.attributions);
    const byLatent = new Map(found.map((component) => [component.latent, component]));
    for (const { latent, attribution, activation } of components) {
      const ours = byLatent.get(latent) ?? { attribution: 0, activation: 0 };
      expect(Math.abs(ours.attribution - attribution), `attribution of ${latent}`).toBeLessThan(
        Math.max(1e-4, 0.01 * Math.abs(attribution)),
      );
      if (attribution !== 0)
        expect(Math.abs(ours.activation - activation), `activation of ${latent}`).toBeLessThan(1e-3);
    }
    expect(found.slice(0, 5).map(({ latent }) => latent)).toEqual(
      components.slice(0, 5).map(({ latent }) => latent),
    );
  });
});

function ranked({ latents, activations }: ImageAnalysis, attributions: Float32Array) {
  return Array.from(latents, (latent, i) => ({
    latent,
    attribution: attributions[i]!,
    activation: activations[i]!,
  })).sort((a, b) => Math.abs(b.attribution) - Math.abs(a.attribution));
}
