import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { ambiguousConfig, choose, isOfTransformers } from '../../../src/engine/hub/choice';

const listed = (...paths: string[]) => paths.map((path) => ({ path, size: 1 }));
const configs = ['config.json', 'preprocessor_config.json', 'tokenizer.json', 'tokenizer_config.json'];
const openClip = 'open_clip_config.json';

describe('of a model', () => {
  test.each<[string, string[], string[]]>([
    [
      'safetensors before what PyTorch pickled',
      ['pytorch_model.bin', 'model.safetensors'],
      ['model.safetensors'],
    ],
    [
      'safetensors of open_clip before pickles of transformers',
      [openClip, 'pytorch_model.bin', 'open_clip_pytorch_model.bin', 'open_clip_model.safetensors'],
      ['open_clip_model.safetensors'],
    ],
    [
      'transformers before open_clip',
      [openClip, 'open_clip_model.safetensors', 'model.safetensors'],
      ['model.safetensors'],
    ],
    [
      'open_clip where only that has weights',
      [openClip, 'open_clip_pytorch_model.bin', 'model.fp16.safetensors', 'flax_model.msgpack'],
      ['open_clip_pytorch_model.bin'],
    ],
    [
      'all shards',
      [
        'model-00002-of-00002.safetensors',
        'model-00001-of-00002.safetensors',
        'model.safetensors.index.json',
      ],
      ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'],
    ],
    [
      'something else where a shard is missing',
      ['model-00001-of-00002.safetensors', 'model.safetensors.index.json', 'pytorch_model.bin'],
      ['pytorch_model.bin'],
    ],
  ])('takes %s', (_, paths, weights) => {
    const choice = choose(listed('README.md', 'onnx/model.onnx', ...configs, ...paths), 'model', '');
    const index = weights.length > 1 ? ['model.safetensors.index.json'] : [];
    const known = paths.includes(openClip) ? [configs[0]!, openClip, ...configs.slice(1)] : configs;
    expect(choice).toEqual({ folder: '', file: null, weights, small: [...known, ...index], absent: [] });
  });

  it('takes the configuration that goes with the weights', () => {
    expect(choose(listed(openClip, 'open_clip_model.safetensors'), 'model', '')).toEqual({
      folder: '',
      file: null,
      weights: ['open_clip_model.safetensors'],
      small: [openClip],
      absent: ['tokenizer.json', 'tokenizer_config.json'],
    });
    // Weights without their configuration are not taken for those with one.
    expect(
      choose(listed('config.json', 'model.safetensors', 'open_clip_model.safetensors'), 'model', ''),
    ).toMatchObject({
      weights: ['model.safetensors'],
      absent: ['preprocessor_config.json', 'tokenizer.json', 'tokenizer_config.json'],
    });
  });

  it('leaves what is beside open_clip alone where config.json is not that of transformers', () => {
    const files = listed('config.json', openClip, 'model.safetensors', 'open_clip_pytorch_model.bin');
    expect(ambiguousConfig(files, 'model', '')).toBe('config.json');
    expect(ambiguousConfig(files, 'dictionary', '')).toBeNull();
    expect(ambiguousConfig(listed('a/config.json'), 'model', 'a')).toBeNull();
    expect(choose(files, 'model', '', true)).toMatchObject({ weights: ['model.safetensors'] });
    expect(choose(files, 'model', '', false)).toMatchObject({ weights: ['open_clip_pytorch_model.bin'] });
    expect([{ model_type: 'siglip' }, { architecture: 'vit' }, null].map(isOfTransformers)).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('takes the file that is named, with what lies beside it', () => {
    const files = listed('a/config.json', 'a/x.bin', 'a/y.bin', 'config.json', 'model.safetensors');
    expect(choose(files, 'model', 'a/y.bin')).toEqual({
      folder: 'a',
      file: 'a/y.bin',
      weights: ['a/y.bin'],
      small: ['a/config.json'],
      absent: [],
    });
    expect(choose(files, 'model', 'a')).toEqual({
      problem: 'has several files of weights in a: x.bin, y.bin',
      remedy: 'Say which one: owner/name/a/x.bin.',
    });
  });

  it('takes the only file there is', () => {
    expect(choose(listed('ViT-B-32.pt', 'README.md'), 'model', '')).toMatchObject({
      file: 'ViT-B-32.pt',
      weights: ['ViT-B-32.pt'],
      absent: ['config.json', openClip],
    });
  });
});

describe('of a dictionary', () => {
  it('takes along what was added to it, and what it was trained by', () => {
    const files = listed('a/clipsight.json', 'a/last.ckpt', 'a/README.md', 'a/training.yaml', 'other.yaml');
    expect(choose(files, 'dictionary', 'a')).toMatchObject({
      weights: ['a/last.ckpt'],
      small: ['a/clipsight.json', 'a/training.yaml'],
      absent: ['a/config.json', 'a/cfg.json'],
    });
  });

  test.each<[string, string[], string, string | null]>([
    ['Clipsight', ['config.json', 'sae.safetensors'], 'sae.safetensors', null],
    [
      'SAELens',
      ['cfg.json', 'sae_weights.safetensors', 'sparsity.safetensors'],
      'sae_weights.safetensors',
      null,
    ],
    ['dictionary_learning', ['config.json', 'ae.pt'], 'ae.pt', null],
    [
      'Prisma',
      ['config.json', 'n_images_999.pt', 'n_images_2600058.pt', 'n_images_2600058_log_feature_sparsity.pt'],
      'n_images_2600058.pt',
      'n_images_2600058.pt',
    ],
    ['saev', ['README.md', 'sae.pt'], 'sae.pt', null],
    [
      'attributing-clip, with what a person added',
      ['clipsight.json', 'last.ckpt', 'training.yaml'],
      'last.ckpt',
      null,
    ],
    [
      'any other name',
      ['config.json', 'weights_final.pth', 'optimizer.pt'],
      'weights_final.pth',
      'weights_final.pth',
    ],
  ])('%s', (_, paths, weights, file) => {
    const choice = choose(listed(...paths), 'dictionary', '');
    const small = paths.filter((path) => /\.(json|yaml)$/.test(path));
    const absent = small.some((path) => /^(config|cfg)\.json$/.test(path)) ? [] : ['config.json', 'cfg.json'];
    expect(choice).toEqual({ folder: '', file, weights: [weights], small, absent });
  });

  it('asks which of several', () => {
    expect(choose(listed('config.json', 'ae.pt', 'sae.pt'), 'dictionary', '')).toEqual({
      problem: 'has several files of weights: ae.pt, sae.pt',
      remedy: 'Say which one: owner/name/ae.pt.',
    });
    const files = listed(...Array.from({ length: 8 }, (_, i) => `layer_${i}/ae.pt`), 'layer_0/config.json');
    expect(choose(files, 'dictionary', '')).toEqual({
      problem:
        'has weights in several folders: layer_0, layer_1, layer_2, layer_3, layer_4, layer_5 and 2 more',
      remedy: 'Say which one: owner/name/layer_0.',
    });
    expect(choose(files, 'dictionary', 'layer_0')).toMatchObject({
      folder: 'layer_0',
      weights: ['layer_0/ae.pt'],
      small: ['layer_0/config.json'],
    });
    expect(choose(files, 'dictionary', 'layer_9')).toMatchObject({
      problem: 'has no folder or file "layer_9"',
    });
    expect(choose(listed('README.md'), 'dictionary', '')).toMatchObject({
      problem: 'has no weights that could be those of a dictionary',
    });
  });
});

it('only ever picks files of the list, and of one folder', () => {
  const name = fc.constantFrom(
    ...configs,
    openClip,
    'model.safetensors',
    'a.pt',
    'b.ckpt',
    'ae.pt',
    'README.md',
  );
  const path = fc.tuple(fc.constantFrom('', 'x/', 'x/y/'), name).map((parts) => parts.join(''));
  const kind = fc.constantFrom('model' as const, 'dictionary' as const);
  fc.assert(
    fc.property(
      fc.uniqueArray(path),
      kind,
      fc.constantFrom('', 'x', 'x/y', 'x/a.pt'),
      (paths, of, within) => {
        const choice = choose(listed(...paths), of, within);
        if ('problem' in choice) return choice.problem.length > 0;
        const picked = [...choice.weights, ...choice.small];
        const isBeside = (one: string) => one.split('/').slice(0, -1).join('/') === choice.folder;
        return (
          choice.weights.length > 0 &&
          picked.every((one) => paths.includes(one) && isBeside(one)) &&
          choice.absent.every((one) => !paths.includes(one) && isBeside(one))
        );
      },
    ),
  );
});
