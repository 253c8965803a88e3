import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isThere } from '../../../src/engine/checkpoint/fileIdentity';
import { readSafetensors } from '../../../src/engine/checkpoint/safetensors';
import { readFloats } from '../../../src/engine/checkpoint/tensors';
import { dictionaryCard } from '../../../src/engine/dictionary/dictionaryCard';
import { readDictionary } from '../../../src/engine/dictionary/readDictionary';
import { type DictionaryRecord, fingerprint } from '../../../src/engine/dictionary/record';
import { DictionaryCard } from '../../../src/shared/inspection';
import { writeDoubled } from '../../support/doubles';
import { expectError } from '../../support/expectError';
import { safetensorsBytes, type TensorToWrite } from '../../support/safetensorsFile';
import { temporaryFolder } from '../../support/temporaryFolder';

/** Written by the projects' own code (test/reference); their numbers are compared in test/golden. */
const formats = join(import.meta.dirname, '../../golden/formats');
const attributingClip = 'attributing-clip/clip_vit_tiny_imagenet_topk-cls-12-48_layer--2_lr_0.0002';
const prisma = 'prisma/vanilla-x2-layer-1-hook_resid_post';
const learned = 'dictionary_learning/batch-top-k';
const msae = 'msae/48_20_TopKReLU_10_False_False_0.0_cc3m_ViT-T~18_train_image.pth';

/** A copy of a folder of the references, its JSON files changed. */
function copyOf(folder: string, changes: { readonly [file: string]: (json: Json) => Json } = {}): string {
  const copy = join(temporaryFolder(), 'dictionary');
  cpSync(join(formats, folder), copy, { recursive: true });
  for (const [name, change] of Object.entries(changes)) {
    const file = join(copy, name);
    writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8')))));
  }
  return copy;
}

type Json = Record<string, unknown>;
const withKeys = (changes: Json) => (json: Json) => ({ ...json, ...changes });
const add = (folder: string, additions: Json) =>
  writeFileSync(join(folder, 'clipsight.json'), JSON.stringify(additions));

describe('a folder', () => {
  test('is the dictionary of its one file of weights, statistics aside', async () => {
    const record = await readDictionary(join(formats, prisma));
    expect(readdirSync(join(formats, prisma)).filter((name) => name.endsWith('.pt'))).toHaveLength(2);
    expect(record).toMatchObject({ format: 'prisma', id: basename(prisma), source: join(formats, prisma) });
    expect(record.watched.filter(isThere).map(({ path }) => basename(path))).toEqual([
      'config.json',
      'n_images_2600058.pt',
    ]);
  });

  test('with several files of weights asks for one of them', async () => {
    const folder = copyOf(prisma);
    const other = join(folder, 'n_images_1300029.pt');
    copyFileSync(join(folder, 'n_images_2600058.pt'), other);
    await expectError(readDictionary(folder), 'dictionary', 'several files', 'n_images_1300029.pt');
    expect(await readDictionary(other)).toMatchObject({
      id: 'dictionary/n_images_1300029.pt',
      source: other,
    });
  });

  test('with the weights of two projects asks for one of them', async () => {
    const folder = copyOf('saev/relu');
    copyFileSync(join(folder, 'sae.pt'), join(folder, 'ae.pt'));
    await expectError(readDictionary(folder), 'dictionary', 'several files', 'ae.pt', 'sae.pt');
    expect((await readDictionary(join(folder, 'sae.pt'))).format).toBe('saev');
  });

  test('without weights says what it has', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'notes.txt'), '');
    await expectError(readDictionary(folder), 'dictionary', 'it has notes.txt', 'docs/formats.md');
    await expectError(readDictionary(join(folder, 'none')), 'dictionary', 'none', 'does not exist');
  });

  test('has a card', async () => {
    const card = DictionaryCard.parse(dictionaryCard(await readDictionary(join(formats, prisma))));
    expect(card).toMatchObject({
      format: 'prisma',
      architecture: 'standard, relu',
      k: null,
      normalize: 'layer_norm',
      subtractsDecoderBias: true,
      precision: ['float32'],
      tokens: 'all',
      layer: 1,
    });
    expect(card.files.every(({ size }) => size > 0)).toBe(true);
  });
});

