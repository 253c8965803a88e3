import { mkdirSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { Direction } from '../../src/shared/direction';
import { engineProtocol } from '../../src/shared/engineProtocol';
import { methods } from '../../src/shared/measurement';
import { safetensorsBytes } from '../support/safetensorsFile';
import { job, openEngine, scratchFolder } from './faithfulnessReferences';
import { root } from './references';

/** Every job on a picture in which nothing fires: a dictionary whose threshold no picture reaches. */
const engine = openEngine();
const scratch = scratchFolder();
const width = 160;
const size = 8;
const pictures = path.join(root, 'examples/demo/images');
const image = { kind: 'file', path: path.join(pictures, 'wolf/wolf_00.jpg') } as const;
const prompt = { kind: 'prompt', text: 'a photo of a wolf' } as const;
const directions: readonly Direction[] = [
  prompt,
  { kind: 'ensemble', name: 'wolves', texts: ['a wolf', 'wolf'] },
  { kind: 'image', image },
  { kind: 'versus', of: prompt, against: [{ kind: 'prompt', text: 'snow' }] },
];

function silentDictionary(place: { readonly hook: string; readonly tokens: string }): string {
  const folder = path.join(scratch, `${place.hook}-${place.tokens}`);
  mkdirSync(folder, { recursive: true });
  const d_in = place.hook === 'embedding' ? 128 : width;
  const config = { architecture: 'relu', d_in, d_sae: size, layer: 3, subtract_b_dec: true, ...place };
  writeFileSync(path.join(folder, 'config.json'), JSON.stringify({ ...config, normalize: 'none' }));
  const filled = (shape: readonly number[], value: number) => ({
    dtype: 'F32',
    shape,
    data: new Uint8Array(new Float32Array(shape.reduce((a, b) => a * b)).fill(value).buffer),
  });
  writeFileSync(
    path.join(folder, 'sae.safetensors'),
    safetensorsBytes({
      W_enc: filled([d_in, size], 0.01),
      W_dec: filled([size, d_in], 0.01),
      b_enc: filled([size], -1e4),
      b_dec: filled([d_in], 0),
    }),
  );
  return folder;
}

describe.each([
  { hook: 'resid_post', tokens: 'cls' },
  { hook: 'resid_post', tokens: 'patches' },
  { hook: 'embedding', tokens: 'all' },
])('nothing fires at $hook, $tokens', (place) => {
  const study = () => ({
    model: path.join(root, 'models/emoji-clip'),
    dictionary: silentDictionary(place),
    acceptPoor: true,
    samples: ['wolf/wolf_00.jpg', 'cow/cow_00.jpg'].map((one) => path.join(pictures, one)),
  });

  it('is measured', async () => {
    const request = { study: study(), image, directions: [...directions], methods: [...methods] };
    const answer = engineProtocol.measure.result.parse(
      await engine.measure({ ...request, intervention: [{ component: 3, factor: 0 }] }, job),
    );
    expect(answer.components).toHaveLength(0);
    expect(answer.directions).toHaveLength(directions.length);
    for (const { similarity, without } of answer.directions) expect(without).toBe(similarity);
    for (const order of ['local', 'global'] as const) {
      const faithfulness = engineProtocol.faithfulness.result.parse(
        await engine.faithfulness(
          {
            study: study(),
            images: [image],
            directions: [...directions],
            pairs: directions.map((_, direction) => ({ image: 0, direction })),
            methods: [...methods],
            steps: 3,
            order,
          },
          job,
        ),
      );
      const mean = answer.directions.reduce((sum, { similarity }) => sum + similarity, 0) / directions.length;
      for (const { deletion, insertion, rankCorrelation } of faithfulness.methods) {
        expect(deletion.auc).toBeCloseTo(mean, 6);
        expect(insertion.auc).toBeCloseTo(mean, 6);
        expect(rankCorrelation).toBeNull();
      }
    }
  });

  it('has components nowhere', async () => {
    const there = await engine.componentsAt({ study: study(), image, direction: prompt, patch: 5 }, job);
    expect([...engineProtocol.componentsAt.result.parse(there).components]).toEqual([]);
    const map = await engine.mapPatches(
      { study: study(), image, map: { kind: 'evidence', component: 2 } },
      job,
    );
    const { values, notes } = engineProtocol.mapPatches.result.parse(map);
    expect(values.every((value) => value === 0)).toBe(true);
    expect(notes).toHaveLength(1);
    const words = await engine.attributeWords(
      { study: study(), image, text: 'a wolf', components: [1] },
      job,
    );
    expect(engineProtocol.attributeWords.result.parse(words).components).toEqual([]);
  });
});

it('has nothing to divide among the patches of a picture that is flat, and nothing is missing', async () => {
  const file = path.join(scratch, 'grey.png');
  const background = { r: 128, g: 120, b: 130 };
  writeFileSync(
    file,
    await sharp({ create: { width: 192, height: 192, channels: 3, background } })
      .png()
      .toBuffer(),
  );
  const study = {
    model: path.join(root, 'models/emoji-clip'),
    dictionary: 'neurons:2',
    tokens: 'patches' as const,
  };
  const grey = { kind: 'file', path: file } as const;
  for (const map of [
    { kind: 'score', direction: prompt },
    { kind: 'evidence', component: 7 },
  ] as const) {
    const { values, notes } = await engine.mapPatches({ study, image: grey, map }, job);
    expect(Math.max(...values.map(Math.abs))).toBeLessThan(1e-5);
    expect(notes).toEqual([]);
  }
});
