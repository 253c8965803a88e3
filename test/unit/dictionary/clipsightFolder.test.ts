import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readSaeFolder } from '../../../src/engine/dictionary/saeFolder';
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
    const sae = await readSaeFolder(folder);
    expect(sae).toMatchObject({
      folder,
      weightsFile: join(folder, 'sae.safetensors'),
      width: 3,
      size: 5,
      encoder: { weight: { shape: [3, 5] }, bias: { shape: [5] } },
      decoder: { weight: { shape: [5, 3], type: 'float16' }, bias: { shape: [3] } },
      subtractDecoderBias: false,
    });
    expect(sae.architecture).toEqual({ kind: 'topk', k: 2, relu: true });
    expect(sae.hook).toEqual({ point: 'resid_post', layer: -2, tokens: 'patches' });
    expect(folder.endsWith(sae.id)).toBe(true);
    expect(sae.watched.map(({ path }) => path)).toEqual([
      join(folder, 'config.json'),
      join(folder, 'sae.safetensors'),
    ]);
  });

  test('a ReLU one needs no k', async () => {
    const { architecture } = await readSaeFolder(
      saeFolder({ architecture: 'relu', k: undefined, relu: null }),
    );
    expect(architecture).toEqual({ kind: 'relu' });
  });

  test.each([
    ['sae-cls', 16, 'cls'],
    ['sae-patches', 12, 'patches'],
  ])('the demo’s %s is read', async (name, k, tokens) => {
    const sae = await readSaeFolder(join(import.meta.dirname, '../../../models', name));
    expect(sae).toMatchObject({ id: name, width: 160, size: 1024, subtractDecoderBias: true });
    expect(sae.architecture).toEqual({ kind: 'topk', k, relu: true });
    expect(sae.hook).toEqual({ point: 'resid_post', layer: 3, tokens });
  });

  test('its fingerprint tells apart what the weights do not', async () => {
    const variants = [{}, { k: 3 }, { relu: false }, { subtract_b_dec: true }, { architecture: 'relu' }];
    const records = await Promise.all(variants.map((changes) => readSaeFolder(saeFolder(changes))));
    expect(new Set(records.map(({ fingerprint }) => fingerprint)).size).toBe(variants.length);
    const elsewhere = await readSaeFolder(saeFolder({ layer: 1, tokens: 'cls', fvu: 0.2 }));
    expect(elsewhere.fingerprint).toBe(records[0]?.fingerprint);
  });
});

describe('what is refused', () => {
  test.each<[name: string, changes: object, ...parts: string[]]>([
    ['another architecture', { architecture: 'jumprelu' }, 'architecture "jumprelu" is not supported yet'],
    ['a normalised input', { normalize: 'layer_norm' }, 'normalize "layer_norm" is not supported yet'],
    ['another hook', { hook: 'mlp_out' }, 'hook "mlp_out" is not supported yet'],
    ['no k', { k: undefined }, 'k:'],
    ['a k of 0', { k: 0 }, 'k:'],
    ['a k above the size', { k: 6 }, '6 largest of 5'],
    ['no word on ReLU', { relu: undefined }, 'relu:'],
    ['no word on b_dec', { subtract_b_dec: undefined }, 'subtract_b_dec:'],
    ['tokens of another name', { tokens: 'spatial' }, 'tokens:'],
    ['half a layer', { layer: 0.5 }, 'layer:'],
  ])('%s', async (_name, changes, ...parts) => {
    const folder = saeFolder(changes);
    await expectError(readSaeFolder(folder), 'dictionary', join(folder, 'config.json'), ...parts);
  });

  test.each([
    ['W_enc', [5, 3], '[5, 3], expected [3, 5]'],
    ['W_dec', [3, 5], '[3, 5], expected [5, 3]'],
    ['b_enc', [3], '[3], expected [5]'],
    ['b_dec', [5], '[5], expected [3]'],
  ])('a %s of shape %j', async (name, shape, message) => {
    const folder = saeFolder({}, { [name]: { dtype: 'F32', shape } });
    await expectError(readSaeFolder(folder), 'dictionary', join(folder, 'sae.safetensors'), name, message);
  });

  test('a folder without its files', async () => {
    const folder = temporaryFolder();
    await expectError(readSaeFolder(folder), 'dictionary', 'config.json', 'does not exist');
    writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
    await expectError(readSaeFolder(folder), 'dictionary', 'sae.safetensors', 'does not exist');
  });

  test('weights that are a Git LFS pointer', async () => {
    const folder = saeFolder();
    writeFileSync(join(folder, 'sae.safetensors'), 'version https://git-lfs.github.com/spec/v1\n');
    await expectError(readSaeFolder(folder), 'dictionary', 'git lfs pull');
  });
});