describe('float64', () => {
  const weights = async ({ encoder, decoder }: DictionaryRecord) =>
    Promise.all([encoder, decoder].map(({ weight }) => readFloats(weight.stored, 'dictionary')));

  test('of torch is read as the float32 that it was made of', async () => {
    const folder = copyOf('saev/relu');
    const singles = await readDictionary(folder);
    const wide = join(temporaryFolder(), 'sae.pt');
    await writeDoubled(join(folder, 'sae.pt'), wide);
    await expectError(readDictionary(wide), 'dictionary', wide, 'W_enc', 'float64', 'float32');
    const narrow = await readDictionary(wide, { cacheFolder: temporaryFolder() });
    expect(await weights(narrow)).toEqual(await weights(singles));
    expect(narrow.encoder.bias).toEqual(singles.encoder.bias);
    expect(narrow.decoder.bias).toEqual(singles.decoder.bias);
    expect(narrow.watched.map(({ path }) => path)).toContain(wide);
    expect(dictionaryCard(narrow)).toMatchObject({ precision: ['float32'], source: wide });
  });

  test('of safetensors likewise', async () => {
    const folder = copyOf('sparsify/vision_model.encoder.layers.1');
    const singles = await weights(await readDictionary(folder));
    const file = join(folder, 'sae.safetensors');
    const { tensors } = await readSafetensors(file, 'dictionary');
    const wide: { [name: string]: TensorToWrite } = {};
    for (const [name, tensor] of tensors) {
      const data = Float64Array.from(await readFloats(tensor, 'dictionary'));
      wide[name] = { dtype: 'F64', shape: tensor.shape, data: new Uint8Array(data.buffer) };
    }
    writeFileSync(file, safetensorsBytes(wide));
    await expectError(readDictionary(folder), 'dictionary', file, 'F64', 'float32');
    const narrow = await readDictionary(folder, { cacheFolder: temporaryFolder() });
    expect(await weights(narrow)).toEqual(singles);
  });
});

describe('what the files do not say', () => {
  test('can stand in clipsight.json beside them', async () => {
    const folder = copyOf('saev/relu');
    expect((await readDictionary(folder)).hook).toEqual({ point: 'resid_post', layer: null, tokens: null });
    add(folder, {
      layer: -2,
      tokens: 'patches',
      point: 'mlp_out',
      model: 'a model',
      normalize: { scale: 0.5 },
    });
    const record = await readDictionary(folder);
    expect(record.hook).toEqual({ point: 'mlp_out', layer: -2, tokens: 'patches' });
    expect(record).toMatchObject({
      trainedOn: 'a model',
      normalization: [{ kind: 'affine', mean: null, scale: 0.5 }],
    });
    expect(record.watched.filter(isThere).map(({ path }) => basename(path))).toContain('clipsight.json');
  });

  test('must not contradict what they do say, nor be something else', async () => {
    const folder = copyOf(prisma);
    add(folder, { layer: 1 });
    expect((await readDictionary(folder)).hook.layer).toBe(1);
    for (const [key, value] of [
      ['layer', 2],
      ['tokens', 'cls'],
      ['point', 'mlp_out'],
      ['normalize', 'none'],
      ['k', 5],
      ['model', 'another'],
    ] as const) {
      add(folder, { [key]: value });
      await expectError(readDictionary(folder), 'dictionary', 'clipsight.json', key);
    }
    add(folder, { lair: 1 });
    await expectError(readDictionary(folder), 'dictionary', 'clipsight.json', 'lair');
  });
});

