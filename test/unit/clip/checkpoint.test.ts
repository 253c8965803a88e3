import { realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { areUnchanged, identify, isThere, sameFile } from '../../../src/engine/checkpoint/fileIdentity';
import { weightNames } from '../../../src/engine/checkpoint/weightFiles';
import { readClip } from '../../../src/engine/clip/checkpoint';
import { expectError } from '../../support/expectError';
import { floatBytes, safetensorsBytes, type TensorToWrite } from '../../support/safetensorsFile';
import { temporaryFolder } from '../../support/temporaryFolder';
import { tinyClipFolder, tinyConfig, tinyTensors } from '../../support/tinyClip';

function folderWith(tensors: { readonly [name: string]: TensorToWrite }): string {
  return tinyClipFolder({ 'model.safetensors': safetensorsBytes({ ...tinyTensors, ...tensors }) });
}

function folderWithout(name: string): string {
  const rest = Object.entries(tinyTensors).filter(([key]) => key !== name);
  return tinyClipFolder({ 'model.safetensors': safetensorsBytes(Object.fromEntries(rest)) });
}

describe('a CLIP folder', () => {
  test('is read with every weight in its place', async () => {
    const folder = tinyClipFolder();
    const clip = await readClip(folder);
    expect(clip).toMatchObject({
      path: folder,
      format: 'huggingface-clip',
      weightsFolder: folder,
      weightsFiles: [join(folder, 'model.safetensors')],
      embeddingSize: 3,
      logitBias: null,
      preprocessing: { family: 'huggingface', mean: [0, 0, 0] },
      notes: [],
      tokenizerFile: join(folder, 'tokenizer.json'),
    });
    expect(clip.logitScale).toBeCloseTo(50, 4);
    expect(folder.endsWith(clip.id)).toBe(true);
    expect(clip.image).toMatchObject({ width: 6, heads: 2, layers: 1, mlpWidth: 8, imageSize: 9, grid: 2 });
    expect(clip.image.patch).toMatchObject({ weight: { shape: [6, 3, 4, 4] }, bias: null });
    expect(clip.image.positions.shape).toEqual([5, 6]);
    expect(clip.image.projection).toMatchObject({ weight: { shape: [3, 6] }, bias: null });
    expect(clip.image.blocks[0]?.fc1).toMatchObject({ weight: { shape: [8, 6] }, bias: { shape: [8] } });
    expect(clip.image.blocks[0]?.fc2).toMatchObject({ weight: { shape: [6, 8] }, bias: { shape: [6] } });
    expect(clip.text).toMatchObject({
      width: 4,
      contextLength: 5,
      vocabulary: 7,
      pooling: { kind: 'first', token: 6 },
      tokenEmbedding: { shape: [7, 4] },
      projection: { weight: { shape: [3, 4] }, bias: null },
    });
  });

  test('no tensor is taken twice', async () => {
    const { image, text } = await readClip(tinyClipFolder());
    const offsets: number[] = [];
    JSON.stringify({ image, text }, (_key, value) => {
      if (typeof value === 'object' && value !== null && 'offset' in value) {
        offsets.push(value.offset);
      }
      return value;
    });
    // All but logit_scale and position_ids.
    expect(offsets).toHaveLength(Object.keys(tinyTensors).length - 2);
    expect(new Set(offsets).size).toBe(offsets.length);
  });

  test('the demo model is read', async () => {
    const clip = await readClip(join(import.meta.dirname, '../../../models/emoji-clip'));
    expect(clip.id).toBe('emoji-clip');
    expect(clip.image).toMatchObject({ width: 160, layers: 5, heads: 5, grid: 8, activation: 'quick_gelu' });
    expect(clip.text).toMatchObject({ width: 128, layers: 3, vocabulary: 892, pooling: { token: 891 } });
    expect(clip.image.cls?.type).toBe('float16');
    expect(clip.watched.filter(isThere)).toHaveLength(5);
  });

  test('logit_scale may have one axis', async () => {
    const one = folderWith({ logit_scale: { dtype: 'F32', shape: [1], data: floatBytes(0) } });
    expect((await readClip(one)).logitScale).toBe(1);
  });

  test('may be named by its file of weights, and by a path that is relative', async () => {
    const folder = tinyClipFolder();
    const { fingerprint, image } = await readClip(folder);
    const file = join(folder, 'model.safetensors');
    expect(await readClip(file)).toMatchObject({ id: 'model.safetensors', path: file, fingerprint, image });
    expect((await readClip(relative(process.cwd(), folder))).path).toBe(folder);
  });

  test('may lack a tokenizer', async () => {
    expect((await readClip(tinyClipFolder({ 'tokenizer.json': undefined }))).tokenizerFile).toBeNull();
  });

  test('may have its preprocessing in processor_config.json, as transformers 5 writes it', async () => {
    const folder = tinyClipFolder({
      'preprocessor_config.json': undefined,
      'processor_config.json': JSON.stringify({ image_processor: { image_mean: [1, 1, 1] } }),
    });
    expect((await readClip(folder)).preprocessing.mean).toEqual([1, 1, 1]);
  });

  test('watches for files that would be read if they were there', async () => {
    const folder = tinyClipFolder();
    const { watched } = await readClip(folder);
    expect(await areUnchanged(watched)).toBe(true);
    writeFileSync(join(folder, 'open_clip_config.json'), '{}');
    expect(await areUnchanged(watched)).toBe(false);
    rmSync(join(folder, 'open_clip_config.json'));
    expect(await areUnchanged(watched)).toBe(true);
    rmSync(join(folder, 'tokenizer.json'));
    expect(await areUnchanged(watched)).toBe(false);
  });

  test('watches all the files it was read from', async () => {
    const folder = tinyClipFolder({ 'tokenizer_config.json': '{}' });
    const names = ['model.safetensors', 'config.json', 'preprocessor_config.json', 'tokenizer.json'];
    const { watched } = await readClip(folder);
    const read = watched.filter(isThere);
    expect(read.map(({ path }) => path)).toEqual(
      [...names, 'tokenizer_config.json'].map((name) => join(folder, name)),
    );
    writeFileSync(join(folder, 'config.json'), `${JSON.stringify(tinyConfig)} `);
    const now = await Promise.all(read.map(({ path }) => identify(path)));
    expect(now.map((identity, i) => sameFile(identity, read[i]!))).toEqual([true, false, true, true, true]);
  });

  test('the fingerprint is of the architecture, however it is written', async () => {
    const { fingerprint } = await readClip(tinyClipFolder());
    const reordered = { ...tinyConfig, text_config: { hidden_act: 'quick_gelu', ...tinyConfig.text_config } };
    const same = await readClip(tinyClipFolder({ 'config.json': JSON.stringify(reordered) }));
    expect(same.fingerprint).toBe(fingerprint);
    const vision_config = { ...tinyConfig.vision_config, hidden_act: 'gelu' };
    const other = await readClip(
      tinyClipFolder({ 'config.json': JSON.stringify({ ...tinyConfig, vision_config }) }),
    );
    expect(other.fingerprint).not.toBe(fingerprint);
  });
});

describe('what is refused', () => {
  test('no folder', async () => {
    const none = join(temporaryFolder(), 'none');
    await expectError(readClip(none), 'checkpoint', none, 'does not exist');
  });

  test('a file that is no weights', async () => {
    const file = join(tinyClipFolder(), 'config.json');
    await expectError(readClip(file), 'checkpoint', file);
  });

  test.each(['config.json', 'model.safetensors', 'preprocessor_config.json'])(
    'a folder without %s',
    async (name) => {
      const folder = tinyClipFolder({ [name]: undefined });
      await expectError(readClip(folder), 'checkpoint', `${folder} has no ${name}`, 'download');
    },
  );

  test('weights in a form that comes first, even where a later one would do', async () => {
    const present: Record<string, string | Uint8Array> = {};
    for (const name of weightNames.toReversed()) {
      // Each of them is broken, so the error names the one that was read.
      present[name] = '[]';
      const folder = tinyClipFolder({ 'model.safetensors': undefined, ...present });
      await expectError(readClip(folder), 'checkpoint', `${join(folder, name)} `);
    }
  });

  test('but not broken ones that come later', async () => {
    const later = Object.fromEntries(weightNames.slice(1).map((name) => [name, '[]']));
    await expect(readClip(tinyClipFolder(later))).resolves.toBeDefined();
  });

  test.each(['config.json', 'preprocessor_config.json'])('a broken %s', async (name) => {
    const folder = tinyClipFolder({ [name]: '{"a"' });
    await expectError(readClip(folder), 'checkpoint', join(folder, name), 'not valid JSON');
  });

  test('truncated weights', async () => {
    const bytes = safetensorsBytes(tinyTensors);
    const folder = tinyClipFolder({ 'model.safetensors': bytes.subarray(0, bytes.length - 5) });
    await expectError(readClip(folder), 'checkpoint', 'truncated', 'text_projection.weight');
  });

  const needed = Object.keys(tinyTensors).filter((name) => !name.endsWith('position_ids'));
  test.each(needed)('weights without %s', async (name) => {
    await expectError(readClip(folderWithout(name)), 'checkpoint', `no tensor "${name}"`);
  });

  test.each(needed)('a %s of another shape', async (name) => {
    const folder = folderWith({ [name]: { dtype: 'F32', shape: [2, 2] } });
    await expectError(
      readClip(folder),
      'checkpoint',
      join(realpathSync(folder), 'model.safetensors'),
      `"${name}" has shape [2, 2], expected [`,
    );
  });

  test('weights of integers', async () => {
    const folder = folderWith({ 'visual_projection.weight': { dtype: 'U8', shape: [3, 6] } });
    await expectError(readClip(folder), 'checkpoint', 'visual_projection.weight', 'uint8');
  });

  test.each([
    'vision_model.encoder.layers.1.layer_norm1.weight',
    'vision_model.embeddings.patch_embedding.bias',
    'text_projection.bias',
    'logit_bias',
  ])('weights with a %s, which a CLIP of this config does not use', async (name) => {
    await expectError(readClip(folderWith({ [name]: { dtype: 'F32', shape: [1] } })), 'checkpoint', name);
  });

  test('but not with tensors that are no part of the towers', async () => {
    const clip = await readClip(folderWith({ 'optimizer.step': { dtype: 'F64', shape: [1] } }));
    expect(clip.embeddingSize).toBe(3);
  });

  test('a logit scale that is no number', async () => {
    const folder = folderWith({ logit_scale: { dtype: 'F32', shape: [], data: floatBytes(Number.NaN) } });
    await expectError(readClip(folder), 'checkpoint', 'logit_scale');
  });
});
