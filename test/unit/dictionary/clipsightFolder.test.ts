import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isThere } from '../../../src/engine/checkpoint/fileIdentity';
import { readDictionary } from '../../../src/engine/dictionary/readDictionary';
import { fingerprint } from '../../../src/engine/dictionary/record';
import { expectError } from '../../support/expectError';
import { safetensorsBytes, type TensorToWrite } from '../../support/safetensorsFile';
import { temporaryFolder } from '../../support/temporaryFolder';

const config = {
  architecture: 'topk',
  k: 2,
  relu: true,
  d_in: 3,
  d_sae: 5,
  hook: 'resid_post',
  layer: -2,
  tokens: 'patches',
  subtract_b_dec: false,
  normalize: 'none',
};

const tensors: { readonly [name: string]: TensorToWrite } = {
  W_enc: { dtype: 'F32', shape: [3, 5] },
  b_enc: { dtype: 'F32', shape: [5] },
  W_dec: { dtype: 'F16', shape: [5, 3] },
  b_dec: { dtype: 'F32', shape: [3] },
};

function saeFolder(
  configChanges: object = {},
  tensorChanges: { [name: string]: TensorToWrite } = {},
): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ ...config, ...configChanges }));
  writeFileSync(join(folder, 'sae.safetensors'), safetensorsBytes({ ...tensors, ...tensorChanges }));
  return folder;
}

describe('an SAE folder', () => {
  test('is read', async () => {
    const folder = saeFolder({ fvu: 0.1, model: 'something' });
    const sae = await readDictionary(folder);
    expect(sae).toMatchObject({
      source: folder,
      format: 'clipsight',
      weightsFile: join(folder, 'sae.safetensors'),
      width: 3,
      size: 5,
      encoder: { weight: { stored: { shape: [3, 5] }, transposed: false }, bias: new Float32Array(5) },
      decoder: { weight: { stored: { shape: [5, 3], type: 'float16' } }, bias: new Float32Array(3) },
      normalization: [],
      subtractsDecoderBias: false,
      directionOnly: false,
      softcap: null,
      trainedOn: 'something',
      notes: [],
    });
    expect(sae.activation).toEqual({ kind: 'topk', k: 2, by: 'value', keep: 'relu' });
    expect(sae.hook).toEqual({ point: 'resid_post', layer: -2, tokens: 'patches' });
    expect(folder.endsWith(sae.id)).toBe(true);
    expect(sae.watched.filter(isThere).map(({ path }) => path)).toEqual([
      join(folder, 'config.json'),
      join(folder, 'sae.safetensors'),
    ]);
  });

  test('a ReLU one needs no k', async () => {
    const { activation } = await readDictionary(
      saeFolder({ architecture: 'relu', k: undefined, relu: null }),
    );
    expect(activation).toEqual({ kind: 'relu' });
  });

  test.each([
    ['sae-cls', 16, 'cls'],
    ['sae-patches', 12, 'patches'],
  ])('the demo’s %s is read', async (name, k, tokens) => {
    const sae = await readDictionary(join(import.meta.dirname, '../../../models', name));
    expect(sae).toMatchObject({ id: name, width: 160, size: 1024, subtractsDecoderBias: true });
    expect(sae.activation).toEqual({ kind: 'topk', k, by: 'value', keep: 'relu' });
    expect(sae.hook).toEqual({ point: 'resid_post', layer: 3, tokens });
  });

  test('its fingerprint tells apart what the weights do not', async () => {
    const variants = [
      {},
      { k: 3 },
      { relu: false },
      { absolute: true },
      { rank_by: 'magnitude' },
      { subtract_b_dec: true },
      { subtract_b_dec: 'undecided' },
      { architecture: 'relu' },
      { architecture: 'tanh-relu' },
      { normalize: 'layer_norm' },
      { normalize: [{ kind: 'affine', scale: 2 }] },
      { normalize: [{ kind: 'affine', scale: 3 }] },
      { softcap: 3 },
    ];
    const records = await Promise.all(variants.map((changes) => readDictionary(saeFolder(changes))));
    expect(new Set(records.map(fingerprint)).size).toBe(variants.length);
    const elsewhere = await readDictionary(saeFolder({ layer: 1, tokens: 'cls', fvu: 0.2 }));
    expect(fingerprint(elsewhere)).toBe(fingerprint(records[0]!));
  });
});