test('float64 is narrowed in the cache, and refused where there is none', async () => {
  const folder = temporaryFolder();
  const doubles = (...values: number[]) => new Uint8Array(new Float64Array(values).buffer);
  writeFileSync(join(folder, 'cfg.json'), JSON.stringify({ hook_name: 'blocks.1.hook_resid_post' }));
  writeFileSync(
    join(folder, 'sae_weights.safetensors'),
    safetensorsBytes({
      W_enc: { dtype: 'F64', shape: [1, 2], data: doubles(0.1, 2) },
      b_enc: { dtype: 'F64', shape: [2], data: doubles(0.1, 3) },
      W_dec: { dtype: 'F32', shape: [2, 1] },
      b_dec: { dtype: 'F32', shape: [1] },
    }),
  );
  await expectError(readDictionary(folder), 'dictionary', 'F64');
  await expectError(readDictionary(folder, { cacheFolder: folder, outline: true }), 'dictionary', 'F64');
  const cacheFolder = temporaryFolder();
  const { weightsFile, encoder, watched } = await readDictionary(folder, { cacheFolder });
  expect(weightsFile.startsWith(cacheFolder)).toBe(true);
  expect(encoder).toMatchObject({ weight: { stored: { type: 'float32' } }, bias: Float32Array.of(0.1, 3) });
  expect(watched[1]?.path).toBe(join(folder, 'sae_weights.safetensors'));
});

test('a place that was assumed is worth a note', async () => {
  const folder = copyOf('saev/relu');
  const assumed = 'assumed to be the residual stream';
  expect((await readDictionary(folder)).notes.join(' ')).toContain(assumed);
  add(folder, { point: 'resid_post' });
  expect((await readDictionary(folder)).notes.join(' ')).not.toContain(assumed);
});

test('an embedding has neither layer nor tokens', async () => {
  for (const key of [{ layer: 1 }, { tokens: 'cls' }]) {
    const folder = copyOf('saev/relu');
    add(folder, { point: 'embedding' });
    expect((await readDictionary(folder)).hook).toEqual({ point: 'embedding', layer: null, tokens: null });
    add(folder, { point: 'embedding', ...key });
    await expectError(readDictionary(folder), 'dictionary', 'clipsight.json', Object.keys(key)[0]!);
  }
});

describe('attributing-clip', () => {
  const [yaml] = readdirSync(join(formats, attributingClip)).filter((name) => name.endsWith('.yaml'));

  test('norms the weights of both its layers', async () => {
    const record = await readDictionary(join(formats, attributingClip));
    expect(record).toMatchObject({
      format: 'attributing-clip',
      directionOnly: true,
      subtractsDecoderBias: false,
      activation: { k: 12, keep: 'signed' },
      decoder: { bias: null },
      hook: { point: 'resid_post', layer: -2, tokens: 'cls' },
    });
    expect(record.encoder.scale).toHaveLength(48);
    expect(record.watched.filter(isThere).map(({ path }) => basename(path))).toEqual(['last.ckpt', yaml]);
  });

  test('without its settings is read by the name that training gave its folder', async () => {
    const folder = join(temporaryFolder(), basename(attributingClip));
    mkdirSync(folder);
    copyFileSync(join(formats, attributingClip, 'last.ckpt'), join(folder, 'last.ckpt'));
    const record = await readDictionary(join(folder, 'last.ckpt'));
    expect(record).toMatchObject({
      activation: { k: 12 },
      hook: { layer: -2, tokens: 'cls' },
      trainedOn: 'clip_vit_tiny',
    });
    expect(record.notes.join(' ')).toContain('the name of its folder');
  });

  test('without either asks for k, and where to write it', async () => {
    const folder = copyOf(attributingClip);
    rmSync(join(folder, yaml!));
    await expectError(readDictionary(folder), 'dictionary', 'sae_k', 'YAML', 'clipsight.json');
    add(folder, { k: 3 });
    const record = await readDictionary(folder);
    expect(record).toMatchObject({ activation: { k: 3 }, hook: { layer: null, tokens: null } });
  });

  test('with the settings of two asks which', async () => {
    const folder = copyOf(attributingClip);
    copyFileSync(join(folder, yaml!), join(folder, 'another.yaml'));
    await expectError(readDictionary(folder), 'dictionary', 'two settings', 'another.yaml');
  });

  test.each([
    ['sae_k: many', 'sae_k', 'an integer'],
    ['sae_k: 3\nsae_token: register', 'sae_token', 'cls and spatial'],
    ['sae_k: 300', '300 largest of 48'],
  ])('refuses %j', async (text, ...parts) => {
    const folder = copyOf(attributingClip);
    writeFileSync(join(folder, yaml!), text);
    await expectError(readDictionary(folder), 'dictionary', yaml!, ...parts);
  });
});

describe('what a configuration says and nothing here computes is refused by name', () => {
  test.each<[folder: string, file: string, changes: Json, ...parts: string[]]>([
    [prisma, 'config.json', { activation_fn_str: 'gelu' }, 'activation_fn_str "gelu"'],
    [
      prisma,
      'config.json',
      { activation_fn_str: 'topk', activation_fn_kwargs: {} },
      'activation_fn_kwargs.k',
    ],
    [
      prisma,
      'config.json',
      { activation_fn_str: 'topk', activation_fn_kwargs: { k: 9, f: 1 } },
      'activation_fn_kwargs.f',
    ],
    [prisma, 'config.json', { architecture: 'jumprelu' }, 'architecture "jumprelu"'],
    [prisma, 'config.json', { architecture: 'gated', activation_fn_str: 'topk' }, 'activation_fn_str "topk"'],
    [prisma, 'config.json', { normalize_activations: 'tanh' }, 'normalize_activations "tanh"'],
    [prisma, 'config.json', { normalize_activations: null }, 'normalize_activations', 'clipsight.json'],
    [prisma, 'config.json', { layer_subtype: 'attn.hook_z' }, 'layer_subtype "attn.hook_z"'],
    [
      prisma,
      'config.json',
      { layer_subtype: 'hook_resid_pre', hook_point_layer: 0 },
      'hook_resid_pre of block 0',
    ],
    [prisma, 'config.json', { hook_point_head_index: 3 }, 'hook_point_head_index 3'],
    [prisma, 'config.json', { cls_token_only: true, use_patches_only: true }, 'use_patches_only'],
    [prisma, 'config.json', { is_transcoder: true }, 'is_transcoder'],
    [
      learned,
      'config.json',
      { trainer: { dict_class: 'CrossCoder', layer: 1 } },
      'trainer.dict_class "CrossCoder"',
    ],
    [learned, 'config.json', { trainer: { dict_class: 'BatchTopKSAE', k: 5 } }, 'trainer.k 5'],
    [learned, 'config.json', { trainer: { dict_class: 'AutoEncoder' } }, 'tensor "b_dec"'],
    [
      learned,
      'config.json',
      { trainer: { dict_class: 'BatchTopKSAE', submodule_name: 'mlp_layer_3' } },
      'submodule_name "mlp_layer_3"',
    ],
    ['saelens/topk', 'cfg.json', { architecture: 'matryoshka_transcoder' }, 'architecture', 'transcoders'],
    ['saelens/topk', 'cfg.json', { k: null }, '(k)'],
    ['saelens/topk', 'cfg.json', { reshape_activations: 'hook_z' }, 'reshape_activations "hook_z"'],
    ['saelens/topk', 'cfg.json', { normalize_activations: 'l2' }, 'normalize_activations "l2"'],
    ['saelens/topk', 'cfg.json', { metadata: { hook_name: 'blocks.1.hook_k' } }, 'hook_name "hook_k"'],
    ['saelens/topk', 'cfg.json', { metadata: { hook_head_index: 1 } }, 'hook_head_index 1'],
    ['saelens/standard', 'cfg.json', { activation_fn: 'tanh' }, 'activation_fn "tanh"'],
    ['saelens/standard', 'cfg.json', { rescale_acts_by_decoder_norm: true }, 'rescale_acts_by_decoder_norm'],
    ['saelens/jumprelu', 'cfg.json', { architecture: 'standard' }, 'tensor "threshold"'],
    ['sparsify/random', 'cfg.json', { activation: 'softmax' }, 'activation "softmax"'],
    ['sparsify/random', 'cfg.json', { transcode: true }, 'transcode true'],
    ['sparsify/random', 'cfg.json', { skip_connection: true }, 'skip_connection true'],
    ['sparsify/random', 'cfg.json', { signed: true }, 'signed true'],
    ['sparsify/random', 'cfg.json', { k: 49 }, '49 largest of 48'],
    ['sparsify/groupmax', 'cfg.json', { k: 5 }, '5 groups'],
  ])('%s %s %j', async (folder, file, changes, ...parts) => {
    const copy = copyOf(folder, { [file]: withKeys(changes) });
    await expectError(readDictionary(copy), 'dictionary', copy, ...parts);
  });

  test('and so is a layout of saev that does not exist yet, or an activation of its', async () => {
    const file = join(copyOf('saev/relu'), 'sae.pt');
    const bytes = readFileSync(file);
    const [line, rest] = [bytes.subarray(0, bytes.indexOf('\n')), bytes.subarray(bytes.indexOf('\n'))];
    const header = JSON.parse(line.toString());
    const write = (changed: Json) =>
      writeFileSync(file, Buffer.concat([Buffer.from(JSON.stringify(changed)), rest]));
    write({ ...header, schema: 6 });
    await expectError(readDictionary(file), 'dictionary', file, 'schema 6', '1 to 5');
    const activation = { ...header.cfg.activation, cls: 'Softmax' };
    write({ ...header, cfg: { ...header.cfg, activation } });
    await expectError(readDictionary(file), 'dictionary', 'cfg.activation.cls "Softmax"');
    write({ exp_factor: 2 });
    await expectError(readDictionary(file), 'dictionary', 'd_vit');
  });

  test('and an SAE of MSAE with a name that does not say what it is', async () => {
    const file = join(temporaryFolder(), 'msae.pth');
    copyFileSync(join(formats, msae), file);
    await expectError(readDictionary(file), 'dictionary', file, 'the name it was published with');
    const other = join(temporaryFolder(), '48_20_Softmax_10_False_False_0.0_cc3m.pth');
    copyFileSync(join(formats, msae), other);
    await expectError(readDictionary(other), 'dictionary', other, '"Softmax"');
    const wide = join(temporaryFolder(), '48_24_TopKReLU_10_False_False_0.0_cc3m.pth');
    copyFileSync(join(formats, msae), wide);
    await expectError(readDictionary(wide), 'dictionary', wide, 'expected');
  });
});