describe('what is refused', () => {
  test.each<[name: string, changes: object, ...parts: string[]]>([
    ['another architecture', { architecture: 'vanilla' }, 'architecture "vanilla" is not supported'],
    ['another normalisation', { normalize: 'batch_norm' }, 'normalize "batch_norm" is not supported'],
    ['a step of another normalisation', { normalize: [{ kind: 'batch_norm' }] }, 'normalize'],
    [
      'two affine steps',
      {
        normalize: [
          { kind: 'affine', scale: 2 },
          { kind: 'affine', scale: 2 },
        ],
      },
      'one affine',
    ],
    ['another hook', { hook: 'ln2' }, 'hook "ln2" is not supported'],
    ['a hook that no file can have', { hook: 'neurons' }, 'hook "neurons" is not supported'],
    ['groups of different sizes', { architecture: 'groupmax', k: 2 }, '2 groups'],
    ['no k', { k: undefined }, 'k:'],
    ['a k of 0', { k: 0 }, 'k:'],
    ['a k above the size', { k: 6 }, '6 largest of 5'],
    ['no word on ReLU', { relu: undefined }, 'relu:'],
    ['no word on b_dec', { subtract_b_dec: undefined }, 'subtract_b_dec:'],
    ['tokens of another name', { tokens: 'spatial' }, 'tokens:'],
    ['half a layer', { layer: 0.5 }, 'layer:'],
    ['a key that means nothing', { soft_cap: 20 }, 'soft_cap'],
  ])('%s', async (_name, changes, ...parts) => {
    const folder = saeFolder(changes);
    await expectError(readDictionary(folder), 'dictionary', join(folder, 'config.json'), ...parts);
  });

  test.each([
    ['W_enc', [5, 3], '[5, 3], expected [3, 5]'],
    ['W_dec', [3, 5], '[3, 5], expected [5, 3]'],
    ['b_enc', [3], '[3], expected [5]'],
    ['b_dec', [5], '[5], expected [3]'],
  ])('a %s of shape %j', async (name, shape, message) => {
    const folder = saeFolder({}, { [name]: { dtype: 'F32', shape } });
    await expectError(readDictionary(folder), 'dictionary', join(folder, 'sae.safetensors'), name, message);
  });

  test('a folder without its files', async () => {
    const folder = temporaryFolder();
    await expectError(readDictionary(folder), 'dictionary', folder, 'it is empty');
    writeFileSync(join(folder, 'sae.safetensors'), safetensorsBytes(tensors));
    await expectError(readDictionary(folder), 'dictionary', 'config.json', 'does not exist');
    rmSync(join(folder, 'sae.safetensors'));
    writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
    await expectError(readDictionary(folder), 'dictionary', 'sae.safetensors', 'does not exist');
  });

  test('tensors that nobody would use', async () => {
    const folder = saeFolder({}, { W_skip: { dtype: 'F32', shape: [3, 3] } });
    await expectError(readDictionary(folder), 'dictionary', 'sae.safetensors', 'W_skip', 'not supported');
    const unused = saeFolder({}, { threshold: { dtype: 'F32', shape: [5] } });
    await expectError(readDictionary(unused), 'dictionary', 'threshold');
  });

  test('a JumpReLU without thresholds, and a mean that nothing uses', async () => {
    await expectError(readDictionary(saeFolder({ architecture: 'jumprelu' })), 'dictionary', 'threshold');
    const folder = saeFolder({}, { mean: { dtype: 'F32', shape: [3] } });
    await expectError(readDictionary(folder), 'dictionary', 'affine');
  });

  test('weights that are a Git LFS pointer', async () => {
    const folder = saeFolder();
    writeFileSync(join(folder, 'sae.safetensors'), 'version https://git-lfs.github.com/spec/v1\n');
    await expectError(readDictionary(folder), 'dictionary', 'git lfs pull');
  });
});