describe('SAELens', () => {
  test('scaled in training needs the factor', async () => {
    const folder = copyOf('saelens/standard', {
      'cfg.json': withKeys({ normalize_activations: 'expected_average_only_in' }),
    });
    await expectError(
      readDictionary(folder),
      'dictionary',
      'expected_average_only_in',
      'activation_scaler.json',
    );
    const scaler = join(folder, 'activation_scaler.json');
    writeFileSync(scaler, '{"scaling_factor": null}');
    await expectError(readDictionary(folder), 'dictionary', 'activation_scaler.json');
    writeFileSync(scaler, '{"scaling_factor": 0.25}');
    const record = await readDictionary(folder);
    expect(record.normalization).toEqual([{ kind: 'affine', mean: null, scale: 0.25 }]);
    expect(record.watched.filter(isThere).map(({ path }) => path)).toContain(scaler);
  });

  test('of version 5 and before may say true', async () => {
    const folder = copyOf('saelens/before-6-topk', {
      'cfg.json': withKeys({ normalize_activations: false }),
    });
    expect((await readDictionary(folder)).normalization).toEqual([]);
  });

  test('has another fingerprint where its latents are scaled by what their decoder rows measure', async () => {
    const names = await Promise.all(
      [false, true].map(async (rescale_acts_by_decoder_norm) => {
        const folder = copyOf('saelens/topk', { 'cfg.json': withKeys({ rescale_acts_by_decoder_norm }) });
        return fingerprint(await readDictionary(folder));
      }),
    );
    expect(names[0]).not.toBe(names[1]);
  });

  test('of another architecture than its activation is refused', async () => {
    const folder = copyOf('saelens/topk', {
      'cfg.json': withKeys({ architecture: 'jumprelu', activation_fn_str: 'topk' }),
    });
    await expectError(readDictionary(folder), 'dictionary', 'activation_fn', 'topk');
  });

  test('with factors of fine-tuning is refused, with ones it is not', async () => {
    const folder = join(temporaryFolder(), 'finetuned');
    mkdirSync(folder);
    const write = (factor: number) =>
      writeFileSync(
        join(folder, 'sae_weights.safetensors'),
        safetensorsBytes({
          W_enc: { dtype: 'F32', shape: [2, 3] },
          b_enc: { dtype: 'F32', shape: [3] },
          W_dec: { dtype: 'F32', shape: [3, 2] },
          b_dec: { dtype: 'F32', shape: [2] },
          scaling_factor: {
            dtype: 'F32',
            shape: [3],
            data: new Uint8Array(Float32Array.of(1, factor, 1).buffer),
          },
        }),
      );
    writeFileSync(join(folder, 'cfg.json'), JSON.stringify({ hook_name: 'blocks.3.hook_resid_pre' }));
    write(1);
    expect((await readDictionary(folder)).hook).toEqual({ point: 'resid_post', layer: 2, tokens: null });
    write(2);
    await expectError(readDictionary(folder), 'dictionary', 'scaling_factor', '2');
  });
});

test('sae-for-vlm says where it was hooked in the name of a folder', async () => {
  const run = 'imagenet_train_activations_clip-vit-large-patch14-336_22_post_mlp_residual_batch_top_k_20_x8';
  const folder = join(temporaryFolder(), run, 'trainer_0');
  const trainer = { dict_class: 'BatchTopKSAE', layer: '', lm_name: '', submodule_name: '' };
  const original = copyOf(learned, {
    'config.json': ({ trainer: was }) => ({ trainer: { ...(was as Json), ...trainer } }),
  });
  expect((await readDictionary(original)).hook).toEqual({ point: 'resid_post', layer: null, tokens: null });
  cpSync(original, folder, { recursive: true });
  const record = await readDictionary(folder);
  expect(record.hook).toEqual({ point: 'resid_post', layer: 22, tokens: 'cls' });
  expect(record.trainedOn).toBe('clip-vit-large-patch14-336');
  expect(record.notes.join(' ')).toContain(run);
  const config = join(folder, 'config.json');
  const { trainer: written } = JSON.parse(readFileSync(config, 'utf8'));
  writeFileSync(config, JSON.stringify({ trainer: { ...written, layer: 21 } }));
  await expectError(readDictionary(folder), 'dictionary', 'trainer.layer', '21');
});

test('a file of no project that is known says what it holds', async () => {
  const folder = temporaryFolder();
  copyFileSync(join(formats, learned, 'ae.pt'), join(folder, 'ae.pt'));
  await expectError(readDictionary(folder), 'dictionary', 'encoder.weight', 'no config.json beside it');
  writeFileSync(join(folder, 'config.json'), '{"hidden_size": 4}');
  await expectError(readDictionary(folder), 'dictionary', 'encoder.weight', 'of no project that is known');
});
